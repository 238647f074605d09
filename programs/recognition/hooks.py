"""Telling other programs what happens with points and rewards: signed calls, tried again, given up in the end.

Each call is a row first. It holds ids only; what is said is read when it is sent, so that what was withdrawn,
moderated or erased meanwhile is not told. Signing and the door to the outside (only public addresses, no redirects) are
those of the survey's chat tools: Standard Webhooks, version 1.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition.hook_models import Hook, HookCall
from surveys.waves import webhooks
from surveys.waves.webhooks import Undelivered

FIRST_WAIT = dt.timedelta(minutes=1)
ATTEMPTS = 10  # the last one some nine hours after the first
GIVEN_UP = 3  # calls in a row, and the address is left alone
GONE = 410
KEPT = dt.timedelta(days=90)
MOST = 10
BATCH = 50
TEST = "test"

Content = Callable[[int], dict[str, Any] | None]


@dataclass(frozen=True)
class Event:
    """``content``: what is said about the subject with this id; None: not to be told any more."""

    key: str
    label: Any
    content: Content


_events: dict[str, Event] = {}


def register(event: Event) -> None:
    """Called when the apps are ready: something other programs can be told."""
    _events[event.key] = event


def choices() -> list[tuple[str, Any]]:
    return [(one.key, one.label) for one in _events.values()]


def label(key: str) -> str:
    return str(_events[key].label) if key in _events else (_("Test") if key == TEST else key)


def tell(event: str, subjects: Iterable[int], *, now: dt.datetime) -> int:
    """Note that ``event`` happened to each subject, for every address that wants to know; in the caller's transaction.

    The same again changes nothing. One query where nobody wants to know.
    """
    wanted = list(Hook.objects.filter(disabled_at=None, events__contains=[event]).values_list("pk", flat=True))
    if not wanted:
        return 0
    rows = [
        HookCall(hook_id=hook, event=event, subject=subject, at=now, retry_at=now)
        for subject in subjects
        for hook in wanted
    ]
    HookCall.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


# -- sending ---------------------------------------------------------------------------------------------------------


def waiting(now: dt.datetime) -> bool:
    return _due(now).exists()


def _due(now: dt.datetime) -> Any:
    return HookCall.objects.filter(
        Q(hook__disabled_at=None) | Q(event=TEST), state=HookCall.State.DUE, retry_at__lte=now
    )


def send(*, now: dt.datetime, limit: int = BATCH) -> int:
    """Make the calls that are due; returns how many arrived."""
    due = list(_due(now).order_by("retry_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(_send_one(pk, now) for pk in due)


def _send_one(pk: int, now: dt.datetime) -> bool:
    """Claimed by putting the next attempt off: a worker that dies meanwhile leaves it for later."""
    with transaction.atomic():
        row = _due(now).select_for_update(skip_locked=True, of=("self",)).select_related("hook").filter(pk=pk).first()
        if row is None:
            return False
        row.attempts += 1
        row.retry_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
        row.save(update_fields=["attempts", "retry_at"])
    data = _content(row)
    if data is None:
        HookCall.objects.filter(pk=pk).update(state=HookCall.State.DROPPED, retry_at=None, ended_at=now)
        return False
    content = {"type": f"recognition.{row.event}", "timestamp": row.at.isoformat(), "data": data}
    try:
        webhooks.post(row.hook.url, secret_of(row.hook), message_id(row), content)
    except Undelivered as error:
        _failed(row, error, now)
        return False
    HookCall.objects.filter(pk=pk).update(state=HookCall.State.SENT, retry_at=None, ended_at=now, status=200, error="")
    Hook.objects.filter(pk=row.hook_id).filter(~Q(problem="") | Q(failures__gt=0)).update(problem="", failures=0)
    return True


def message_id(call: HookCall) -> str:
    """The same at each attempt, so that the receiver can know a repeated call."""
    return f"msg_r{call.pk}"


def _content(call: HookCall) -> dict[str, Any] | None:
    if call.event == TEST:
        return {"text": _("Trivium can write here. This is a test; nothing happened to anybody.")}
    event = _events.get(call.event)
    return event.content(call.subject) if event else None


def _failed(call: HookCall, error: Undelivered, now: dt.datetime) -> None:
    over = not error.temporary or call.attempts >= ATTEMPTS or call.event == TEST
    told: dict[str, Any] = {"status": error.status, "error": error.reason[:200]}
    if over:
        told |= {"state": HookCall.State.FAILED, "retry_at": None, "ended_at": now}
    HookCall.objects.filter(pk=call.pk).update(**told)
    with transaction.atomic():
        hook = Hook.objects.select_for_update(of=("self",)).get(pk=call.hook_id)
        hook.problem = error.reason[:200]
        if over and call.event != TEST:
            hook.failures += 1
        if hook.disabled_at is None and (hook.failures >= GIVEN_UP or error.status == GONE):
            hook.disabled_at = now
            audit.record(None, "hook.given_up", hook, failures=hook.failures)
        hook.save(update_fields=["problem", "failures", "disabled_at"])


def forget_old(*, now: dt.datetime) -> int:
    """Calls that ended long ago are of no use to anybody."""
    return HookCall.objects.filter(ended_at__lt=now - KEPT).delete()[0]


# -- addresses -------------------------------------------------------------------------------------------------------


def secret_of(hook: Hook) -> str:
    """The signing secret: derived, so that the database alone signs nothing."""
    installation = hashlib.sha256(settings.SECRET_KEY.encode()).digest()
    key = hashlib.blake2b(hook.salt.encode(), key=installation, person=b"recognition-hook", digest_size=32).digest()
    return webhooks.PREFIX + base64.b64encode(key).decode()


@transaction.atomic
def add(*, name: str, url: str, events: Iterable[str], by: Employee, now: dt.datetime) -> tuple[Hook, str]:
    """A new address and its secret, which is shown this once. Raises ValidationError by field."""
    events, name = list(dict.fromkeys(events)), name.replace("\0", "").strip()
    errors: dict[str, Any] = {}
    try:
        webhooks.addresses_of(url)
    except ValidationError as error:
        errors["url"] = error.messages
    if not name or len(name) > 80:
        errors["name"] = _("Give it a name of at most 80 letters.")
    if not events or set(events) - set(_events):
        errors["events"] = _("Choose what it shall be told.")
    if Hook.objects.count() >= MOST:
        errors["name"] = _("There are %(most)d addresses already. Remove one first.") % {"most": MOST}
    if errors:
        raise ValidationError(errors)
    hook = Hook.objects.create(name=name, url=url, salt=secrets.token_hex(16), events=events, made_by=by, made_at=now)
    audit.record(by, "hook.added", hook, events=events)
    return hook, secret_of(hook)


@transaction.atomic
def renew(*, hook: Hook, by: Employee) -> str:
    """A new secret; the old one signs nothing any more."""
    row = Hook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
    row.salt = secrets.token_hex(16)
    row.save(update_fields=["salt"])
    audit.record(by, "hook.renewed", row)
    return secret_of(row)


@transaction.atomic
def stop(*, hook: Hook, by: Employee, now: dt.datetime) -> None:
    if Hook.objects.filter(pk=hook.pk, disabled_at=None).update(disabled_at=now):
        audit.record(by, "hook.stopped", hook)


@transaction.atomic
def start(*, hook: Hook, by: Employee, now: dt.datetime) -> None:
    """Tell it again; what could not be delivered before is not repeated, what waited goes on."""
    if Hook.objects.filter(pk=hook.pk).exclude(disabled_at=None).update(disabled_at=None, failures=0, problem=""):
        audit.record(by, "hook.started", hook)


@transaction.atomic
def remove(*, hook: Hook, by: Employee) -> None:
    audit.record(by, "hook.removed", hook)
    hook.delete()


def test(*, hook: Hook, now: dt.datetime) -> HookCall:
    """One call at once, whatever the state of the address; the row tells how it went."""
    call = HookCall.objects.create(hook=hook, event=TEST, subject=secrets.randbelow(1 << 60), at=now, retry_at=now)
    _send_one(call.pk, now)
    call.refresh_from_db()
    return call
