"""The read endpoints of this room (``routes``: prefix, viewset): released cells, through the same gate as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.audit import record
from culture.access.permissions import Permission, api_permission
from surveys.results import queries
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

    permission_classes = [api_permission(Permission.SEE_RESULTS)]
    serializer_class = ResultSerializer
    lookup_value_regex = "[0-9]+"
    queryset = Wave.objects.none()

    def get_queryset(self) -> QuerySet[Wave]:
        return queries.released_waves(self.request.user)

    @extend_schema(responses=ResultDetailSerializer, parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)])
    def retrieve(self, request: Request, pk: str) -> Response:
        wave = self.get_queryset().filter(pk=pk).first() if len(pk) < 19 else None
        release = queries.release_of(wave, request.user) if wave else None
        if wave is None or release is None:
            raise NotFound
        record(request.user, "results.read", wave)  # type: ignore[arg-type]
        visible = queries.visible_ids(request.user)
        groups = queries.rows_for(wave, visible) + queries.matrix_rows(wave, visible)
        groups += queries.customer_rows(wave, visible, upper=True) + queries.crossing_rows(wave, visible)
        body: dict[str, Any] = {
            **ResultSerializer(wave).data,
            "rules": release.rules,
            "rules_hash": release.rules_hash,
            "formula_version": release.formula_version,
            "groups": CellGroupSerializer(groups, many=True).data,
        }
        return Response(body)


routes: list = [("results", Results)]
