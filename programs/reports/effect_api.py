"""``/effects/<program id>/``: what the page "Does it work?" tells, as JSON."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BooleanField,
    CharField,
    DateTimeField,
    FloatField,
    IntegerField,
    ListField,
    Serializer,
)

from culture.access.audit import record
from culture.access.permissions import Permission, sees_everything
from programs.planning.models import Program
from programs.reports import effects


class SeesTheWhole(BasePermission):
    """An effect is of the whole program: it is not for who may see only a part of it."""

    needed = Permission.SEE_SCORECARD

    def has_permission(self, request: Request, view: Any) -> bool:
        return sees_everything(request.user, Permission.SEE_SCORECARD)


class EffectSerializer(Serializer):
    outcome = CharField()
    main = BooleanField(help_text="whether the program is judged by it")
    word = CharField(help_text="clear, likely, early or none")
    why = ListField(child=CharField(), help_text="why not a stronger word: codes")
    reasons = ListField(child=CharField(), help_text="the same in words")
    points = FloatField(allow_null=True)
    low = FloatField(allow_null=True)
    high = FloatField(allow_null=True)
    started = IntegerField()
    cohorts = IntegerField()
    made_at = DateTimeField()
    number = IntegerField()
    fingerprint = CharField(source="hash")


class EffectsSerializer(Serializer):
    program = IntegerField()
    effects = EffectSerializer(many=True)


@extend_schema(parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)], responses=EffectsSerializer)
class EffectViewSet(viewsets.ViewSet):
    """The newest finding of each outcome, the one the program is judged by first; empty before there is one."""

    permission_classes = [SeesTheWhole]
    serializer_class = EffectsSerializer

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        number = int(pk) if pk and pk.isdigit() and len(pk) < 18 else 0
        program = get_object_or_404(Program.objects.launched(), pk=number)
        record(request.user, "effect.read", program, outcome="")  # type: ignore[arg-type]
        return Response(EffectsSerializer({"program": program.pk, "effects": effects.every(program)}).data)


routes: list = [("effects", EffectViewSet)]
