"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from culture.access.models import AuditEntry, Grant
from culture.access.permissions import Permission, api_permission
from culture.access.views import visible_grants


class GrantSerializer(serializers.ModelSerializer[Grant]):
    class Meta:
        model = Grant
        fields = [
            "id", "employee", "role", "unit", "since", "until", "reason", "granted_by", "granted_at", "ended_at",
            "ended_by", "ended_reason",
        ]  # fmt: skip


class AuditSerializer(serializers.ModelSerializer[AuditEntry]):
    actor = serializers.IntegerField(source="actor_id", allow_null=True, read_only=True)

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "verb", "subject", "detail", "channel", "address"]


class GrantViewSet(viewsets.ReadOnlyModelViewSet[Grant]):
    """Roles that were given: all, or those for the caller's units."""

    queryset = Grant.objects.none()
    serializer_class = GrantSerializer
    permission_classes = [api_permission(Permission.SEE_ACCESS)]
    filterset_fields = ["employee", "role", "unit"]

    def get_queryset(self) -> QuerySet[Grant]:
        return visible_grants(self.request.user).order_by("pk")  # type: ignore[arg-type]


class AuditViewSet(viewsets.ReadOnlyModelViewSet[AuditEntry]):
    """The audit trail, newest first."""

    queryset = AuditEntry.objects.order_by("-pk")
    serializer_class = AuditSerializer
    permission_classes = [api_permission(Permission.SEE_AUDIT)]
    filterset_fields = {"verb": ["exact", "startswith"], "subject": ["exact"], "actor": ["exact"], "at": ["gte", "lt"]}


routes: list = [("grants", GrantViewSet), ("audit", AuditViewSet)]
