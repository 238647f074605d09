"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission
from programs.training import queries
from programs.training.models import Course, CourseVersion


class CourseVersionSerializer(serializers.ModelSerializer[CourseVersion]):
    class Meta:
        model = CourseVersion
        fields = ["number", "published_at", "pass_mark"]


class CourseSerializer(serializers.ModelSerializer[Course]):
    versions = CourseVersionSerializer(many=True)

    class Meta:
        model = Course
        fields = ["id", "name", "summary", "requirements", "versions"]


class CourseViewSet(viewsets.ReadOnlyModelViewSet[Course]):
    """Courses and their versions."""

    permission_classes = [api_permission(Permission.MANAGE_TRAINING)]
    serializer_class = CourseSerializer
    queryset = Course.objects.none()

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.prefetch_related("versions")


class TaskSerializer(serializers.Serializer[queries.Task]):
    course = serializers.IntegerField(source="assignment.course_id")
    name = serializers.CharField(source="assignment.course.name")
    version = serializers.IntegerField(source="version.number")
    assigned_on = serializers.DateField(source="assignment.assigned_on")
    due_on = serializers.DateField(source="assignment.due_on")
    standing = serializers.CharField()
    steps = serializers.IntegerField()
    steps_done = serializers.IntegerField()
    done_on = serializers.DateField(source="completion.done_on", default=None)
    score = serializers.IntegerField(source="completion.score", default=None)


class MyAssignmentViewSet(viewsets.GenericViewSet[Any]):
    """What the signed-in person must do, is doing and has done."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    serializer_class = TaskSerializer
    filter_backends: list[Any] = []

    def list(self, request: Request) -> Response:
        tasks = queries.tasks(request.user, timezone.localdate())  # type: ignore[arg-type]
        page = self.paginate_queryset(tasks)  # type: ignore[arg-type]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


routes: list = [("courses", CourseViewSet), ("my-assignments", MyAssignmentViewSet)]
