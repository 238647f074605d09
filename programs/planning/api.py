"""Programs over the API: read them all, make and change drafts. ``routes`` is (prefix, viewset)."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets

from culture.access import clock
from culture.access.permissions import Permission, api_permission, visible_units
from culture.people.models import Employee, Unit
from programs.planning import drafts, programs, queries, rules, states
from programs.planning.models import Cohort, CohortPerson, Program, Stage
from programs.planning.plan_models import Amendment
from surveys.waves.models import Series


class StageSerializer(serializers.ModelSerializer[Stage]):
    class Meta:
        model = Stage
        fields = ["kind", "starts_on", "ends_on", "goal", "exit_criteria"]


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    """``units``: ids of open units, each with everything below; ``people``: employee numbers, beside or instead."""

    id = serializers.IntegerField(required=False, help_text="of a cohort the draft has; without it a new one")
    units = serializers.PrimaryKeyRelatedField(many=True, queryset=Unit.objects.open(), required=False)
    people = serializers.ListField(child=serializers.CharField(max_length=40), required=False, write_only=True)
    people_named = serializers.SerializerMethodField(help_text="employee numbers")

    class Meta:
        model = Cohort
        fields = ["id", "name", "starts_on", "units", "people", "people_named"]

    def get_people_named(self, row: Cohort) -> list[str]:
        return sorted(cast(CohortPerson, one).employee.number for one in row.people_named.all())


class ProgramSerializer(serializers.ModelSerializer[Program]):
    stages = StageSerializer(many=True, required=False)
    cohorts = CohortSerializer(many=True, required=False)
    enrolled = serializers.IntegerField(source="people", help_text="people enrolled, now or later", read_only=True)

    class Meta:
        model = Program
        fields = [
            "id", "name", "charter", "starts_on", "ends_on", "state", "launched_on", "finished_on", "series",
            "enrolled", "stages", "cohorts",
        ]  # fmt: skip
        read_only_fields = ["state", "launched_on", "finished_on"]
        # The service tells what cannot be, with words for people.
        validators: list[Any] = []
        extra_kwargs: dict[str, Any] = {"name": {"validators": []}}


class ProgramViewSet(
    mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, viewsets.ReadOnlyModelViewSet[Program]
):
    """Programs with their stages and cohorts. POST makes a draft, PATCH changes one (``stages`` and ``cohorts`` are
    replaced as a whole), DELETE discards one. Launching, and changing what is launched, asks for a person and a reason:
    on the program's pages."""

    permission_classes = [api_permission(Permission.MANAGE_PROGRAMS)]
    serializer_class = ProgramSerializer
    queryset = Program.objects.none()
    filterset_fields = ["series", "state"]
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[Program]:
        mine = queries.within(self._me(), Permission.MANAGE_PROGRAMS)
        return queries.listed(mine).prefetch_related("cohorts__units", "cohorts__people_named__employee")

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        values, today = serializer.validated_data, clock.today()
        program = drafts.begin(
            by=self._me(),
            name=values["name"],
            charter=values.get("charter", ""),
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            today=today,
        )
        self._write(program, values, today)
        serializer.instance = self.get_queryset().get(pk=program.pk)

    @transaction.atomic
    def perform_update(self, serializer: Any) -> None:
        values, today = serializer.validated_data, clock.today()
        program = states.locked(serializer.instance)
        frame = {name: values.get(name, getattr(program, name)) for name in ("name", "charter", "starts_on", "ends_on")}
        drafts.set_frame(by=self._me(), program=program, today=today, **frame)
        self._write(program, values, today)
        serializer.instance = self.get_queryset().get(pk=program.pk)

    def perform_destroy(self, instance: Program) -> None:
        states.discard(by=self._me(), program=instance)

    def _write(self, program: Program, values: dict[str, Any], today: dt.date) -> None:
        by = self._me()
        if "stages" in values:
            rows: list[programs.StageRow] = [
                (s["kind"], s["starts_on"], s["ends_on"], s.get("goal", ""), s.get("exit_criteria", ""))
                for s in values["stages"]
            ]
            drafts.set_stages(by=by, program=program, stages=rows, today=today)
        if "cohorts" in values:
            plans = [self._plan(n, row) for n, row in enumerate(values["cohorts"])]
            drafts.set_cohorts(by=by, program=program, cohorts=plans, today=today)
        if "series" in values:
            drafts.set_series(by=by, program=program, series=cast("Series | None", values["series"]), today=today)

    def _plan(self, number: int, row: dict[str, Any]) -> rules.CohortPlan:
        units = frozenset(unit.pk for unit in row.get("units", ()))
        seen = visible_units(self.request.user, Permission.MANAGE_PROGRAMS).order_by()
        if units and seen.filter(pk__in=units).count() != len(units):
            raise ValidationError({f"cohort_{number}_units": ["One of the units chosen no longer exists."]})
        numbers = list(dict.fromkeys(row.get("people", ())))
        people = Employee.objects.here(clock.today()).filter(number__in=numbers)
        known = queries.known(self._me())
        if known is not None:
            people = people.filter(pk__in=known.order_by().values("pk"))
        ids = frozenset(people.values_list("pk", flat=True))
        if len(ids) != len(numbers):
            raise ValidationError({f"cohort_{number}_people": ["One of these numbers is of nobody who works here."]})
        return rules.CohortPlan(row["name"], row["starts_on"], units, row.get("id"), ids)

    def _me(self) -> Employee:
        assert isinstance(self.request.user, Employee)
        return self.request.user


class AmendmentSerializer(serializers.ModelSerializer[Amendment]):
    by = serializers.CharField(source="by.number", default=None, read_only=True, help_text="employee number")

    class Meta:
        model = Amendment
        fields = ["id", "program", "on", "by", "reason", "changes"]


class AmendmentViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Amendment]):
    """What was changed of launched programs, by whom and why."""

    permission_classes = [api_permission(Permission.MANAGE_PROGRAMS)]
    serializer_class = AmendmentSerializer
    queryset = Amendment.objects.none()
    filterset_fields = ["program"]

    def get_queryset(self) -> QuerySet[Amendment]:
        mine = queries.within(cast(Employee, self.request.user), Permission.MANAGE_PROGRAMS)
        return Amendment.objects.filter(program__in=mine.order_by().values("pk")).select_related("by")


routes: list = [("programs", ProgramViewSet), ("program-amendments", AmendmentViewSet)]
