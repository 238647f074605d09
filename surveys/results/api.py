"""The read endpoints of this room (``routes``: prefix, viewset): released cells, through the same gate as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.audit import record
from surveys.results import queries, reading, sharing
from surveys.results.models import CellGroup
from surveys.waves.models import Wave


class CellGroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = CellGroup
        fields = ["family", "unit", "other", "name", "parent", "depth", "cut", "cells"]


class ResultSerializer(serializers.ModelSerializer):
    series = serializers.CharField(source="series.name")

    class Meta:
        model = Wave
        fields = ["id", "series", "number", "opens_on", "closes_on", "released_at"]


class ResultDetailSerializer(ResultSerializer):
    rules = serializers.DictField()
    rules_hash = serializers.CharField()
    formula_version = serializers.CharField()
    groups = CellGroupSerializer(many=True)

    class Meta(ResultSerializer.Meta):
        fields = [*ResultSerializer.Meta.fields, "rules", "rules_hash", "formula_version", "groups"]


class Results(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Released waves; one wave gives every released cell the caller may see."""

    permission_classes = [sharing.ApiDoor]
    serializer_class = ResultSerializer
    lookup_value_regex = "[0-9]+"
    queryset = Wave.objects.none()

    def get_queryset(self) -> QuerySet[Wave]:
        return queries.released_waves(self.request.user)

    @extend_schema(responses=ResultDetailSerializer, parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, pk: str) -> Response:
        seen = self._seen(request, pk)
        body: dict[str, Any] = {
            **ResultSerializer(seen.wave).data,
            "rules": seen.release.rules,
            "rules_hash": seen.release.rules_hash,
            "formula_version": seen.release.formula_version,
            "groups": CellGroupSerializer(seen.lines(), many=True).data,
        }
        return Response(body)

    @extend_schema(
        responses=CellGroupSerializer(many=True),
        parameters=[
            OpenApiParameter("id", int, OpenApiParameter.PATH),
            OpenApiParameter("family", str, enum=reading.FAMILIES),
        ],
    )
    @action(detail=True, filter_backends=[])
    def groups(self, request: Request, pk: str) -> Response:
        """The same groups page by page, of one family or of all: for organisations of thousands of units."""
        seen = self._seen(request, pk)
        family = request.query_params.get("family", "")
        if family and family not in reading.FAMILIES:
            raise ValidationError({"family": f"One of: {', '.join(reading.FAMILIES)}."})
        page = self.paginate_queryset(seen.groups(*([family] if family else [])).order_by("pk")) or []
        for row in page:
            row.cells = seen.told(row.cells)
        return self.get_paginated_response(CellGroupSerializer(page, many=True).data)

    def _seen(self, request: Request, pk: str) -> reading.Seen:
        """The wave as the caller may see it; that he read it is recorded."""
        wave = self.get_queryset().filter(pk=pk).first() if len(pk) < 19 else None
        seen = reading.Seen.of(request.user, wave) if wave else None
        if seen is None:
            raise NotFound
        record(request.user, "results.read", seen.wave)  # type: ignore[arg-type]
        return seen


routes: list = [("results", Results)]
