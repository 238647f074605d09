"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, DateField, IntegerField, JSONField, Serializer

from culture.access.audit import record
from culture.access.permissions import Permission, sees_everything
from programs.planning.models import Program
from programs.reports import effect_api, scorecard
from programs.reports.readings import Kept


class SeesTheWhole(BasePermission):
    """The scorecard speaks of the whole program: it is not for who may see only a part of it."""

    needed = Permission.SEE_SCORECARD

    def has_permission(self, request: Request, view: Any) -> bool:
        return sees_everything(request.user, Permission.SEE_SCORECARD)


class ScorecardSerializer(Serializer):
    program = IntegerField()
    name = CharField()
    as_of = DateField()
    wave = IntegerField(allow_null=True)
    frozen_on = DateField(allow_null=True)
    headline = CharField(allow_blank=True)
    cards = JSONField()
    trend = JSONField()
    units = JSONField()
    leading = JSONField()
    lagging = JSONField()
    moved = JSONField()


@extend_schema(parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)], responses=ScorecardSerializer)
class ScorecardViewSet(viewsets.ViewSet):
    """``/scorecards/<program id>/``: what the scorecard page shows, as JSON."""

    permission_classes = [SeesTheWhole]
    serializer_class = ScorecardSerializer

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        programs = Program.objects.launched().select_related("series")
        program = get_object_or_404(programs, pk=int(pk) if pk and pk.isdigit() and len(pk) < 18 else 0)
        record(request.user, "scorecard.read", program)  # type: ignore[arg-type]
        return Response(ScorecardSerializer(as_json(scorecard.build(program, now=timezone.now()))).data)


def as_json(card: scorecard.Scorecard) -> dict[str, Any]:
    """The scorecard in plain values."""
    return {
        "program": card.program.pk,
        "name": card.program.name,
        "as_of": card.today,
        "wave": card.wave.number if card.wave else None,
        "frozen_on": card.frozen_on,
        "headline": str(card.headline or ""),
        "cards": [asdict(one) for one in card.cards],
        "trend": [{**row, "date": row["date"].isoformat()} for row in card.trend],
        "units": [asdict(row) for row in card.rows],
        "leading": [_counted(kept) for kept in card.leading],
        "lagging": [_counted(kept) for kept in card.lagging],
        "moved": [{"key": one.key, "label": str(one.label), "points": one.change.points} for one in card.moved],
    }


def _counted(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "label": str(kept.label),
        "value": kept.value,
        "unit": str(kept.unit),
        "of": kept.words,
        "on": kept.on,
    }


routes: list = [("scorecards", ScorecardViewSet), *effect_api.routes]
