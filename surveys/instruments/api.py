"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from surveys.instruments.models import Instrument, InstrumentVersion, Item


class InstrumentSerializer(serializers.ModelSerializer):
    """``edition``: what the next wave asks, null while there are only drafts."""

    edition = serializers.SerializerMethodField()

    class Meta:
        model = Instrument
        fields = ["id", "key", "name", "purpose", "sources", "library_key", "archived_at", "edition"]

    def get_edition(self, instrument: Instrument) -> int | None:
        return max((one.number for one in instrument.versions.all() if not one.draft), default=None)


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = [
            "id",
            "version",
            "code",
            "position",
            "section",
            "kind",
            "options",
            "about",
            "text",
            "help",
            "show_if",
            "required",
            "cannot_judge",
            "requirements",
            "dimension",
            "facet",
        ]


class VersionSerializer(serializers.ModelSerializer):
    instrument: serializers.SlugRelatedField = serializers.SlugRelatedField(slug_field="key", read_only=True)

    class Meta:
        model = InstrumentVersion
        fields = ["id", "instrument", "number", "draft", "edited", "made_at", "frozen_at", "sections"]


class InstrumentViewSet(viewsets.ReadOnlyModelViewSet):
    """Questionnaires, those put away included."""

    queryset = Instrument.objects.prefetch_related("versions").order_by("pk")
    serializer_class = InstrumentSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["key", "library_key"]


class VersionViewSet(viewsets.ReadOnlyModelViewSet):
    """Editions: drafts, ready ones, and those that a wave has frozen."""

    queryset = InstrumentVersion.objects.select_related("instrument").order_by("pk")
    serializer_class = VersionSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["instrument", "draft"]


class ItemViewSet(viewsets.ReadOnlyModelViewSet):
    """Questions, edition by edition; ``code`` is a question's identity across editions."""

    serializer_class = ItemSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["version", "code", "kind", "about", "dimension", "facet"]
    queryset = Item.objects.none()

    def get_queryset(self) -> QuerySet[Item]:
        return Item.objects.order_by("version_id", "position", "pk")


routes: list = [
    ("instruments", InstrumentViewSet),
    ("instrument-versions", VersionViewSet),
    ("instrument-items", ItemViewSet),
]
