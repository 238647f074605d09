"""The read endpoints of this room: ``routes`` is (prefix, viewset). Everybody who signed in may read them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission
from culture.framework import profiles
from culture.framework.models import (
    Behaviour,
    CatalogueEntry,
    Condition,
    Figure,
    Notion,
    Practice,
    ProfileLine,
    Requirement,
    RequirementProfile,
)

FIELDS = [
    "code", "position", "label", "text", "explanation", "detail", "source", "own", "active", "reworded",
    "catalogue_text", "changed_in",
]  # fmt: skip
ASKED_FIELDS = [*FIELDS, "who", "moment", "before", "prerequisites"]


class EntrySerializer(serializers.ModelSerializer):
    """``text`` and ``detail`` as the organisation words them, ``{language: text}``; ``catalogue_text`` as it came."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a Field has a label of its own
    text = serializers.JSONField(source="words", read_only=True)
    explanation = serializers.CharField(read_only=True)
    detail = serializers.JSONField(source="explanations", read_only=True)
    active = serializers.BooleanField(source="is_active", read_only=True)
    reworded = serializers.BooleanField(source="is_reworded", read_only=True)
    catalogue_text = serializers.JSONField(source="text", read_only=True)


class RequirementSerializer(EntrySerializer):
    class Meta:
        model = Requirement
        fields = [*ASKED_FIELDS, "dimension"]


class BehaviourSerializer(EntrySerializer):
    class Meta:
        model = Behaviour
        fields = [*ASKED_FIELDS, "kind"]


class ConditionSerializer(EntrySerializer):
    class Meta:
        model = Condition
        fields = [*FIELDS, "kind"]


class PracticeSerializer(EntrySerializer):
    class Meta:
        model = Practice
        fields = FIELDS


class NotionSerializer(EntrySerializer):
    class Meta:
        model = Notion
        fields = [*FIELDS, "kind"]


class FigureSerializer(EntrySerializer):
    """``value`` is the text's number, ``amount`` the organisation's own where it has one."""

    amount = serializers.DecimalField(max_digits=10, decimal_places=2, read_only=True)

    class Meta:
        model = Figure
        fields = [*FIELDS, "value", "amount", "unit", "subject"]


class EntryViewSet(viewsets.ReadOnlyModelViewSet):
    """``?active=true`` leaves out what is switched off."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[CatalogueEntry]:
        found: Any = super().get_queryset()
        return found.active() if self.request.query_params.get("active") in {"true", "1"} else found


class RequirementViewSet(EntryViewSet):
    """What want, know and can ask of people."""

    queryset = Requirement.objects.all()
    serializer_class = RequirementSerializer
    filterset_fields = ["dimension", "own"]


class BehaviourViewSet(EntryViewSet):
    """Attitudes to show, sins and signs of bad service."""

    queryset = Behaviour.objects.all()
    serializer_class = BehaviourSerializer
    filterset_fields = ["kind", "own"]


class ConditionViewSet(EntryViewSet):
    """Conditions for success and duties of HR."""

    queryset = Condition.objects.all()
    serializer_class = ConditionSerializer
    filterset_fields = ["kind"]


class PracticeViewSet(EntryViewSet):
    """What people do every day."""

    queryset = Practice.objects.all()
    serializer_class = PracticeSerializer


class NotionViewSet(EntryViewSet):
    """Stages, quadrants, outcomes, satisfiers, dissatisfiers, kinds of customer, steps, skills, premises, tools."""

    queryset = Notion.objects.all()
    serializer_class = NotionSerializer
    filterset_fields = ["kind"]


class FigureViewSet(EntryViewSet):
    """Numbers the texts give; those with the same subject disagree, and all are kept."""

    queryset = Figure.objects.all()
    serializer_class = FigureSerializer
    filterset_fields = ["subject", "unit"]


class ProfileLineSerializer(serializers.ModelSerializer[ProfileLine]):
    code = serializers.CharField(source="entry.code", read_only=True)
    label = serializers.CharField(source="entry.label", read_only=True)  # type: ignore[assignment]

    class Meta:
        model = ProfileLine
        fields = ["code", "label", "level"]


class RequirementProfileSerializer(serializers.ModelSerializer[RequirementProfile]):
    """``lines``: what is expected, at which level (1 information, 2 attitude, 3 behaviour, 4 culture)."""

    lines = serializers.SerializerMethodField()

    class Meta:
        model = RequirementProfile
        fields = ["id", "job_family", "is_default", "updated_at", "lines"]

    def get_lines(self, profile: RequirementProfile) -> list[dict[str, Any]]:
        active = [line for line in profile.lines.all() if line.entry.is_active]
        active.sort(key=lambda line: (line.behaviour_id is not None, line.entry.position, line.entry.code))
        return list(ProfileLineSerializer(active, many=True).data)


class ProfileViewSet(viewsets.ReadOnlyModelViewSet):
    """Which requirements and behaviours matter for which job family."""

    queryset = RequirementProfile.objects.prefetch_related("lines__requirement", "lines__behaviour")
    serializer_class = RequirementProfileSerializer
    permission_classes = [api_permission(Permission.DO_TRAINING)]
    filterset_fields = ["job_family", "is_default"]

    @action(detail=False)
    def mine(self, request: Request) -> Response:
        """The reader's own profile; 404 while there is none."""
        own = profiles.profile_of(request.user)  # type: ignore[arg-type]
        self.kwargs["pk"] = own.pk if own else 0
        return Response(self.get_serializer(self.get_object()).data)


routes: list = [
    ("requirements", RequirementViewSet),
    ("behaviours", BehaviourViewSet),
    ("conditions", ConditionViewSet),
    ("practices", PracticeViewSet),
    ("notions", NotionViewSet),
    ("figures", FigureViewSet),
    ("requirement-profiles", ProfileViewSet),
]
