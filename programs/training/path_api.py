"""The endpoints of paths, assignments, completions and attendance: what the pages do, with the same permissions."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission, sees_everything, visible_units
from culture.people.models import Employee, Unit
from programs.planning.models import Cohort
from programs.planning.queries import cohorts_within
from programs.training import courses, granting, matching, path_queries, paths, sessions
from programs.training.models import Assignment, Completion, Course
from programs.training.path_models import Attained, Path, PathRule
from programs.training.path_rules import Conditions, StepPlan
from programs.training.session_models import Seat, Session


def _me(request: Request) -> Employee:
    return cast(Employee, request.user)


def _units(request: Request) -> QuerySet[Unit] | None:
    """The units whose people the caller sees; None: all."""
    if sees_everything(request.user, Permission.MANAGE_TRAINING):
        return None
    return visible_units(request.user, Permission.MANAGE_TRAINING)


class ByAction(viewsets.GenericViewSet[Any]):
    """Reading needs ``MANAGE_TRAINING``; the actions in ``writing`` need ``WRITE_COURSES``."""

    writing: frozenset[str] = frozenset()
    permission_classes = [api_permission(Permission.MANAGE_TRAINING)]

    def get_permissions(self) -> list[BasePermission]:
        # Without an action (a method the address does not take) what the address is for decides.
        asked = {self.action} if self.action else set((self.action_map or {}).values())
        if asked and asked <= self.writing:
            return [api_permission(Permission.WRITE_COURSES)()]
        return super().get_permissions()  # type: ignore[return-value]


# -- paths -----------------------------------------------------------------------------------------------------------


class StepSerializer(serializers.Serializer[StepPlan]):
    """``subject``: id of the course, or of the behaviour; ``after``: places (from 1) of the steps that come first."""

    id = serializers.IntegerField(source="pk", required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=["course", "quiz", "session", "observation"])
    subject = serializers.IntegerField()
    title = serializers.CharField(read_only=True)
    times = serializers.IntegerField(default=1)
    due_days = serializers.IntegerField(default=None, allow_null=True)
    due_on = serializers.DateField(default=None, allow_null=True)
    months = serializers.IntegerField(default=0)
    window = serializers.IntegerField(default=0)
    after = serializers.ListField(child=serializers.IntegerField(), default=list)


class RuleSerializer(serializers.Serializer[PathRule]):
    """All that is given must hold; ids of program, cohort and unit."""

    id = serializers.IntegerField(source="pk", read_only=True)
    everybody = serializers.BooleanField(default=False)
    program = serializers.IntegerField(source="program_id", default=None, allow_null=True)
    cohort = serializers.IntegerField(source="cohort_id", default=None, allow_null=True)
    unit = serializers.IntegerField(source="unit_id", default=None, allow_null=True)
    job_family = serializers.CharField(default="", allow_blank=True)
    language = serializers.CharField(default="", allow_blank=True)
    joined_after = serializers.DateField(default=None, allow_null=True)
    since = serializers.DateField(read_only=True)

    def conditions(self) -> Conditions:
        data = dict(self.validated_data)
        for name in ("program", "cohort", "unit"):
            data[name] = data.pop(f"{name}_id")
        return Conditions(**data)


class PathSerializer(serializers.ModelSerializer[Path]):
    steps = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()

    class Meta:
        model = Path
        fields = ["id", "name", "summary", "state", "starts_on", "ends_on", "steps", "rules"]

    def get_steps(self, path: Path) -> Any:
        return StepSerializer(cast(Any, paths.plans(path)), many=True).data

    def get_rules(self, path: Path) -> Any:
        return RuleSerializer(cast(Any, matching.in_force(path)), many=True).data


class PathWriting(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    summary = serializers.CharField(default="", allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    steps = StepSerializer(many=True)
    also_under_way = serializers.BooleanField(default=False)

    def values(self) -> dict[str, Any]:
        data = dict(self.validated_data)
        data["steps"] = [StepPlan(**{**step, "after": tuple(step["after"])}) for step in data["steps"]]
        return data


class RuleChange(serializers.Serializer[Any]):
    """``add``: a new rule; ``drop``: id of one to end; ``preview``: only say whom it would touch."""

    add = RuleSerializer(required=False, allow_null=True)
    drop = serializers.IntegerField(required=False, allow_null=True)
    preview = serializers.BooleanField(default=False)


class PathViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """Training paths: reading, writing, starting, ending, for whom (with a preview), and how they stand on a day."""

    serializer_class = PathSerializer
    queryset = Path.objects.none()
    filter_backends: list[Any] = []
    writing = frozenset({"create", "update", "start", "end", "rules", "destroy"})

    def get_queryset(self) -> QuerySet[Path]:
        return Path.objects.order_by("name")

    def create(self, request: Request) -> Response:
        data = PathWriting(data=request.data)
        data.is_valid(raise_exception=True)
        made = paths.save(by=_me(request), **data.values())
        return Response(PathSerializer(made).data, status=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str | None = None) -> Response:
        data = PathWriting(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(PathSerializer(paths.save(by=_me(request), path=self.get_object(), **data.values())).data)

    def destroy(self, request: Request, pk: str | None = None) -> Response:
        paths.delete(by=_me(request), path=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        return Response(PathSerializer(paths.start(by=_me(request), path=self.get_object())).data)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str | None = None) -> Response:
        return Response({"people": paths.end(by=_me(request), path=self.get_object())})

    @action(detail=True, methods=["post"])
    def rules(self, request: Request, pk: str | None = None) -> Response:
        path, data = self.get_object(), RuleChange(data=request.data)
        data.is_valid(raise_exception=True)
        add, drop = None, data.validated_data.get("drop")
        if data.validated_data.get("add") is not None:
            rule = RuleSerializer(data=cast(Any, request.data)["add"])
            rule.is_valid(raise_exception=True)
            add = rule.conditions()
        if add is None and drop is None:
            raise serializers.ValidationError({"add": ["Say which rule to add or to drop."]})
        if not data.validated_data["preview"]:
            return Response(PathSerializer(paths.change_rules(by=_me(request), path=path, add=add, drop=drop)).data)
        today = timezone.localdate()
        seen = matching.preview(path, paths.proposed(path, add=add, drop=drop, today=today), today)
        told = {
            name: {"count": touched.count, "units": [{"unit": u, "people": n} for u, n in touched.by_unit]}
            for name, touched in (("joining", seen.joining), ("leaving", seen.leaving))
        }
        return Response({**told, "staying": seen.staying})

    @action(detail=True, methods=["get"])
    def standing(self, request: Request, pk: str | None = None) -> Response:
        """``?by=step|cohort|unit&on=2026-11-22``."""
        today = timezone.localdate()
        by, day = request.query_params.get("by", "step"), today
        if by not in {"step", "cohort", "unit"}:
            raise serializers.ValidationError({"by": ["step, cohort or unit."]})
        if asked := request.query_params.get("on"):
            day = min(serializers.DateField().run_validation(asked), today)
        found = path_queries.overview(self.get_object(), by, today=today, day=day, units=_units(request))
        rows = [{"name": row.name, "about": row.about, **vars(row.counts)} for row in found.rows]
        return Response({"on": day, "counted_at": found.counted_at, "all": vars(found.whole), "rows": rows})


# -- assignments -----------------------------------------------------------------------------------------------------


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    path = serializers.IntegerField(source="enrolment.path_id", default=None, read_only=True)

    class Meta:
        model = Assignment
        fields = [
            "id", "employee", "course", "step", "path", "cohort", "version", "assigned_on", "due_on", "paused_days",
            "ended_on",
        ]  # fmt: skip
        read_only_fields = fields


class AssigningSerializer(serializers.Serializer[Any]):
    course: Any = serializers.PrimaryKeyRelatedField(queryset=Course.objects.all())
    cohort: Any = serializers.PrimaryKeyRelatedField(queryset=Cohort.objects.none())
    due_on = serializers.DateField()


class ExemptionSerializer(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class AssignmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """What is asked of whom; assigning a course to a cohort; sparing somebody for a time."""

    serializer_class = AssignmentSerializer
    queryset = Assignment.objects.none()
    filterset_fields = ["employee", "course", "step", "cohort"]

    def get_queryset(self) -> QuerySet[Assignment]:
        rows = Assignment.objects.select_related("enrolment").order_by("pk")
        units = _units(self.request)
        return rows if units is None else rows.filter(employee__unit__in=units)

    def create(self, request: Request) -> Response:
        data = AssigningSerializer(data=request.data)
        data.fields["cohort"].queryset = cohorts_within(_me(request), Permission.MANAGE_TRAINING)  # type: ignore[attr-defined]
        data.is_valid(raise_exception=True)
        count = courses.assign(by=_me(request), today=timezone.localdate(), **data.validated_data)
        return Response({"people": count}, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def exempt(self, request: Request, pk: str | None = None) -> Response:
        row, data = self.get_object(), ExemptionSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = granting.exempt(by=_me(request), assignment=row, **data.validated_data)
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
        units = _units(self.request)
        return rows if units is None else rows.filter(employee__unit__in=units)

    related: tuple[str, ...] = ()

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str | None = None) -> Response:
        granted, data = self.get_object(), RevokingSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        granting.revoke(by=_me(request), granted=granted, **data.validated_data)
        return Response(self.get_serializer(self.model.objects.get(pk=granted.pk)).data)


class CompletionViewSet(GrantedViewSet):
    """Courses completed; POST grants one by hand, with its evidence."""

    serializer_class = CompletionSerializer
    queryset = Completion.objects.none()
    related = ("version",)

    def create(self, request: Request) -> Response:
        data = GrantingSerializer(data=request.data)
        rows = Assignment.objects.filter(ended_on__isnull=True)
        units = _units(request)
        mine = rows if units is None else rows.filter(employee__unit__in=units)
        data.fields["assignment"].queryset = mine  # type: ignore[attr-defined]
        data.is_valid(raise_exception=True)
        made = granting.by_hand(by=_me(request), **data.validated_data)
        shown: Any = CompletionSerializer if isinstance(made, Completion) else AttainedSerializer
        return Response(shown(made).data, status=status.HTTP_201_CREATED)


class AttainedViewSet(GrantedViewSet):
    """Quizzes, meetings and behaviours of paths that were done."""

    serializer_class = AttainedSerializer
    queryset = Attained.objects.none()
    model = Attained
    related = ("behaviour",)


# -- attendance ------------------------------------------------------------------------------------------------------


class SessionSerializer(serializers.ModelSerializer[Session]):
    class Meta:
        model = Session
        fields = ["id", "course", "starts_at", "ends_at", "time_zone", "place", "capacity", "trainer", "cancelled_at"]


class MarkSerializer(serializers.Serializer[Any]):
    """``attendance``: present, late, absent, excused; empty takes a mark back."""

    number = serializers.CharField(max_length=40)
    attendance = serializers.CharField(allow_blank=True, max_length=8)


class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """Sessions in class; who has a seat and came; marking attendance, many at once."""

    serializer_class = SessionSerializer
    queryset = Session.objects.none()
    filterset_fields = ["course"]

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.order_by("starts_at", "pk")

    @action(detail=True, methods=["get", "post"])
    def attendance(self, request: Request, pk: str | None = None) -> Response:
        session = get_object_or_404(Session, pk=pk if str(pk).isdigit() else 0)
        seats = session.seats.filter(state=Seat.State.BOOKED).select_related("employee").order_by("pk")
        units = _units(request)
        if units is not None:
            seats = seats.filter(employee__unit__in=units)
        if request.method == "POST":
            data: Any = MarkSerializer(data=request.data, many=True)
            data.is_valid(raise_exception=True)
            changed = sessions.mark(by=_me(request), session=session, marks=self._marks(seats, data.validated_data))
            return Response({"changed": changed})
        rows = [{"number": seat.employee.number, "attendance": seat.attendance} for seat in seats]
        return Response({"session": session.pk, "on": session.local(session.starts_at).date(), "seats": rows})

    def _marks(self, seats: QuerySet[Seat], rows: list[dict[str, str]]) -> dict[int, str]:
        known = {seat.employee.number: seat.pk for seat in seats}
        unknown = [row["number"] for row in rows if row["number"] not in known]
        if unknown:
            raise serializers.ValidationError({"number": [f"Nobody with the number {unknown[0]} has a seat."]})
        return {known[row["number"]]: row["attendance"] for row in rows}


routes: list = [
    ("paths", PathViewSet),
    ("assignments", AssignmentViewSet),
    ("completions", CompletionViewSet),
    ("attained", AttainedViewSet),
    ("sessions", SessionViewSet),
]
