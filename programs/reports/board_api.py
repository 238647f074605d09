"""``/board/``: the board view as JSON; ``/benchmarks/``: public figures as they count today."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BooleanField,
    CharField,
    DateField,
    DecimalField,
    IntegerField,
    JSONField,
    ListField,
    Serializer,
)

from culture.access import clock
from culture.access.audit import name_of, record_many
from culture.access.permissions import Permission, api_permission
from programs.reports import benchmarks, board, board_words
from programs.reports.effect_api import SeesTheWhole


class BoardLineSerializer(Serializer):
    program = IntegerField()
    name = CharField()
    state = CharField()
    wave = IntegerField(allow_null=True)
    frozen_on = DateField(allow_null=True)
    headline = CharField(allow_blank=True)
    scores = JSONField(help_text="want, know and can as told, with their change; null where hidden or not asked")
    effect = CharField(allow_null=True, help_text="clear, likely, early or none")
    milestones = JSONField()
    decisions = IntegerField()
    needs_board = ListField(child=CharField())


class BoardViewSet(viewsets.ViewSet):
    """Every launched program in the words and numbers of its scorecard."""

    permission_classes = [SeesTheWhole]
    serializer_class = BoardLineSerializer

    @extend_schema(responses=BoardLineSerializer(many=True))
    def list(self, request: Request) -> Response:
        found = board.lines(board.readable(request.user), now=timezone.now())  # type: ignore[arg-type]
        told = [(name_of(line.program), {"board": True}) for line in found]
        record_many(request.user, "scorecard.read", told)  # type: ignore[arg-type]
        rows = [_line(line) for line in board.ordered(found, "asks")]
        return Response(BoardLineSerializer(rows, many=True).data)


def _line(line: board.Line) -> dict[str, Any]:
    milestones = {key: line.milestones[key] for key in ("all", "reached", "late")}
    return {
        "program": line.program.pk,
        "name": line.program.name,
        "state": line.program.state,
        "wave": line.wave.number if line.wave else None,
        "frozen_on": line.frozen_on,
        "headline": str(line.headline or ""),
        "scores": {card.dimension: _score(card) for card in line.cards},
        "effect": line.effect.word if line.effect else None,
        "milestones": milestones,
        "decisions": len(line.needs),
        "needs_board": [board_words.ask(one, "en") for one in line.asks],
    }


def _score(card: Any) -> dict[str, Any] | None:
    if card.score is None:
        return None
    change = card.change
    clear = bool(change and change.clear)
    return {"told": card.score.told, "change": change.points if clear else None, "word": change.word if change else ""}


class BenchmarkSerializer(Serializer):
    entry = IntegerField()
    version = IntegerField()
    measure = CharField(help_text="key of the number of ours it stands beside, or none")
    statistic = CharField()
    answers = CharField(help_text="on what people answered")
    value = DecimalField(max_digits=6, decimal_places=2)
    low = DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    high = DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    people = IntegerField(allow_null=True)
    population = CharField()
    country = CharField(allow_blank=True)
    sector = CharField(allow_blank=True)
    year = IntegerField()
    source = CharField()
    link = CharField()
    licence = CharField()
    note = CharField(allow_blank=True)
    until = DateField()
    withdrawn = BooleanField()


class BenchmarkViewSet(viewsets.ViewSet):
    """The version of each entry that counts today."""

    permission_classes = [api_permission(Permission.SEE_RESULTS)]
    serializer_class = BenchmarkSerializer

    @extend_schema(responses=BenchmarkSerializer(many=True))
    def list(self, request: Request) -> Response:
        today = clock.today()
        rows = [row for row in benchmarks.newest() if benchmarks.counts(row, today)]
        return Response(BenchmarkSerializer(rows, many=True).data)


routes: list = [("board", BoardViewSet), ("benchmarks", BenchmarkViewSet)]
