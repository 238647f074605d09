"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, DateField, IntegerField, JSONField, Serializer

from culture.access.audit import record
from culture.access.permissions import Permission, can
from programs.reports import board_api, effect_api, scorecard, scorecard_units
from programs.reports.readings import Kept
from programs.reports.scorecard_place import score_of


class SeesThePlace(BasePermission):
    """The scorecard speaks of the whole program: it is not for who may see only a part of it, who names his unit."""

    needed = Permission.SEE_RESULTS

    def has_permission(self, request: Request, view: Any) -> bool:
        if "unit" in request.query_params:
            return can(request.user, Permission.SEE_RESULTS)
        return scorecard_units.sees_whole(request.user)


class ScorecardSerializer(Serializer):
    program = IntegerField()
    name = CharField()
    unit = IntegerField(allow_null=True)
    place = CharField()
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


PARAMETERS = [
    OpenApiParameter("id", int, OpenApiParameter.PATH),
    OpenApiParameter("unit", int, description="Of this unit and all below it; without it of the whole program."),
]


@extend_schema(parameters=PARAMETERS, responses=ScorecardSerializer)
class ScorecardViewSet(viewsets.ViewSet):
    """``/scorecards/<program id>/`` (``?unit=``): what the scorecard page shows, as JSON."""

    permission_classes = [SeesThePlace]
    serializer_class = ScorecardSerializer

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        user: Any = request.user
        program = scorecard_units.program_or_404(_number(pk))
        unit = _number(request.query_params["unit"]) if "unit" in request.query_params else None
        place = scorecard_units.place(user, program, unit)
        record(user, "scorecard.read", program, **({"unit": unit} if unit else {}))
        card = scorecard.build(program, now=timezone.now(), place=place)
        return Response(ScorecardSerializer(as_json(card)).data)


def _number(text: str | None) -> int:
    """What no id can be is no id of anything."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def as_json(card: scorecard.Scorecard) -> dict[str, Any]:
    """The scorecard in plain values."""
    return {
        "program": card.program.pk,
        "name": card.program.name,
        "unit": card.unit.pk if card.unit else None,
        "place": card.unit.name if card.unit else card.program.name,
        "as_of": card.today,
        "wave": card.wave.number if card.wave else None,
        "frozen_on": card.frozen_on,
        "headline": str(card.headline or ""),
        "cards": [asdict(one) for one in card.cards],
        "trend": [{**row, "date": row["date"].isoformat()} for row in card.trend],
        "units": [_row(row) for row in (card.lines.first() if card.lines else ())],
        "leading": [_counted(kept) for kept in [*card.leading, *card.practices]],
        "lagging": [_counted(kept) for kept in card.lagging],
        "moved": [{"key": one.key, "label": str(one.label), "points": one.change.points} for one in card.moved],
    }


def _row(row: scorecard.Row) -> dict[str, Any]:
    """``bands``: of few people the range that may be told, in the place of ``values``."""
    scores = [score_of(row.cells.get(key)) for key in scorecard.MEASURES]
    told = {one.name: getattr(row, one.name) for one in fields(row) if one.name != "cells"}
    return {**told, "bands": [score.band if score else "" for score in scores]}


def _counted(kept: Kept) -> dict[str, Any]:
    return {
        "key": kept.key,
        "label": str(kept.label),
        "value": kept.exact,
        "unit": str(kept.unit),
        "of": kept.words,
        "on": kept.on,
    }


routes: list = [("scorecards", ScorecardViewSet), *effect_api.routes, *board_api.routes]
