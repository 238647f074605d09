"""The read endpoints of this room: ``routes`` is (prefix, viewset)."""

from rest_framework import serializers, viewsets

from culture.access.permissions import Permission, api_permission
from culture.framework.models import Behaviour, Requirement

FIELDS = ["code", "position", "label", "text", "source"]


class RequirementSerializer(serializers.ModelSerializer[Requirement]):
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a Field has a label of its own

    class Meta:
        model = Requirement
        fields = [*FIELDS, "dimension"]


class BehaviourSerializer(serializers.ModelSerializer[Behaviour]):
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a Field has a label of its own

    class Meta:
        model = Behaviour
        fields = [*FIELDS, "kind"]


class RequirementViewSet(viewsets.ReadOnlyModelViewSet[Requirement]):
    """What want, know and can ask of people."""

    queryset = Requirement.objects.all()
    serializer_class = RequirementSerializer
    permission_classes = [api_permission(Permission.DO_TRAINING)]
    lookup_field = "code"
    filterset_fields = ["dimension"]


class BehaviourViewSet(viewsets.ReadOnlyModelViewSet[Behaviour]):
    """Attitudes to show, sins and signs of bad service."""

    queryset = Behaviour.objects.all()
    serializer_class = BehaviourSerializer
    permission_classes = [api_permission(Permission.DO_TRAINING)]
    lookup_field = "code"
    filterset_fields = ["kind"]


routes: list = [("requirements", RequirementViewSet), ("behaviours", BehaviourViewSet)]
