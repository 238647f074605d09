"""The endpoints of points: what one holds, rewards, redeeming and handing over, and the ledger for auditors."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access import audit
from culture.access.permissions import Permission, api_permission, can
from culture.people.models import Employee
from programs.recognition import catalogue, countries, giving, ledger_views, lots, redeeming, rules
from programs.recognition.api_base import KEY, Newest, key_of, me, same_or_refuse
from programs.recognition.models import LedgerEntry
from programs.recognition.point_models import AllowanceRule
from programs.recognition.reward_models import Redemption, Reward

EVERYBODY, HR = api_permission(Permission.GIVE_KUDOS), api_permission(Permission.MANAGE_RECOGNITION)


class PointsViewSet(viewsets.ViewSet):
    """The caller's own points."""

    permission_classes = [EVERYBODY]

    @extend_schema(responses={200: {"type": "object"}})
    def list(self, request: Request) -> Response:
        """``balance`` to spend; ``left``, ``budget`` to give in this period; ``lapses``: what lapses next, or null."""
        now, user, book = timezone.now(), me(request), rules.Book(me(request))
        soon = lots.soon(user, giving.day_of(user, now))
        mine = giving.standing(user, now, book)
        return Response(
            {
                "balance": mine.own,
                "left": mine.left,
                "budget": giving.left(user, now, AllowanceRule.Purse.BUDGET, book),
                "lapses": {"points": soon[0], "after": soon[1].isoformat()} if soon else None,
            }
        )


class RewardSerializer(serializers.ModelSerializer[Reward]):
    """``name`` in the caller's language, ``names`` in all."""

    names = serializers.JSONField(source="name")
    name = serializers.CharField(source="label")
    description = serializers.CharField(source="text")

    class Meta:
        model = Reward
        fields = ["id", "kind", "name", "names", "description", "price", "stock", "per_person", "approval", "value",
                  "currency"]  # fmt: skip


class RewardViewSet(viewsets.ViewSet):
    """What the caller can have, the cheapest first; what is not for him is not here."""

    permission_classes = [EVERYBODY]

    @extend_schema(responses=RewardSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response({"results": RewardSerializer(_offers(me(request)), many=True).data})

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)], responses=RewardSerializer
    )
    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        found = next((one for one in _offers(me(request)) if str(one.pk) == pk), None)
        if found is None:
            raise exceptions.NotFound
        return Response(RewardSerializer(found).data)


def _offers(person: Employee) -> list[Reward]:
    standing = redeeming.standing(person)
    return [one for one in catalogue.offered() if not standing.barred(one)]


class RedemptionStepSerializer(serializers.Serializer[Any]):
    state = serializers.CharField()
    at = serializers.DateTimeField()
    note = serializers.CharField()


class RedemptionSerializer(serializers.ModelSerializer[Redemption]):
    """``reward_name``, ``kind``, ``country`` (two letters, of the site) and ``payroll_note`` as the payroll's file has
    them: what they were when it was redeemed.
    """

    employee_number = serializers.CharField(source="employee.number")
    employee = serializers.CharField(source="employee.name")
    reward_name = serializers.CharField(source="label")
    country = serializers.SerializerMethodField()
    payroll_note = serializers.SerializerMethodField()
    steps = RedemptionStepSerializer(many=True)

    class Meta:
        model = Redemption
        fields = ["id", "employee_number", "employee", "reward", "reward_name", "kind", "price", "state", "at", "note",
                  "country", "payroll_note", "steps"]  # fmt: skip

    def get_country(self, row: Redemption) -> str:
        return row.country_of(self.context["countries"])

    def get_payroll_note(self, row: Redemption) -> str:
        return row.tax_note(self.get_country(row))


class RedeemSerializer(serializers.Serializer[Any]):
    reward = serializers.PrimaryKeyRelatedField(queryset=Reward.objects.all())
    note = serializers.CharField(default="", allow_blank=True, max_length=300)
    price = serializers.IntegerField(required=False, min_value=1, help_text="The most it may cost: refused if dearer.")


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(default="", allow_blank=True, max_length=300)


class RedemptionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Redemption]):
    """The caller's redemptions; with ``?all=1`` everybody's, for who manages recognition. Redeeming takes the header
    Idempotency-Key; ``approve``, ``fulfil`` and ``reject`` are for who manages recognition, and never for his own.
    """

    serializer_class = RedemptionSerializer
    permission_classes = [EVERYBODY]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = Redemption.objects.none()
    deciding = frozenset({"approve", "fulfil", "reject"})

    def get_permissions(self) -> list[BasePermission]:
        # Without an action (a method the address does not take) what the address is for decides.
        asked = {self.action} if self.action else set((self.action_map or {}).values())
        return [HR()] if asked and asked <= self.deciding else [EVERYBODY()]

    def get_queryset(self) -> QuerySet[Redemption]:
        user = self.request.user
        if not isinstance(user, Employee):
            return Redemption.objects.none()
        rows = Redemption.objects.select_related("employee").prefetch_related("steps")
        everybody = self.action in self.deciding or self.request.query_params.get("all") == "1"
        if not everybody:
            return rows.filter(employee=user)
        if not can(user, Permission.MANAGE_RECOGNITION):
            raise exceptions.PermissionDenied
        state = self.request.query_params.get("state", "")
        return rows.filter(state=state) if state in Redemption.State.values else rows

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "countries": countries.of_sites()}

    @extend_schema(
        parameters=[
            OpenApiParameter("all", OpenApiTypes.BOOL, description="1: everybody's."),
            OpenApiParameter("state", OpenApiTypes.STR, enum=Redemption.State.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, pk: str | None = None) -> Response:
        return self._answer(self.get_object())

    @extend_schema(
        request=RedeemSerializer, parameters=[KEY], responses={201: RedemptionSerializer, 200: RedemptionSerializer}
    )
    def create(self, request: Request) -> Response:
        """201 for a new redemption, 200 where this key made it before."""
        key, asked = key_of(request, "redemption"), RedeemSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        now, wanted = timezone.now(), asked.validated_data
        done = redeeming.redeem(employee=me(request), key=key, now=now, **wanted)
        same_or_refuse({"reward": wanted["reward"].pk}, {"reward": done.reward_id})
        code = status.HTTP_201_CREATED if done.at == now else status.HTTP_200_OK
        return self._answer(done, code)

    @extend_schema(request=None, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """By who redeemed, while it is open: all points return; those whose last day is over lapse at once."""
        return self._answer(redeeming.cancel(redemption=self.get_object(), by=me(request), now=timezone.now()))

    @extend_schema(request=None, responses={200: {"type": "object"}})
    @action(detail=True, methods=["post"])
    def code(self, request: Request, pk: str | None = None) -> Response:
        """``{"code"}`` of one's own voucher; each look is recorded."""
        answer = Response({"code": redeeming.show_code(redemption=self.get_object(), by=me(request))})
        answer["Cache-Control"] = "no-store"
        return answer

    @extend_schema(request=NoteSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        return self._decide(request, redeeming.approve)

    @extend_schema(request=NoteSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"])
    def fulfil(self, request: Request, pk: str | None = None) -> Response:
        """It was handed over: the points are spent."""
        return self._decide(request, redeeming.fulfil)

    @extend_schema(request=NoteSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str | None = None) -> Response:
        """With a reason, which the person reads: all points return."""
        return self._decide(request, redeeming.reject)

    def _decide(self, request: Request, act: Any) -> Response:
        redemption, asked = self.get_object(), NoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        note = asked.validated_data["note"]
        return self._answer(act(redemption=redemption, by=me(request), now=timezone.now(), note=note))

    def _answer(self, redemption: Redemption, code: int = status.HTTP_200_OK) -> Response:
        rows = Redemption.objects.select_related("employee").prefetch_related("steps")
        return Response(self.get_serializer(rows.get(pk=redemption.pk)).data, status=code)


class LedgerLineSerializer(serializers.Serializer[Any]):
    """One entry as the page of the ledger shows it: of private thanks nobody's name."""

    number = serializers.IntegerField()
    day = serializers.DateField()
    from_account = serializers.SerializerMethodField()
    from_whom = serializers.SerializerMethodField()
    to_account = serializers.SerializerMethodField()
    to_whom = serializers.SerializerMethodField()
    amount = serializers.IntegerField()
    reason = serializers.CharField()
    private = serializers.BooleanField()

    def get_from_account(self, line: ledger_views.Line) -> str:
        return line.source[0]

    def get_from_whom(self, line: ledger_views.Line) -> str:
        return line.source[1]

    def get_to_account(self, line: ledger_views.Line) -> str:
        return line.target[0]

    def get_to_whom(self, line: ledger_views.Line) -> str:
        return line.target[1]


class LedgerViewSet(viewsets.GenericViewSet[LedgerEntry]):
    """Every movement of points, the newest first, for auditors: ``?since=``, ``?until=``, ``?q=``, ``?kind=``."""

    serializer_class = LedgerLineSerializer
    permission_classes = [api_permission(Permission.SEE_LEDGER)]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = LedgerEntry.objects.none()

    def list(self, request: Request) -> Response:
        form = ledger_views.LedgerFilter(request.query_params)
        if not form.is_valid():
            wrong = {name: [str(one) for one in words] for name, words in form.errors.items()}
            raise serializers.ValidationError(wrong)
        page = self.paginate_queryset(ledger_views.entries(form.cleaned_data).order_by("-pk")) or []
        if "cursor" not in request.query_params:
            days = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
            audit.record(me(request), "ledger.exported", "points ledger", **days)
        return self.get_paginated_response(
            LedgerLineSerializer([ledger_views.line(one) for one in page], many=True).data
        )


routes: list = [
    ("points", PointsViewSet),
    ("rewards", RewardViewSet),
    ("redemptions", RedemptionViewSet),
    ("ledger", LedgerViewSet),
]
