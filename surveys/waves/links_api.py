"""The service map over the API: links, ended ones too; ``?on=`` those that hold on a day. Writing is HR's."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request

from culture.access.permissions import Permission, api_permission
from culture.people.models import Employee, Unit
from surveys.waves import links
from surveys.waves.link_models import ServiceLink

ON = OpenApiParameter("on", OpenApiTypes.DATE, description="Only links that hold on this day.")


class LinkSerializer(serializers.ModelSerializer[ServiceLink]):
    """``customer`` and ``provider``: ids of open units; fixed once the link is made."""

    customer_path = serializers.CharField(source="customer.path", read_only=True)
    provider_path = serializers.CharField(source="provider.path", read_only=True)

    class Meta:
        model = ServiceLink
        fields = ["id", "customer", "customer_path", "provider", "provider_path", "kind", "since", "until"]
        # The service tells what cannot be, with words for people.
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None and {"customer", "provider"} & attrs.keys():
            raise serializers.ValidationError({"customer": ["A link keeps its units. End it and add another."]})
        return attrs


class LinkViewSet(
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.ReadOnlyModelViewSet[ServiceLink],
):
    """DELETE ends a link that a wave has asked by (the day before today), and deletes one that none has."""

    serializer_class = LinkSerializer
    permission_classes = [api_permission(Permission.MANAGE_SURVEYS)]
    filterset_fields = ["customer", "provider"]
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]

    def get_queryset(self) -> QuerySet[ServiceLink]:
        found = ServiceLink.objects.select_related("customer", "provider").order_by("pk")
        text = self.request.query_params.get("on", "")
        if not text:
            return found
        try:
            return found.on(dt.date.fromisoformat(text))
        except ValueError:
            raise serializers.ValidationError({"on": ["Write the day as YYYY-MM-DD."]}) from None

    @extend_schema(parameters=[ON])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().list(request, *args, **kwargs)

    def perform_create(self, serializer: Any) -> None:
        values = serializer.validated_data
        serializer.instance = links.add(
            by=self._employee(),
            customer=cast(Unit, values["customer"]),
            provider=cast(Unit, values["provider"]),
            kind=values.get("kind", ""),
            since=values.get("since"),
            until=values.get("until"),
        )

    def perform_update(self, serializer: Any) -> None:
        link, values = serializer.instance, serializer.validated_data
        now = {"kind": link.kind, "since": link.since, "until": link.until}
        links.change(by=self._employee(), link=link, **{**now, **values})

    def perform_destroy(self, instance: ServiceLink) -> None:
        links.remove(by=self._employee(), link=instance)

    def _employee(self) -> Employee:
        assert isinstance(self.request.user, Employee)
        return self.request.user


routes: list = [("service-links", LinkViewSet)]
