"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from programs.planning import queries
from programs.planning.models import Cohort, Program, Stage


class StageSerializer(serializers.ModelSerializer[Stage]):
    class Meta:
        model = Stage
        fields = ["kind", "starts_on", "ends_on"]


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    class Meta:
        model = Cohort
        fields = ["id", "name", "starts_on", "units"]


class ProgramSerializer(serializers.ModelSerializer[Program]):
    stages = StageSerializer(many=True)
    cohorts = CohortSerializer(many=True)
    enrolled = serializers.IntegerField(source="people", help_text="people enrolled today")

    class Meta:
        model = Program
        fields = ["id", "name", "charter", "starts_on", "ends_on", "series", "enrolled", "stages", "cohorts"]


class ProgramViewSet(viewsets.ReadOnlyModelViewSet[Program]):
    """Programs with their stages and cohorts."""

    permission_classes = [api_permission(Permission.MANAGE_PROGRAMS)]
    serializer_class = ProgramSerializer
    queryset = Program.objects.none()
    filterset_fields = ["series"]

    def get_queryset(self) -> QuerySet[Program]:
        mine = queries.within(self.request.user, Permission.MANAGE_PROGRAMS)  # type: ignore[arg-type]
        return queries.listed(mine).prefetch_related("cohorts__units")


routes: list = [("programs", ProgramViewSet)]
