"""Readiness over the API: the profiles of closed assessments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from culture.framework import readiness
from culture.framework import readiness_profile as profile
from culture.framework.readiness_models import ReadinessAssessment


class JudgmentSerializer(serializers.Serializer):
    sponsor = serializers.CharField()
    level = serializers.IntegerField(min_value=0, max_value=4)
    evidence = serializers.CharField()


class LineSerializer(serializers.Serializer):
    """One condition; ``change`` is the median against that of the assessment before, NULL without one."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a Field has a label of its own
    kind = serializers.CharField()
    median = serializers.FloatField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    spread = serializers.IntegerField()
    change = serializers.FloatField(allow_null=True)
    judgments = JudgmentSerializer(many=True)


class AssessmentSerializer(serializers.ModelSerializer[ReadinessAssessment]):
    class Meta:
        model = ReadinessAssessment
        fields = ["id", "on", "closed_at"]


class ProfileSerializer(AssessmentSerializer):
    lines = serializers.SerializerMethodField(help_text="weakest condition first")

    class Meta(AssessmentSerializer.Meta):
        fields = [*AssessmentSerializer.Meta.fields, "lines"]

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, assessment: ReadinessAssessment) -> Any:
        lines = readiness.lines(assessment, readiness.before(assessment))
        return LineSerializer(profile.ranked(lines), many=True).data


class ReadinessViewSet(viewsets.ReadOnlyModelViewSet[ReadinessAssessment]):
    """Closed assessments, newest first; one of them with its profile."""

    permission_classes = [api_permission(Permission.SEE_SCORECARD)]
    queryset = ReadinessAssessment.objects.none()
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[ReadinessAssessment]:
        return ReadinessAssessment.objects.closed()

    def get_serializer_class(self) -> Any:
        return ProfileSerializer if self.action == "retrieve" else AssessmentSerializer


routes: list = [("readiness", ReadinessViewSet)]
