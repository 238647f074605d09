"""The endpoints of sessions in class: who has a seat, and who came."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from programs.training import sessions
from programs.training.api_base import ByAction, me, units
from programs.training.session_models import Seat, Session


class SessionSerializer(serializers.ModelSerializer[Session]):
    class Meta:
        model = Session
        fields = ["id", "course", "starts_at", "ends_at", "time_zone", "place", "capacity", "trainer", "cancelled_at"]


class MarkSerializer(serializers.Serializer[Any]):
    """``attendance``: present, late, absent, excused; empty takes a mark back."""

    number = serializers.CharField(max_length=40)
    attendance = serializers.CharField(allow_blank=True, max_length=8)


class FileSerializer(serializers.Serializer[Any]):
    """Many marks at once, as the lines of a CSV file with the columns number and attendance."""

    csv = serializers.CharField(max_length=500_000, trim_whitespace=False)


class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ByAction):
    """Sessions in class; who has a seat and came; marking attendance, many at once."""

    serializer_class = SessionSerializer
    queryset = Session.objects.none()
    filterset_fields = ["course"]

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.order_by("starts_at", "pk")

    @action(detail=True, methods=["get", "post"])
    def attendance(self, request: Request, pk: str | None = None) -> Response:
        session = get_object_or_404(Session, pk=pk if str(pk).isdigit() else 0)
        seats = session.seats.filter(state=Seat.State.BOOKED).select_related("employee").order_by("pk")
        within = units(request)
        if within is not None:
            seats = seats.filter(employee__unit__in=within)
        if request.method == "POST":
            marks = self._file(session, seats, request) or self._marks(seats, request.data)
            return Response({"changed": sessions.mark(by=me(request), session=session, marks=marks)})
        rows = [{"number": seat.employee.number, "attendance": seat.attendance} for seat in seats]
        return Response({"session": session.pk, "on": session.local(session.starts_at).date(), "seats": rows})

    def _file(self, session: Session, seats: QuerySet[Seat], request: Request) -> dict[int, str]:
        """``{"csv": "number,attendance\\n…"}``: the lines of a file, as the page takes them."""
        if not isinstance(request.data, dict) or "csv" not in request.data:
            return {}
        data = FileSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        read = sessions.read_marks(session, data.validated_data["csv"])
        if read.problems or not read.by_seat:
            raise serializers.ValidationError({"csv": read.problems or ["There is no mark in it."]})
        allowed = set(seats.values_list("pk", flat=True))
        if strange := read.by_seat.keys() - allowed:
            raise serializers.ValidationError({"csv": [f"{len(strange)} of these people are not yours to mark."]})
        return dict(read.by_seat)

    def _marks(self, seats: QuerySet[Seat], sent: Any) -> dict[int, str]:
        data: Any = MarkSerializer(data=sent, many=True)
        data.is_valid(raise_exception=True)
        rows: list[dict[str, str]] = data.validated_data
        known = {seat.employee.number: seat.pk for seat in seats}
        unknown = [row["number"] for row in rows if row["number"] not in known]
        if unknown:
            raise serializers.ValidationError({"number": [f"Nobody with the number {unknown[0]} has a seat."]})
        return {known[row["number"]]: row["attendance"] for row in rows}


routes: list = [("sessions", SessionViewSet)]
