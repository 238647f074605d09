"""Mails about awards: written down with what they are about, looked at once more, sent as all mails are (``outbox``).

Whoever has no address finds the same on his home page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from culture.access import organisation
from culture.framework.texts import pick
from culture.people.models import Employee
from programs.recognition.award_models import AwardCandidate, AwardMail, AwardRound, AwardVote, AwardWinner
from programs.recognition.texts_awards import words
from programs.training.certificates import day_in
from surveys.waves import hours, letters
from surveys.waves.outbox import Outbox

Kind = AwardMail.Kind
JUDGES = (Kind.JURY, Kind.JURY_LAST, Kind.DECIDE)


# -- written down ----------------------------------------------------------------------------------------------------


def write_down(
    kind: str, people: Iterable[int], *, round_: AwardRound, candidate: AwardCandidate | None, now: dt.datetime
) -> None:
    """One mail to each of ``people``, never twice about the same; due in working hours of his place."""
    rows = []
    for pk, zone in Employee.objects.filter(pk__in=set(people)).order_by("pk").values_list("pk", "time_zone"):
        due_at = hours.next_working(now, zone)
        if due_at is not None:
            rows.append(AwardMail(employee_id=pk, kind=kind, round=round_, candidate=candidate, due_at=due_at))
    AwardMail.objects.bulk_create(rows, ignore_conflicts=True)


def ask_jury(round_: AwardRound, *, now: dt.datetime) -> None:
    jurors = round_.award.jury.values_list("employee", flat=True)
    write_down(Kind.JURY, jurors, round_=round_, candidate=None, now=now)


def last_call(round_: AwardRound, *, now: dt.datetime) -> None:
    """Jurors who have not voted on anybody yet are told once more."""
    voted = AwardVote.objects.filter(candidate__round=round_).values("juror")
    jurors = round_.award.jury.exclude(employee__in=voted).values_list("employee", flat=True)
    write_down(Kind.JURY_LAST, jurors, round_=round_, candidate=None, now=now)


def ask_managers(round_: AwardRound, *, now: dt.datetime) -> None:
    rows = round_.candidates.filter(state__in=AwardCandidate.OPEN, employee__manager__isnull=False)
    for one in rows.select_related("employee"):
        managers = [one.employee.manager_id] if one.employee and one.employee.manager_id else []
        write_down(Kind.DECIDE, managers, round_=round_, candidate=one, now=now)


def tell_nominators(candidate: AwardCandidate, kind: str, *, now: dt.datetime) -> None:
    rows = candidate.nominations.filter(withdrawn_at=None).values_list("nominator", flat=True)
    write_down(kind, rows, round_=candidate.round, candidate=candidate, now=now)


def tell_winners(candidate: AwardCandidate, people: Collection[int], *, now: dt.datetime) -> None:
    write_down(Kind.WON, people, round_=candidate.round, candidate=candidate, now=now)


# -- sent ------------------------------------------------------------------------------------------------------------


class AwardOutbox(Outbox[AwardMail]):
    model = AwardMail
    related = ("employee", "round__award", "candidate__employee", "candidate__unit")

    def prepare(self, rows: list[AwardMail], now: dt.datetime) -> dict[str, str]:
        return letters.signatures()

    def stopped(self, row: AwardMail, known: dict[str, str], now: dt.datetime) -> str:
        if row.kind in JUDGES and row.round.state != AwardRound.State.VOTING:
            return "decided already"
        if row.kind in (Kind.JURY, Kind.JURY_LAST) and not row.round.award.jury.filter(employee=row.employee).exists():
            return "not in the jury any more"
        if row.kind == Kind.DECIDE and row.candidate and row.candidate.state not in AwardCandidate.OPEN:
            return "decided already"
        voted = AwardVote.objects.filter(candidate__round=row.round_id, juror=row.employee)
        return "voted already" if row.kind == Kind.JURY_LAST and voted.exists() else ""

    def write(self, row: AwardMail, known: dict[str, str], now: dt.datetime) -> EmailMultiAlternatives:
        return write(row, known)


OUTBOX = AwardOutbox()
anything_due, claim, send_due = OUTBOX.anything_due, OUTBOX.claim, OUTBOX.send_due


# -- the words -------------------------------------------------------------------------------------------------------


def write(row: AwardMail, signed: dict[str, str]) -> EmailMultiAlternatives:
    """The mail as it would leave now, in the person's language."""
    person = row.employee
    language, text = words(person.language or organisation.current().language)
    with translation.override(language):
        told = {
            "award": pick(row.round.award.name, language),
            "day": day_in(row.round.decide_by),
            "nominee": row.candidate.name if row.candidate else "",
            "name": person.given_name,
        }
        button, why, link = _where(row, text)
        context: dict[str, Any] = {
            "hello": text["hello"].format(**told),
            "ask": text[row.kind].format(**told),
            "lines": _lines(row, text),
            "button": button,
            "why": why,
            "address": text["address"],
            "link": link,
        }
        return letters.rich(
            mark=f"award.{row.pk}",
            to=person.email or "",
            language=language,
            subject=text[f"{row.kind}_subject"].format(**told),
            template="programs/training/paths_mail",
            context=context,
            signed=signed,
        )


def _lines(row: AwardMail, text: dict[str, str]) -> list[str]:
    if row.kind == Kind.DECLINED and row.candidate:
        return [row.candidate.reason]
    if row.kind == Kind.CANCELLED:
        return [row.round.reason]
    if row.kind == Kind.WON:
        paid = AwardWinner.objects.filter(candidate=row.candidate_id, employee=row.employee_id, points__gt=0)
        return [text["points"].format(n=points) for points in paid.values_list("points", flat=True)]
    return []


def _where(row: AwardMail, text: dict[str, str]) -> tuple[str, str, str]:
    if row.kind in (Kind.JURY, Kind.JURY_LAST):
        link = reverse("recognition:award_ballot", args=[row.round_id])
        return text["button_jury"], text["why_judge"], settings.BASE_URL + link
    if row.kind == Kind.DECIDE:
        return text["button_decide"], text["why_judge"], settings.BASE_URL + reverse("recognition:award_jury")
    why = text["why_winner" if row.kind == Kind.WON else "why_nominator"]
    return text["button_mine"], why, settings.BASE_URL + reverse("recognition:my_awards")
