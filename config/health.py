"""Is it alive, and is it ready: for a supervisor, a load balancer, a person with curl."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from kombu import Connection

from config import confidentiality, heartbeats
from surveys.waves import keeping, keys
from surveys.waves.models import Message, Wave

OLDEST_WORK = dt.timedelta(days=1)


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker, worker, beat, overdue work, the keys of open waves and the promise; 503 if one is wrong."""
    checks = {"database": _database(), "broker": _broker(), **_heartbeats(), "work": _work()}
    checks |= {"keys": _keys(), "confidentiality": _confidentiality()}
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}


def _broker() -> dict[str, Any]:
    try:
        with Connection(settings.BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except Exception as error:  # each transport raises its own
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True}


def _heartbeats() -> dict[str, dict[str, Any]]:
    try:
        ages = heartbeats.ages()
    except Exception as error:
        return {kind: {"ok": False, "error": type(error).__name__} for kind in heartbeats.KINDS}
    return {kind: {"ok": age is not None and age < heartbeats.OLDEST, "age": age} for kind, age in ages.items()}


def _work() -> dict[str, Any]:
    """The oldest mail that is due and not sent, the oldest wave whose day has come."""
    now, today = timezone.now(), timezone.localdate()
    try:
        unfinished = [Message.State.DUE, Message.State.CLAIMED]
        mail = (
            Message.objects.filter(state__in=unfinished, due_at__lte=now, invitation__wave__state=Wave.State.OPEN)
            .order_by("due_at")
            .values_list("due_at", flat=True)
            .first()
        )
        wave = (
            Wave.objects.filter(state__in=[Wave.State.OPENING, Wave.State.OPEN], closes_on__lt=today)
            .order_by("closes_on")
            .values_list("closes_on", flat=True)
            .first()
        )
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    oldest = min((day for day in (mail and timezone.localdate(mail), wave) if day), default=None)
    return {"ok": oldest is None or today - oldest <= OLDEST_WORK, "oldest_due": oldest}


def _keys() -> dict[str, Any]:
    """Whether the answers of every open wave could be opened on this host, and the next wave could get its keys."""
    try:
        keys.forget_destroyed()
        troubles, problem = keeping.troubles(), keeping.store_problem()
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    told: dict[str, Any] = {"ok": not (troubles or problem)}
    if troubles:
        told |= {"waves": [one.wave_id for one in troubles], "run": "manage.py keys check"}
    if problem:
        told["next"] = problem
    return told


def _confidentiality() -> dict[str, Any]:
    """Only names: what is behind them, check_confidentiality tells whoever may run it."""
    try:
        findings = confidentiality.findings(of_keys=False)
    except DatabaseError as error:
        return {"ok": False, "error": type(error).__name__}
    bad = [one.name for one in findings if one.is_error]
    told: dict[str, Any] = {"ok": not bad}
    if findings:
        told |= {"findings": [one.name for one in findings], "run": "manage.py check_confidentiality"}
    return told
