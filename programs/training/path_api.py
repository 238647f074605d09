"""The endpoints of training paths: what the pages do, with the same permissions."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from programs.training import matching, path_queries, paths
from programs.training.api_base import ByAction, me, units
from programs.training.path_models import Path, PathRule
from programs.training.path_rules import Conditions, StepPlan


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
        made = paths.save(by=me(request), **data.values())
        return Response(PathSerializer(made).data, status=status.HTTP_201_CREATED)

    def update(self, request: Request, pk: str | None = None) -> Response:
        data = PathWriting(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(PathSerializer(paths.save(by=me(request), path=self.get_object(), **data.values())).data)

    def destroy(self, request: Request, pk: str | None = None) -> Response:
        paths.delete(by=me(request), path=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        return Response(PathSerializer(paths.start(by=me(request), path=self.get_object())).data)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str | None = None) -> Response:
        return Response({"people": paths.end(by=me(request), path=self.get_object())})

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
            return Response(PathSerializer(paths.change_rules(by=me(request), path=path, add=add, drop=drop)).data)
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
        found = path_queries.overview(self.get_object(), by, today=today, day=day, units=units(request))
        rows = [{"name": row.name, "about": row.about, **vars(row.counts)} for row in found.rows]
        return Response({"on": day, "counted_at": found.counted_at, "all": vars(found.whole), "rows": rows})


routes: list = [("paths", PathViewSet)]
