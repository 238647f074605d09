"""The endpoints of this room: ``routes`` is (prefix, viewset). Rewards, points and the ledger: ``reward_api``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee, Unit
from programs.recognition import choices, finding, giving, pictures, queries, reacting, reward_api, rules, settling
from programs.recognition.api_base import KEY, Newest, key_of, me, same_or_refuse
from programs.recognition.award_models import AwardCandidate, AwardRound
from programs.recognition.feed_models import LONGEST_ALT, KudosPicture, KudosReaction
from programs.recognition.models import Kudos
from programs.recognition.point_models import AllowanceRule

SHOW = OpenApiParameter(
    "show",
    OpenApiTypes.STR,
    enum=["public", "received", "given"],
    description="Without it: public thanks and one's own.",
)


class PictureSerializer(serializers.Serializer[Any]):
    """``url``: on the site, for who is signed in there and sees the thanks."""

    url = serializers.CharField()
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class KudosSerializer(serializers.ModelSerializer):
    """``points`` to each; null where only giver and receivers see amounts. ``team``: the unit thanked as a whole.

    ``without_points``: of a team, whom the points passed over because the giver had reached the month's limit with
    them; told to the giver, and to each of them of himself.
    """

    giver = serializers.CharField(source="giver.name")
    receivers = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    behaviour = serializers.CharField(source="behaviour.code")
    requirement = serializers.CharField(source="requirement.code", default=None)
    team = serializers.CharField(source="team.name", default=None)
    without_points = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField()

    class Meta:
        model = Kudos
        fields = ["id", "at", "state", "giver", "receivers", "team", "behaviour", "requirement", "story", "language",
                  "points", "without_points", "picture", "public"]  # fmt: skip
        read_only_fields = fields

    def get_without_points(self, kudos: Kudos) -> list[str]:
        reader = self.context.get("reader")
        passed_over = [one.receiver for one in kudos.receipts.all() if one.without_points]
        return [one.name for one in passed_over if reader in (kudos.giver_id, one.pk)]

    @extend_schema_field(PictureSerializer(allow_null=True))
    def get_picture(self, kudos: Kudos) -> dict[str, Any] | None:
        if (found := getattr(kudos, "picture", None)) is None:
            return None
        url = reverse("recognition:picture", args=[kudos.pk, found.name])
        return {"url": url, "alt": found.alt, "width": found.width, "height": found.height}

    def get_points(self, kudos: Kudos) -> int | None:
        return None if kudos.pk in self.context.get("hidden", ()) else kudos.points

    def get_receivers(self, kudos: Kudos) -> list[str]:
        return [one.receiver.name for one in kudos.receipts.all()]


@extend_schema_field(OpenApiTypes.BINARY)
class PictureField(serializers.FileField):
    """A file, and told so in the schema: a string of bytes, not an address."""


class GiveSerializer(serializers.Serializer[Any]):
    """``receivers``: employee numbers; or ``team``: id of a unit, whose people of today are thanked, the giver apart.

    ``points`` to each. ``customer_unit``: id of a unit, with ``internal``. ``picture``: a JPEG, PNG or WebP, sent as
    multipart/form-data; ``alt``: what it shows. ``validated_data`` are fields of ``giving.Gift``.
    """

    receivers = serializers.ListField(
        child=serializers.CharField(max_length=40), allow_empty=False, max_length=giving.RECEIVERS, required=False
    )
    team = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.open(), default=None, allow_null=True)
    behaviour = serializers.SlugRelatedField(slug_field="code", queryset=Behaviour.objects.all())
    requirement = serializers.SlugRelatedField(slug_field="code", queryset=Requirement.objects.all())
    story = serializers.CharField(max_length=4000)
    points = serializers.IntegerField(default=0)
    public = serializers.BooleanField(default=True)
    purse = serializers.ChoiceField(AllowanceRule.Purse.choices, default=AllowanceRule.Purse.ALLOWANCE.value)
    language = serializers.CharField(default="", allow_blank=True, max_length=12)
    customer = serializers.ChoiceField(Kudos.Customer.choices, default="", allow_blank=True)
    customer_unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.open(),
        default=None,
        allow_null=True,
    )
    picture = PictureField(required=False, write_only=True)
    alt = serializers.CharField(default="", allow_blank=True, max_length=LONGEST_ALT)

    def validate_picture(self, file: UploadedFile) -> bytes:
        if file.size is None or file.size > pictures.MOST_BYTES:
            most = pictures.MOST_BYTES // pictures.MEGABYTE
            raise serializers.ValidationError(f"The picture is larger than {most} MB. Send a smaller one.")
        return file.read()

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if bool(asked.get("receivers")) == bool(asked["team"]):
            raise serializers.ValidationError({"receivers": "Name either receivers or a team."})
        if asked["team"] is not None:
            giver, now = self.context["giver"], timezone.now()
            asked["receivers"] = finding.members(giver, asked["team"], giving.day_of(giver, now))
            if not asked["receivers"]:
                raise serializers.ValidationError({"team": "Nobody but you works in this team today."})
        alt, content = asked.pop("alt"), asked.pop("picture", None)
        # Drawn last: it takes longest, and in vain where something else is wrong.
        return asked if content is None else {**asked, "picture": pictures.draw(content, alt)}

    def validate_receivers(self, numbers: list[str]) -> list[Employee]:
        wanted = list(dict.fromkeys(numbers))
        found = {one.number: one for one in Employee.objects.filter(number__in=wanted).select_related("unit")}
        if unknown := [number for number in wanted if number not in found]:
            raise serializers.ValidationError(f"Nobody has the number {unknown[0]}.")
        return [found[number] for number in wanted]


class ReactSerializer(serializers.Serializer[Any]):
    """The same sign again takes it back."""

    kind = serializers.ChoiceField(KudosReaction.Kind.choices)


class KudosViewSet(mixins.CreateModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Kudos]):
    """Thanks: public ones, and the reader's own. Giving takes the header Idempotency-Key."""

    serializer_class = KudosSerializer
    permission_classes = [api_permission(Permission.GIVE_KUDOS)]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = Kudos.objects.none()

    def get_queryset(self) -> QuerySet[Kudos]:
        """Whatever is asked for is read backwards along one index until a page is full."""
        reader = self.request.user
        if not isinstance(reader, Employee):
            return Kudos.objects.none()
        if self.action != "list":
            return queries.visible_to(reader)
        show = self.request.query_params.get("show", "")
        if show == "received":
            return queries.received(reader)
        if show == "given":
            return queries.given(reader)
        everything = queries.visible_to(reader)
        return everything.filter(public=True, hidden_at=None) if show == "public" else everything

    @extend_schema(parameters=[SHOW])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self._told(page, many=True))

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        return Response(self._told([self.get_object()], many=False))

    def _told(self, rows: Iterable[Kudos], *, many: bool) -> Any:
        rows = list(rows)
        hidden = choices.amounts_hidden(rows, me(self.request), everywhere=rules.current().amounts_hidden)
        serializer = KudosSerializer(
            rows if many else rows[0], many=many, context={"hidden": hidden, "reader": me(self.request).pk}
        )  # type: ignore[arg-type]
        return serializer.data

    @extend_schema(request=GiveSerializer, parameters=[KEY], responses={201: KudosSerializer, 200: KudosSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """201 for new thanks, 200 where this key gave them before."""
        key = key_of(request, "kudos")
        asked = GiveSerializer(data=request.data, context={"giver": me(request)})
        asked.is_valid(raise_exception=True)
        gift, now = giving.Gift(key=key, **asked.validated_data), timezone.now()
        kudos = giving.give(giver=me(request), gift=gift, now=now)
        same_or_refuse(_asked(gift), _done(kudos))
        found = queries.visible_to(me(request)).filter(pk=kudos.pk).first() or kudos
        code = status.HTTP_201_CREATED if kudos.at == now else status.HTTP_200_OK
        return Response(self._told([found], many=False), status=code)

    @extend_schema(request=None, responses=KudosSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        """While they are on their way, by the giver."""
        kudos = self.get_object()
        done = settling.withdraw(kudos=kudos, by=me(request), now=timezone.now())
        kudos.state = done.state
        return Response(self._told([kudos], many=False))

    @extend_schema(request=ReactSerializer, responses={200: {"type": "object"}})
    @action(detail=True, methods=["post"])
    def react(self, request: Request, pk: str | None = None) -> Response:
        """``{"stands": true}``, or false when the same sign was taken back."""
        kudos, asked = self.get_object(), ReactSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        kind = asked.validated_data["kind"]
        return Response({"stands": reacting.react(kudos=kudos, by=me(request), kind=kind, now=timezone.now())})


def _asked(gift: giving.Gift) -> dict[str, Any]:
    drawn = gift.picture
    return {
        # Who is in a team may change between two tries of one request.
        "receivers": None if gift.team else sorted(one.pk for one in gift.receivers),
        "team": gift.team.pk if gift.team else None,
        "picture": (drawn.content, drawn.alt) if drawn else None,
        "behaviour": gift.behaviour.pk,
        "requirement": gift.requirement.pk if gift.requirement else None,
        "story": gift.story.strip(),
        "points": gift.points,
        "public": gift.public,
    }


def _done(kudos: Kudos) -> dict[str, Any]:
    drawn = KudosPicture.objects.filter(kudos=kudos).first()
    people = kudos.receipts.values_list("receiver", flat=True)  # type: ignore[attr-defined]
    return {
        "receivers": None if kudos.team_id else sorted(people),
        "team": kudos.team_id,
        "picture": (bytes(drawn.content), drawn.alt) if drawn else None,
        "behaviour": kudos.behaviour_id,
        "requirement": kudos.requirement_id,
        "story": kudos.story,
        "points": kudos.points,
        "public": kudos.public,
    }


class AwardRoundSerializer(serializers.ModelSerializer[AwardRound]):
    """``winners``: names of people or teams, once the round is decided; ``places``: how many there may be."""

    award = serializers.CharField(source="award.label")
    places = serializers.IntegerField(source="winners")
    winners = serializers.SerializerMethodField()

    class Meta:
        model = AwardRound
        fields = ["id", "award", "number", "state", "opens_on", "closes_on", "decide_by", "points", "places", "reason",
                  "winners"]  # fmt: skip

    def get_winners(self, row: AwardRound) -> list[str]:
        if row.state != AwardRound.State.DECIDED:
            return []
        return [_named(one) for one in row.candidates.all() if one.state == AwardCandidate.State.WON]  # type: ignore[attr-defined]


def _named(candidate: AwardCandidate) -> str:
    if candidate.employee is not None:
        return candidate.employee.name
    return candidate.unit.name if candidate.unit is not None else ""


class AwardRoundViewSet(viewsets.ReadOnlyModelViewSet[AwardRound]):
    """Award rounds that have begun, the newest first, with their winners. Who was nominated is not told."""

    serializer_class = AwardRoundSerializer
    permission_classes = [api_permission(Permission.GIVE_KUDOS)]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = AwardRound.objects.none()

    def get_queryset(self) -> QuerySet[AwardRound]:
        won = AwardCandidate.objects.filter(state=AwardCandidate.State.WON).select_related("employee", "unit")
        rows = AwardRound.objects.select_related("award").prefetch_related(Prefetch("candidates", won))
        state = self.request.query_params.get("state", "")
        return rows.filter(state=state) if state in AwardRound.State.values else rows


routes: list = [("kudos", KudosViewSet), ("award-rounds", AwardRoundViewSet), *reward_api.routes]
