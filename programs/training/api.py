"""The endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission, visible_units
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import courses, granted_api, observing, path_api, progress_api, queries, session_api
from programs.training.api_base import ByAction
from programs.training.models import Course, CourseVersion
from programs.training.observation_models import Observation


class CourseVersionSerializer(serializers.ModelSerializer[CourseVersion]):
    class Meta:
        model = CourseVersion
        fields = ["number", "published_at", "pass_mark"]


class CourseSerializer(serializers.ModelSerializer[Course]):
    versions = CourseVersionSerializer(many=True)

    class Meta:
        model = Course
        fields = ["id", "name", "summary", "requirements", "versions"]


class LessonWriting(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(help_text="Markdown")


class CourseWriting(serializers.Serializer[Any]):
    """A draft, whole: what is left out is empty. ``quiz`` as ``GET`` of a version gives its questions."""

    name = serializers.CharField(max_length=200)
    summary = serializers.CharField(default="", allow_blank=True)
    requirements = serializers.ListField(child=serializers.CharField(max_length=8), default=list)
    lessons = LessonWriting(many=True)
    quiz = serializers.ListField(child=serializers.DictField(), default=list, max_length=200)
    pass_mark = serializers.IntegerField(default=70)
    sessions = serializers.IntegerField(default=0, min_value=0, max_value=50)

    def values(self) -> dict[str, Any]:
        data = dict(self.validated_data)
        return {**data, "lessons": [(lesson["title"], lesson["body"]) for lesson in data["lessons"]]}


class CourseViewSet(ByAction, viewsets.ReadOnlyModelViewSet[Course]):
    """Courses and their versions; writing the draft of one, and publishing it."""

    serializer_class = CourseSerializer
    queryset = Course.objects.none()
    writing = frozenset({"create", "update", "publish"})

    def get_queryset(self) -> QuerySet[Course]:
        return Course.objects.prefetch_related("versions")

    def create(self, request: Request) -> Response:
        return self._write(request, None)

    def update(self, request: Request, pk: str | None = None) -> Response:
        return self._write(request, self.get_object())

    def _write(self, request: Request, course: Course | None) -> Response:
        data = CourseWriting(data=request.data)
        data.is_valid(raise_exception=True)
        draft = courses.save_draft(by=cast(Employee, request.user), course=course, **data.values())
        shown = CourseSerializer(self.get_queryset().get(pk=draft.course.pk)).data
        return Response(shown, status=status.HTTP_200_OK if course else status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str | None = None) -> Response:
        course = self.get_object()
        version = courses.publish_draft(by=cast(Employee, request.user), course=course)
        return Response(CourseVersionSerializer(version).data)


class MyAssignmentSerializer(serializers.Serializer[queries.Item]):
    """``standing``: open, soon, late, valid, renew, lapsed or exempt; ``course`` is null for a behaviour."""

    kind = serializers.CharField(source="stand.kind")
    course = serializers.IntegerField(source="stand.course_id", allow_null=True)
    name = serializers.CharField(source="stand.title")
    version = serializers.IntegerField(source="version.number", default=None)
    why = serializers.ListField(child=serializers.CharField())
    assigned_on = serializers.DateField(source="stand.assignment.assigned_on")
    due_on = serializers.DateField(source="stand.assignment.due_on")
    standing = serializers.CharField(source="stand.state")
    steps = serializers.IntegerField()
    steps_done = serializers.IntegerField()
    done_on = serializers.DateField(source="stand.done_on", allow_null=True)
    valid_until = serializers.DateField(source="stand.until", allow_null=True)
    exempt_until = serializers.DateField(source="stand.exempt_until", allow_null=True)
    first = serializers.ListField(source="stand.first", child=serializers.CharField())


class MyAssignmentViewSet(viewsets.GenericViewSet[Any]):
    """What the signed-in person must do, is doing and has done."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    serializer_class = MyAssignmentSerializer
    filter_backends: list[Any] = []

    def list(self, request: Request) -> Response:
        items = queries.way(request.user, timezone.localdate())  # type: ignore[arg-type]
        page = self.paginate_queryset(items)  # type: ignore[arg-type]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ObservationSerializer(serializers.ModelSerializer[Observation]):
    """``employee``: id of somebody in one's own units; ``behaviour``: code; ``on``: today when left out."""

    behaviour = serializers.SlugRelatedField(slug_field="code", queryset=Behaviour.objects.all())
    employee = serializers.PrimaryKeyRelatedField(queryset=Employee.objects.none())
    observer: serializers.PrimaryKeyRelatedField[Employee] = serializers.PrimaryKeyRelatedField(read_only=True)
    on = serializers.DateField(required=False)

    class Meta:
        model = Observation
        fields = ["id", "employee", "observer", "behaviour", "on", "what", "note", "at", "withdrawn_at"]
        read_only_fields = ["at", "withdrawn_at"]
        validators: list[Any] = []

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and isinstance(request.user, Employee):
            fields["employee"] = serializers.PrimaryKeyRelatedField(queryset=_team(request.user))
        return fields

    def create(self, validated_data: dict[str, Any]) -> Observation:
        data = {"on": timezone.localdate(), "note": "", **validated_data}
        try:
            return observing.observe(by=self.context["request"].user, **data)
        except ValidationError as error:
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from error


class ObservationViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet[Observation]):
    """Behaviour seen of the people of one's own units; noting one. Nothing is changed or deleted here."""

    permission_classes = [api_permission(Permission.SEE_TEAM_TRAINING)]
    serializer_class = ObservationSerializer
    queryset = Observation.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Observation]:
        if not isinstance(self.request.user, Employee):
            return Observation.objects.none()
        people = _team(self.request.user)
        return Observation.objects.filter(employee__in=people.order_by()).select_related("behaviour").order_by("-pk")


def _team(user: Employee) -> QuerySet[Employee]:
    return queries.team(visible_units(user, Permission.SEE_TEAM_TRAINING), user, timezone.localdate())


routes: list = [
    ("observations", ObservationViewSet),
    ("courses", CourseViewSet),
    ("my-assignments", MyAssignmentViewSet),
    *path_api.routes,
    *granted_api.routes,
    *session_api.routes,
    *progress_api.routes,
]
