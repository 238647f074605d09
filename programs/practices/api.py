"""The endpoints of this room: ``routes`` is (prefix, viewset). One's own log, and the library of ideas; no more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone, translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from culture.access.permissions import Permission, api_permission
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.practices import figures, ideas, notes, personal_data
from programs.practices.models import MOST_NOTES, Customer, Idea, PracticeNote
from programs.recognition.api_base import KEY, Newest, key_of, me

ID = OpenApiParameter("id", int, OpenApiParameter.PATH)


def without_data(text: str) -> str:
    if found := personal_data.found(text):
        raise serializers.ValidationError(f"Take out “{found}”: nothing a customer could be found by is kept here.")
    return text


class PracticeNoteSerializer(serializers.ModelSerializer):
    """``note`` is read by its writer only; no names and no numbers of customers."""

    many = serializers.IntegerField(min_value=1, max_value=MOST_NOTES, default=1)  # type: ignore[assignment]
    customer = serializers.ChoiceField(Customer.choices, default=Customer.OUTSIDE)
    on = serializers.DateField(required=False, help_text="Today or yesterday; today without it.")

    class Meta:
        model = PracticeNote
        fields = ["id", "on", "kind", "customer", "many", "note"]
        read_only_fields = ["id"]

    def validate_note(self, text: str) -> str:
        return without_data(text)


class PracticeNoteViewSet(
    mixins.ListModelMixin, mixins.CreateModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[PracticeNote]
):
    """The caller's own log of personal notes; nobody else's can be read. Writing takes the header Idempotency-Key."""

    serializer_class = PracticeNoteSerializer
    permission_classes = [api_permission(Permission.DO_TRAINING)]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = PracticeNote.objects.none()

    def get_queryset(self) -> QuerySet[PracticeNote]:
        user = self.request.user
        return notes.mine(user) if isinstance(user, Employee) else PracticeNote.objects.none()

    @extend_schema(parameters=[KEY], request=PracticeNoteSerializer, responses={201: PracticeNoteSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = PracticeNoteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        now = timezone.now()
        today = figures.today_of(now)
        data = {"note": "", "on": today, **sent.validated_data}
        entry = notes.Entry(key=key_of(request, "practice-note"), **data)
        made = notes.log(by=me(request), entry=entry, today=today, now=now)
        return Response(PracticeNoteSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[ID])
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        pk = str(kwargs.get("pk", ""))
        if not (pk.isascii() and pk.isdigit() and len(pk) < 18) or not notes.remove(by=me(request), pk=int(pk)):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


class PracticeIdeaSerializer(serializers.ModelSerializer):
    """``proposer`` is null where he did not wish to be named; ``done`` counts everybody's marks."""

    proposer = serializers.SerializerMethodField()
    behaviour = serializers.CharField(source="behaviour.code", default=None)
    unit = serializers.CharField(source="unit.name", default=None)
    done = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Idea
        fields = ["id", "title", "what", "phrases", "behaviour", "unit", "cost", "currency", "state", "reason",
                  "proposer", "done"]  # fmt: skip
        read_only_fields = fields

    def _own(self, idea: Idea) -> bool:
        return idea.proposer_id == self.context["reader"]  # type: ignore[attr-defined]

    def get_proposer(self, idea: Idea) -> str | None:
        return idea.proposer.name if idea.named or self._own(idea) else None

    def get_done(self, idea: Idea) -> int:
        return getattr(idea, "done", None) or 0

    def get_reason(self, idea: Idea) -> str:
        """What was decided why is between two people."""
        return idea.reason if self._own(idea) else ""


class ProposeIdeaSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    what = serializers.CharField(max_length=1500)
    phrases = serializers.CharField(max_length=800, default="", allow_blank=True)
    behaviour = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE),
        default=None,
        allow_null=True,
    )
    cost = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=0, default=Decimal(0))
    currency = serializers.RegexField(r"^[A-Z]{3}$", default="", allow_blank=True)
    named = serializers.BooleanField(default=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["cost"] and not data["currency"]:
            raise serializers.ValidationError({"currency": "Say in which currency."})
        for name in ("title", "what", "phrases"):
            without_data(data[name])
        return data


class PracticeIdeaViewSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet[Idea]):
    """Approved ideas, and the caller's own. Proposing takes the header Idempotency-Key."""

    serializer_class = PracticeIdeaSerializer
    permission_classes = [api_permission(Permission.DO_TRAINING)]
    pagination_class = Newest
    filter_backends: list[Any] = []
    queryset = Idea.objects.none()

    def get_queryset(self) -> QuerySet[Idea]:
        user = self.request.user
        if not isinstance(user, Employee):
            return Idea.objects.none()
        rows = Idea.objects.library() | Idea.objects.filter(proposer=user)
        return ideas.with_marks(rows, user).select_related("proposer", "behaviour", "unit")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "reader": self.request.user.pk}

    @extend_schema(parameters=[KEY], request=ProposeIdeaSerializer, responses={201: PracticeIdeaSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        sent = ProposeIdeaSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data, now = dict(sent.validated_data), timezone.now()
        named = data.pop("named")
        made = ideas.propose(
            by=me(request),
            words=ideas.Words(**data),
            key=key_of(request, "practice-idea"),
            named=named,
            language=translation.get_language() or "",
            now=now,
            today=figures.today_of(now),
        )
        return Response(
            PracticeIdeaSerializer(made, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED
        )


routes = [("practice-notes", PracticeNoteViewSet), ("practice-ideas", PracticeIdeaViewSet)]
