"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from __future__ import annotations

import functools

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from culture.people.models import Employee
from programs.recognition import queries, rules
from programs.recognition.models import Kudos


class KudosSerializer(serializers.ModelSerializer):
    giver = serializers.CharField(source="giver.name")
    receivers = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    behaviour = serializers.CharField(source="behaviour.code")

    class Meta:
        model = Kudos
        fields = ["id", "at", "giver", "receivers", "behaviour", "story", "points", "public"]
        read_only_fields = fields

    @functools.cached_property
    def _hidden(self) -> bool:
        return rules.current().amounts_hidden

    def get_points(self, kudos: Kudos) -> int | None:
        """Null where the organisation shows amounts to giver and receivers only."""
        hidden = self._hidden
        reader = getattr(self.context.get("request"), "user", None)
        mine = reader is not None and reader.pk in {kudos.giver_id, *(one.receiver_id for one in kudos.receipts.all())}
        return kudos.points if mine or not hidden else None

    def get_receivers(self, kudos: Kudos) -> list[str]:
        return [one.receiver.name for one in kudos.receipts.all()]


class KudosViewSet(viewsets.ReadOnlyModelViewSet):
    """Public thanks, and the reader's own private ones."""

    serializer_class = KudosSerializer
    permission_classes = [api_permission(Permission.GIVE_KUDOS)]
    queryset = Kudos.objects.none()

    def get_queryset(self) -> QuerySet[Kudos]:
        if not isinstance(self.request.user, Employee):
            return Kudos.objects.none()
        return queries.visible_to(self.request.user)


routes: list = [("kudos", KudosViewSet)]
