"""The endpoints of what is asked of people and of what they were granted."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access import clock
from culture.access.permissions import Permission
from programs.planning.models import Cohort
from programs.planning.queries import cohorts_within
from programs.training import assigning, granting
from programs.training.api_base import ByAction, me, units
from programs.training.models import Assignment, Completion, Course
from programs.training.path_models import Attained


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    path = serializers.IntegerField(source="enrolment.path_id", default=None, read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id", "employee", "course", "step", "path", "cohort", "version", "assigned_on", "due_on", "times",
            "months", "window", "paused_days", "ended_on",
        ]  # fmt: skip
        read_only_fields = fields


class AssigningSerializer(serializers.Serializer[Any]):
    course: Any = serializers.PrimaryKeyRelatedField(queryset=Course.objects.all())
    cohort: Any = serializers.PrimaryKeyRelatedField(queryset=Cohort.objects.none())
    due_on = serializers.DateField()


class TakingBackSerializer(serializers.Serializer[Any]):
    course: Any = serializers.PrimaryKeyRelatedField(queryset=Course.objects.all())
    cohort: Any = serializers.PrimaryKeyRelatedField(queryset=Cohort.objects.none())
    reason = serializers.CharField(max_length=300)


class ExemptionSerializer(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class AssignmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """What is asked of whom; assigning a course to a cohort and taking it back; sparing somebody for a time."""

    serializer_class = AssignmentSerializer
    queryset = Assignment.objects.none()
    filterset_fields = ["employee", "course", "step", "cohort"]

    def get_queryset(self) -> QuerySet[Assignment]:
        rows = Assignment.objects.select_related("enrolment").order_by("pk")
        within = units(self.request)
        return rows if within is None else rows.filter(employee__unit__in=within)

    def create(self, request: Request) -> Response:
        data = AssigningSerializer(data=request.data)
        data.fields["cohort"].queryset = cohorts_within(me(request), Permission.MANAGE_TRAINING)  # type: ignore[attr-defined]
        data.is_valid(raise_exception=True)
        count = assigning.assign(by=me(request), today=timezone.localdate(), **data.validated_data)
        return Response({"people": count}, status=status.HTTP_201_CREATED)

    @action(detail=False, methods=["post"])
    def take_back(self, request: Request) -> Response:
        """A course is not asked of a cohort any more; who has done it has done it."""
        data = TakingBackSerializer(data=request.data)
        data.fields["cohort"].queryset = assigning.cohorts_of(me(request))  # type: ignore[attr-defined]
        data.is_valid(raise_exception=True)
        found = assigning.take_back(by=me(request), today=clock.today(), **data.validated_data)
        return Response({"people": found.asked, "done": found.done})

    @action(detail=True, methods=["post"])
    def exempt(self, request: Request, pk: str | None = None) -> Response:
        row, data = self.get_object(), ExemptionSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = granting.exempt(by=me(request), assignment=row, **data.validated_data)
        told = {"id": made.pk, "since": made.since, "until": made.until, "reason": made.reason}
        return Response(told, status=status.HTTP_201_CREATED)


# -- completions -----------------------------------------------------------------------------------------------------


class RevokingSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
    on = serializers.DateField(required=False)


class _Granted(serializers.ModelSerializer[Any]):
    revoked_on = serializers.DateField(source="revocation.on", default=None, read_only=True)
    revoked_because = serializers.CharField(source="revocation.reason", default=None, read_only=True)


class CompletionSerializer(_Granted):
    course = serializers.IntegerField(source="version.course_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = Completion
        fields = [
            "id", "employee", "course", "version", "done_on", "score", "evidence", "granted_by", "revoked_on",
            "revoked_because",
        ]  # fmt: skip
        read_only_fields = fields


class AttainedSerializer(_Granted):
    behaviour = serializers.CharField(source="behaviour.code", default=None, read_only=True)

    class Meta:
        model = Attained
        fields = [
            "id", "employee", "kind", "course", "behaviour", "times", "done_on", "evidence", "granted_by",
            "revoked_on", "revoked_because",
        ]  # fmt: skip
        read_only_fields = fields


class GrantingSerializer(serializers.Serializer[Any]):
    """``assignment``: id of what is granted; ``evidence``: what shows it."""

    assignment: Any = serializers.PrimaryKeyRelatedField(queryset=Assignment.objects.none())
    done_on = serializers.DateField()
    evidence = serializers.CharField(max_length=500)
    score = serializers.IntegerField(required=False, allow_null=True)


class GrantedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """What was granted is never changed or deleted: it is revoked."""

    model: Any = Completion
    filterset_fields = ["employee", "done_on"]

    def get_queryset(self) -> QuerySet[Any]:
        rows = self.model.objects.select_related("revocation", *self.related).order_by("pk")
        within = units(self.request)
        return rows if within is None else rows.filter(employee__unit__in=within)

    related: tuple[str, ...] = ()

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str | None = None) -> Response:
        granted, data = self.get_object(), RevokingSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        granting.revoke(by=me(request), granted=granted, **data.validated_data)
        return Response(self.get_serializer(self.model.objects.get(pk=granted.pk)).data)


class CompletionViewSet(GrantedViewSet):
    """Courses completed; POST grants one by hand, with its evidence."""

    serializer_class = CompletionSerializer
    queryset = Completion.objects.none()
    related = ("version",)

    def create(self, request: Request) -> Response:
        data = GrantingSerializer(data=request.data)
        rows = Assignment.objects.filter(ended_on__isnull=True)
        within = units(request)
        mine = rows if within is None else rows.filter(employee__unit__in=within)
        data.fields["assignment"].queryset = mine  # type: ignore[attr-defined]
        data.is_valid(raise_exception=True)
        made = granting.by_hand(by=me(request), **data.validated_data)
        shown: Any = CompletionSerializer if isinstance(made, Completion) else AttainedSerializer
        return Response(shown(made).data, status=status.HTTP_201_CREATED)


class AttainedViewSet(GrantedViewSet):
    """Quizzes, meetings and behaviours of paths that were done."""

    serializer_class = AttainedSerializer
    queryset = Attained.objects.none()
    model = Attained
    related = ("behaviour",)


routes: list = [
    ("assignments", AssignmentViewSet),
    ("completions", CompletionViewSet),
    ("attained", AttainedViewSet),
]
