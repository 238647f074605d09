"""The endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission, visible_units
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import course_api, granted_api, observing, path_api, progress_api, queries, session_api
from programs.training.observation_models import Observation


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
    """Behaviour seen of the people of one's own units (``?employee=``); noting one, and taking back a slip of one's own
    within a day. Nothing is changed or deleted."""

    permission_classes = [api_permission(Permission.SEE_TEAM_TRAINING)]
    serializer_class = ObservationSerializer
    queryset = Observation.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Observation]:
        if not isinstance(self.request.user, Employee):
            return Observation.objects.none()
        people = _team(self.request.user)
        rows = Observation.objects.filter(employee__in=people.order_by()).select_related("behaviour").order_by("-pk")
        if (asked := self.request.query_params.get("employee")) is None:
            return rows
        return rows.filter(employee=serializers.IntegerField(min_value=1, max_value=2**62).run_validation(asked))

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        row = self.get_object()
        observing.withdraw(by=cast(Employee, request.user), observation=row)
        return Response(self.get_serializer(Observation.objects.get(pk=row.pk)).data)


def _team(user: Employee) -> QuerySet[Employee]:
    return queries.team(visible_units(user, Permission.SEE_TEAM_TRAINING), user, timezone.localdate())


routes: list = [
    ("observations", ObservationViewSet),
    ("my-assignments", MyAssignmentViewSet),
    *course_api.routes,
    *path_api.routes,
    *granted_api.routes,
    *session_api.routes,
    *progress_api.routes,
]
