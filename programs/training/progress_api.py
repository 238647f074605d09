"""The endpoints of why, want, know, can, keep: one's own, and those of the people one leads without what is private."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission, visible_units
from culture.people.models import Employee
from programs.training import queries, slot_rows, standing_slots
from programs.training.api_base import me


class EvidenceSerializer(serializers.Serializer[Any]):
    """``state``: met, unmet, faded (it was met, and is worth nothing now) or unknown; ``until``: its last day."""

    state = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)


class SlotRowSerializer(serializers.Serializer[Any]):
    """``barrier``: the first slot that is missing; ``slots``: by why, want …, as far as asked and seen."""

    requirement = serializers.CharField()
    barrier = serializers.CharField(allow_null=True)
    slots = serializers.DictField(child=EvidenceSerializer())


class PersonSlotsSerializer(serializers.Serializer[Any]):
    employee = serializers.IntegerField()
    number = serializers.CharField()
    requirements = SlotRowSerializer(many=True)


class MySlotsViewSet(viewsets.GenericViewSet[Any]):
    """Why, want, know, can, keep of the signed-in person, requirement by requirement; ``?on=2026-11-22``."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    serializer_class = SlotRowSerializer
    filter_backends: list[Any] = []

    def list(self, request: Request) -> Response:
        mine, day = me(request), asked_day(request)
        rows = standing_slots.of_people([mine], day, mine)[mine.pk]
        page: Any = self.paginate_queryset([slot_rows.told(row) for row in rows])  # type: ignore[arg-type]
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class SlotsViewSet(viewsets.GenericViewSet[Employee]):
    """Why, know, can, keep of the people of one's own units; ``?on=2026-11-22``, ``?employee=`` for one of them.

    *Want* is private: it is not here, and neither is a barrier that rests on it, even where it is shared.
    """

    permission_classes = [api_permission(Permission.SEE_TEAM_TRAINING)]
    serializer_class = PersonSlotsSerializer
    queryset = Employee.objects.none()
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Employee]:
        if not isinstance(self.request.user, Employee):
            return Employee.objects.none()
        units = visible_units(self.request.user, Permission.SEE_TEAM_TRAINING)
        found = queries.team(units, self.request.user, timezone.localdate()).order_by("sort_name", "pk")
        asked = self.request.query_params.get("employee")
        if asked is None:
            return found
        return found.filter(pk=serializers.IntegerField(min_value=1, max_value=2**62).run_validation(asked))

    def list(self, request: Request) -> Response:
        day = asked_day(request)
        people: Any = self.paginate_queryset(self.get_queryset().exclude(hired_on__gt=day))
        found = standing_slots.of_people(people, day, None)
        rows = [
            {
                "employee": person.pk,
                "number": person.number,
                "requirements": [slot_rows.told(row) for row in found[person.pk]],
            }
            for person in people
        ]
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def asked_day(request: Request) -> dt.date:
    """``?on=``, today at the latest; 400 for what is no day."""
    today = timezone.localdate()
    asked = request.query_params.get("on")
    return min(serializers.DateField().run_validation(asked), today) if asked else today


routes: list = [("slots", SlotsViewSet), ("my-slots", MySlotsViewSet)]
