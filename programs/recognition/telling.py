"""Mails about thanks that arrived: noted in rows as they arrive, sent as all mails are (``outbox``), one a day at most.

Who has no address, or wants no mail, finds his thanks at home.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import translation

from culture.access import organisation
from programs.recognition import decision_words
from programs.recognition.feed_models import ThanksChoice, ThanksMail, ThanksMailLine
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.post_models import ThanksNotice
from programs.recognition.thanks_words import words
from surveys.waves import hours, letters
from surveys.waves.outbox import LONGEST_ERROR, Outbox

DAY = dt.timedelta(days=1)
KEPT = dt.timedelta(days=180)
LINES = 8
QUOTED = 240
State = ThanksMail.State


# -- noting ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def note(receipts: Sequence[int], *, now: dt.datetime) -> int:
    """Whom thanks arrived at shall be told by mail; returns how many thank-yous are noted. Each once, for good.

    What arrives while a mail waits joins it. The mail is locked meanwhile: nobody sends it without the new line.
    """
    rows = KudosReceiver.objects.filter(pk__in=receipts, told__isnull=True).exclude(receiver__email=None)
    rows = rows.exclude(receiver__thanks_choice__no_mail=True).filter(receiver__is_active=True)
    found = list(rows.order_by("receiver", "pk").values_list("pk", "receiver", "receiver__time_zone"))
    if not found:
        return 0
    mails = mails_for({person: zone for _pk, person, zone in found}, now)
    lines = [ThanksMailLine(mail_id=mails[person], receipt_id=pk) for pk, person, _zone in found if person in mails]
    ThanksMailLine.objects.bulk_create(lines, ignore_conflicts=True)
    return len(lines)


def mails_for(zones: dict[int, str], now: dt.datetime) -> dict[int, int]:
    """Of each person the mail that is due, locked; made where there is none, a day after the last at the soonest."""
    last = ThanksMail.objects.filter(employee__in=zones, due_at__gt=now - DAY).exclude(state=State.DUE)
    sent = dict(last.order_by("due_at").values_list("employee", "due_at"))
    rows = []
    for person, zone in sorted(zones.items()):
        due_at = hours.next_working(max(now, sent[person] + DAY) if person in sent else now, zone)
        if due_at is not None:
            rows.append(ThanksMail(employee_id=person, due_at=due_at))
    ThanksMail.objects.bulk_create(rows, ignore_conflicts=True)
    due = ThanksMail.objects.filter(employee__in=zones, state=State.DUE).order_by("pk").select_for_update()
    return dict(due.values_list("employee", "pk"))


# -- sending ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Who of a batch wants no mail, and how HR signs."""

    silent: set[int]
    signed: dict[str, str]


class ThanksOutbox(Outbox[ThanksMail]):
    model = ThanksMail

    def prepare(self, rows: list[ThanksMail], now: dt.datetime) -> Known:
        people = [row.employee_id for row in rows]  # type: ignore[attr-defined]
        silent = ThanksChoice.objects.filter(employee__in=people, no_mail=True)
        return Known(set(silent.values_list("employee", flat=True)), letters.signatures())

    def stopped(self, row: ThanksMail, known: Known, now: dt.datetime) -> str:
        return "wants no mail" if row.employee_id in known.silent else ""  # type: ignore[attr-defined]

    def write(self, row: ThanksMail, known: Known, now: dt.datetime) -> EmailMultiAlternatives | None:
        return write(row, known.signed)

    def release_stale(self, now: dt.datetime) -> int:
        found = list(self._stale(now).order_by("pk"))
        for mail in found:
            _back(mail, now, "", blamed=True)
        return len(found)

    def give_back(self, row: ThanksMail, due_at: dt.datetime, error: str, *, blamed: bool) -> None:
        _back(row, due_at, error, blamed=blamed)


@transaction.atomic
def _back(mail: ThanksMail, due_at: dt.datetime, error: str, *, blamed: bool) -> None:
    """Due again; what has become due meanwhile is taken into it, for there is one due mail a person."""
    rows = ThanksMail.objects.filter(employee=mail.employee_id, state__in=[State.DUE, State.CLAIMED])  # type: ignore[attr-defined]
    mine = {row.pk: row for row in rows.order_by("pk").select_for_update()}
    if mail.pk not in mine or mine[mail.pk].state != State.CLAIMED:
        return
    for other in mine.values():
        if other.state == State.DUE:
            ThanksMailLine.objects.filter(mail=other).update(mail=mail)
            ThanksNotice.objects.filter(mail=other).update(mail=mail)
            other.delete()
    tries = F("attempts") if blamed else Greatest(F("attempts") - 1, 0)
    same = ThanksMail.objects.filter(pk=mail.pk)
    same.update(state=State.DUE, claimed_at=None, due_at=due_at, error=error[:LONGEST_ERROR], attempts=tries)


OUTBOX = ThanksOutbox()
anything_due, claim, send_due = OUTBOX.anything_due, OUTBOX.claim, OUTBOX.send_due


def sweep(*, now: dt.datetime) -> int:
    """Forget the mails of long ago: nothing is noted twice, for thanks arrive once."""
    done = ThanksMail.objects.filter(state__in=[State.SENT, State.SKIPPED, State.FAILED], due_at__lt=now - KEPT)
    return done.delete()[0]


# -- the words -------------------------------------------------------------------------------------------------------


def write(row: ThanksMail, signed: dict[str, str]) -> EmailMultiAlternatives | None:
    """The mail as it would leave now; None when there is nothing to tell any more."""
    told = KudosReceiver.objects.filter(told__mail=row, kudos__state=Kudos.State.SETTLED, kudos__hidden_at=None)
    thanks = [one.kudos for one in told.select_related("kudos__giver", "kudos__behaviour").order_by("pk")]
    decided = list(ThanksNotice.objects.filter(mail=row).order_by("at").values_list("kind", flat=True))
    if not thanks and not decided:
        return None
    person = row.employee
    language, text = words(person.language or organisation.current().language)
    said = decision_words.words(language)
    news = [said[kind] for kind in dict.fromkeys(decided)]
    with translation.override(language):
        if not thanks:
            return _mail(row, language, {**text, **said}, said["subject"], news, signed, "recognition:decisions")
        names = list(dict.fromkeys(one.giver.name for one in thanks))
        key = "subject_one" if len(names) == 1 else "subject"
        subject = text[key].format(name=names[0], n=len(names))
        lines = [_line(one, text) for one in thanks[:LINES]]
        if len(thanks) > LINES:
            lines.append(text["more"].format(n=len(thanks) - LINES))
        return _mail(row, language, text, subject, [*lines, *news], signed)


def _line(kudos: Kudos, text: dict[str, str]) -> str:
    """Private thanks are read on the site alone: a mailbox has other readers."""
    told = f"{kudos.giver.name}: {kudos.behaviour.label}"
    if not kudos.public:
        return f"{told} ({text['private']})"
    story = " ".join(kudos.story.split())
    return f"{told}. “{story[:QUOTED]}{'…' if len(story) > QUOTED else ''}”"


def _mail(
    row: ThanksMail,
    language: str,
    text: dict[str, str],
    subject: str,
    lines: list[str],
    signed: dict[str, str],
    page: str = "recognition:received",
) -> EmailMultiAlternatives:
    person = row.employee
    context: dict[str, Any] = {
        "hello": text["hello"].format(name=person.given_name),
        "ask": text["ask"],
        "lines": lines,
        "button": text["button"],
        "address": text["address"],
        "why": text["why"],
        "link": settings.BASE_URL + reverse(page),
        "stop": settings.BASE_URL + reverse("recognition:choices"),
    }
    return letters.rich(
        mark=f"thanks.{row.pk}",
        to=person.email or "",
        language=language,
        subject=subject,
        template="programs/recognition/thanks_mail",
        context=context,
        signed=signed,
    )
