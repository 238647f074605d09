"""The charter over the API: published versions, the one in force, and one's own acknowledgements."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access import clock
from culture.access.permissions import Permission, api_permission
from culture.framework import charter
from culture.framework.charter_models import CharterAcknowledgement, CharterVersion, ServiceStandard
from culture.people.models import Employee


class StandardSerializer(serializers.ModelSerializer[ServiceStandard]):
    class Meta:
        model = ServiceStandard
        fields = ["key", "position", "text", "measure", "direction", "target", "unit"]


class CharterSerializer(serializers.ModelSerializer[CharterVersion]):
    """Texts are ``{language: Markdown}``."""

    standards = StandardSerializer(many=True)
    in_force = serializers.SerializerMethodField(help_text="whether it is the version that counts today")

    class Meta:
        model = CharterVersion
        fields = [
            "number",
            "effective_on",
            "published_at",
            "in_force",
            "mission",
            "philosophy",
            "strategy",
            "standards",
        ]

    def get_in_force(self, version: CharterVersion) -> bool:
        return version.number == self.context.get("in_force")


class AcknowledgementSerializer(serializers.ModelSerializer[CharterAcknowledgement]):
    number = serializers.IntegerField(
        source="version.number", min_value=1, max_value=2**31 - 1, help_text="of the version in force"
    )

    class Meta:
        model = CharterAcknowledgement
        fields = ["number", "at"]
        read_only_fields = ["at"]


class CharterViewSet(viewsets.ReadOnlyModelViewSet[CharterVersion]):
    """Published versions of the charter, newest first."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    serializer_class = CharterSerializer
    queryset = CharterVersion.objects.none()
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"

    def get_queryset(self) -> QuerySet[CharterVersion]:
        return CharterVersion.objects.published().prefetch_related("standards")

    def get_serializer_context(self) -> dict[str, Any]:
        now = charter.in_force(clock.today())
        return {**super().get_serializer_context(), "in_force": now.number if now else None}

    @extend_schema(responses=CharterSerializer, parameters=[])
    @action(detail=False, url_path="in-force", pagination_class=None, filter_backends=[])
    def in_force(self, request: Request) -> Response:
        """The version in force today; 404 while there is none."""
        now = charter.in_force(clock.today())
        if now is None:
            raise Http404
        return Response(self.get_serializer(now).data)


class AcknowledgementViewSet(viewsets.GenericViewSet[CharterAcknowledgement]):
    """What the caller has acknowledged."""

    permission_classes = [api_permission(Permission.DO_TRAINING)]
    serializer_class = AcknowledgementSerializer
    queryset = CharterAcknowledgement.objects.none()

    def get_queryset(self) -> QuerySet[CharterAcknowledgement]:
        if not isinstance(self.request.user, Employee):
            return CharterAcknowledgement.objects.none()
        mine = CharterAcknowledgement.objects.filter(employee=self.request.user)
        return mine.select_related("version").order_by("-version__number")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request) -> Response:
        """Acknowledge the version in force: 201 the first time, 200 ever after; another number is refused."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        number = given.validated_data["version"]["number"]
        try:
            first = charter.acknowledge(by=cast(Employee, request.user), number=number, today=clock.today())
        except charter.Stale:
            raise serializers.ValidationError({"number": [_("This is not the version in force.")]}) from None
        kept = self.get_queryset().get(version__number=number)
        return Response(self.get_serializer(kept).data, status=status.HTTP_201_CREATED if first else status.HTTP_200_OK)


routes: list = [("charter", CharterViewSet), ("charter-acknowledgements", AcknowledgementViewSet)]
