"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission, visible_units
from culture.people import asof
from culture.people.employee_views import visible_employees
from culture.people.models import Employee, Membership, Unit, UnitState
from culture.people.shown import another

ON = OpenApiParameter("on", OpenApiTypes.DATE, description="The day; without it, today.")


def _day(request: Request, name: str = "on") -> dt.date:
    text = request.query_params.get(name, "")
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise serializers.ValidationError({name: ["Write the day as YYYY-MM-DD."]}) from None


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "name", "path", "parent", "since", "until", "merged_into"]


class UnitStateSerializer(serializers.ModelSerializer[UnitState]):
    class Meta:
        model = UnitState
        fields = ["name", "parent", "since", "until"]


class NodeSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    path = serializers.CharField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]
    people = serializers.IntegerField()


class FateSerializer(serializers.Serializer):
    unit = serializers.IntegerField()
    name = serializers.CharField()
    became = serializers.IntegerField(allow_null=True)
    new_name = serializers.CharField()
    renamed = serializers.BooleanField()
    moved = serializers.BooleanField()
    merged = serializers.BooleanField()


class EmployeeSerializer(serializers.ModelSerializer[Employee]):
    unit_path = serializers.CharField(source="unit.path", default=None, read_only=True)

    class Meta:
        model = Employee
        fields = [
            "id", "number", "given_name", "family_name", "email", "unit", "unit_path", "manager", "job_family",
            "job_title", "site", "language", "kind", "customer_facing", "hired_on", "left_on",
        ]  # fmt: skip


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    class Meta:
        model = Membership
        fields = ["unit", "since", "until"]


def _told(fate: asof.Fate, visible: set[int]) -> asof.Fate:
    """What became of a unit, without a unit the caller does not see: it was merged, into “another unit”."""
    if fate.became is None or fate.became in visible:
        return fate
    return replace(fate, became=None, new_name=another())


class UnitViewSet(viewsets.ReadOnlyModelViewSet[Unit]):
    """The units the caller may see results of. Closed ones have ``until``."""

    queryset = Unit.objects.none()
    serializer_class = UnitSerializer
    permission_classes = [api_permission(Permission.SEE_RESULTS)]
    filterset_fields = ["parent"]

    def get_queryset(self) -> QuerySet[Unit]:
        return visible_units(self.request.user, Permission.SEE_RESULTS).order_by("path", "pk")

    def _visible(self) -> set[int]:
        return set(self.get_queryset().order_by().values_list("pk", flat=True))

    @extend_schema(parameters=[ON], responses=NodeSerializer(many=True))
    @action(detail=False, pagination_class=None, filterset_fields=[])
    def tree(self, request: Request) -> Response:
        """The tree as it was on a day, parents before children."""
        on = _day(request)
        visible, here = self._visible(), asof.headcounts(on)
        nodes = [node for node in asof.tree(on) if node.pk in visible]
        fields = ("pk", "name", "path", "parent_id")
        rows: list[Any] = [
            {**{name: getattr(node, name) for name in fields}, "people": here.get(node.pk, 0)} for node in nodes
        ]
        return Response(NodeSerializer(rows, many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, required=True),
            OpenApiParameter("to", OpenApiTypes.DATE, description="Without it, today."),
        ],
        responses=FateSerializer(many=True),
    )
    @action(detail=False, pagination_class=None, filterset_fields=[])
    def lineage(self, request: Request) -> Response:
        """What the units of one day are on another: the same, renamed, moved, merged into another, or closed."""
        visible = self._visible()
        fates = [fate for fate in asof.lineage(_day(request, "from"), _day(request, "to")) if fate.unit in visible]
        return Response(FateSerializer([_told(fate, visible) for fate in fates], many=True).data)

    @extend_schema(responses=UnitStateSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_fields=[])
    def history(self, request: Request, pk: str | None = None) -> Response:
        """Names and places of one unit with their dates."""
        return Response(UnitStateSerializer(self.get_object().states.all(), many=True).data)


class EmployeeViewSet(viewsets.ReadOnlyModelViewSet[Employee]):
    """Everybody for HR, the own branch for a manager."""

    queryset = Employee.objects.none()
    serializer_class = EmployeeSerializer
    permission_classes = [api_permission(Permission.SEE_TEAM_TRAINING)]
    filterset_fields = ["unit", "number", "kind", "language", "site"]

    def get_queryset(self) -> QuerySet[Employee]:
        people = visible_employees(self.request).select_related("unit").order_by("number")
        return people.found_by(self.request.query_params.get("q", "").replace("\0", "")[:100])  # type: ignore[attr-defined]

    @extend_schema(parameters=[OpenApiParameter("q", description="Beginnings of names, number or address.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=MembershipSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_fields=[])
    def memberships(self, request: Request, pk: str | None = None) -> Response:
        """Where somebody was when."""
        return Response(MembershipSerializer(self.get_object().memberships.order_by("since"), many=True).data)


routes: list = [("employees", EmployeeViewSet), ("units", UnitViewSet)]
