"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from surveys.waves.models import Series, Wave


class SeriesSerializer(serializers.ModelSerializer):
    instrument: serializers.SlugRelatedField = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = Series
        fields = [
            "id",
            "name",
            "instrument",
            "audience",
            "employees",
            "job_families",
            "customer_facing",
            "first_opens_on",
            "rule",
            "time_zone",
            "opens_hour",
            "weekends",
            "blackout",
            "open_days",
            "reminder_days",
            "reminder_every",
            "reminder_most",
            "panel",
            "minutes_budget",
            "joined_weeks",
            "k",
            "max_providers",
            "receipts",
            "cuts",
            "matters",
            "barrier_at",
            "quadrant_at",
            "active",
        ]


class WaveSerializer(serializers.ModelSerializer):
    """``answered`` is left out on purpose: an exact count, read often, tells who has just answered."""

    class Meta:
        model = Wave
        fields = [
            "id",
            "series",
            "number",
            "planned_on",
            "opens_on",
            "closes_on",
            "state",
            "mails_paused",
            "cancel_reason",
            "rules",
            "invited",
            "left_out",
            "reminders",
            "participation",
        ]


class SeriesViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Series.objects.select_related("instrument").order_by("pk")
    serializer_class = SeriesSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["active"]


class WaveViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Wave.objects.order_by("pk")
    serializer_class = WaveSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["series", "state"]


routes: list = [("series", SeriesViewSet), ("waves", WaveViewSet)]
