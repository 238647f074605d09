"""Setting up awards: what they are for, who may nominate and judge, when rounds open, and their budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.recognition import award_rules, award_seats, posting
from programs.recognition.award_models import Award, AwardRound
from programs.recognition.award_rules import ScheduleError
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.posting import ISSUER, Place, Reason
from surveys.waves import series_words

MOST_BUDGET = 1_000_000
MOST_JURORS = 15
PREVIEW = 4


@dataclass(frozen=True)
class Terms:
    """What an award is; texts by language. ``criteria``: [{"key", "text"}]. Rounds by ``rule`` or ``dates``."""

    name: dict[str, str]
    first_on: dt.date
    purpose: dict[str, str] = field(default_factory=dict)
    criteria: list[dict[str, Any]] = field(default_factory=list)
    program: Program | None = None
    teams: bool = True
    decides: str = Award.Decides.JURY
    winners: int = 1
    points: int = 0
    rule: str = ""
    dates: Sequence[dt.date] = ()
    open_days: int = 14
    decide_days: int = 21


@transaction.atomic
def save(
    *,
    terms: Terms,
    by: Employee,
    nominators: Collection[Unit] = (),
    nominees: Collection[Unit] = (),
    jury: Sequence[Employee] = (),
    award: Award | None = None,
    why: str = "",
    now: dt.datetime | None = None,
) -> Award:
    """Make an award, or change it: rounds that are running keep their days, winners, points and who decides.

    The first of ``jury`` is its chair; ``why``: of another jury while a round runs (award_seats). Raises
    ``ValidationError`` by field.
    """
    _refuse(terms, jury, award)
    row = Award() if award is None else Award.objects.select_for_update().get(pk=award.pk)
    if award is not None:
        # A vote that is being cast holds its round: it is read afterwards.
        running = row.rounds.select_for_update(of=("self",)).filter(state__in=AwardRound.RUNNING).order_by("pk")
        if list(running) and terms.decides != row.decides:
            words = _("A round is running and is decided as it was announced. Change this when none runs.")
            raise ValidationError({"decides": words})
    for name, value in vars(terms).items():
        setattr(row, name, [day.isoformat() for day in sorted(set(value))] if name == "dates" else value)
    row.save()
    row.nominators.set(nominators)
    row.nominees.set(nominees)
    wanted = jury if terms.decides == Award.Decides.JURY else ()
    award_seats.change(award=row, jury=wanted, why=why, by=by, now=now or timezone.now())
    audit.record(by, "award.made" if award is None else "award.changed", row, winners=row.winners, points=row.points)
    return row


def _refuse(terms: Terms, jury: Sequence[Employee], award: Award | None) -> None:
    errors: dict[str, Any] = {}
    if not any(text.strip() for text in terms.name.values()):
        errors["name"] = _("Give the award a name.")
    if terms.decides == Award.Decides.JURY and not jury:
        errors["jury"] = _("Name at least one person for the jury.")
    if len(jury) > MOST_JURORS:
        errors["jury"] = _("At most %(most)d people in a jury.") % {"most": MOST_JURORS}
    if words := award_seats.refuse(award, jury):
        errors["jury"] = words
    if not terms.rule and not terms.dates:
        errors["dates"] = _("Say when rounds open: by a rule, or by days.")
    elif terms.rule:
        try:
            if not coming(terms.rule, (), terms.first_on, terms.first_on):
                errors["rule"] = _("This rule never happens. Choose a day that exists.")
        except ScheduleError as error:
            errors["rule"] = series_words.refusal(error)[1]
    if errors:
        raise ValidationError(errors)


def coming(rule: str, dates: Sequence[dt.date], first: dt.date, today: dt.date, most: int = PREVIEW) -> list[dt.date]:
    """The next days on which a round opens, from ``today`` on."""
    found = award_rules.days(rule, dates, first, until=max(first, today) + award_rules.AHEAD)
    return [day for day in found if day >= today][:most]


def days_of(award: Award) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in award.dates]


def next_rounds(award: Award, today: dt.date, most: int = PREVIEW) -> list[dt.date]:
    return [] if award.retired_at else coming(award.rule, days_of(award), award.first_on, today, most)


@transaction.atomic
def retire(*, award: Award, by: Employee, now: dt.datetime) -> None:
    """No further rounds; one that runs goes on to its end."""
    if Award.objects.filter(pk=award.pk, retired_at=None).update(retired_at=now):
        audit.record(by, "award.retired", award)


@transaction.atomic
def offer_again(*, award: Award, by: Employee) -> None:
    if Award.objects.filter(pk=award.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record(by, "award.offered_again", award)


# -- budget ----------------------------------------------------------------------------------------------------------


def purse(award: Award | int) -> Place:
    """Where an award's points lie between rounds."""
    return Place(Account.Kind.AWARD, label=f"award:{award if isinstance(award, int) else award.pk}")


def balance(place: Place) -> int:
    account = posting.find(place)
    return account.balance if account else 0


@transaction.atomic
def fund(*, place: Place, points: int, note: str, by: Employee, now: dt.datetime, subject: Any) -> LedgerEntry:
    """Put points into a budget (positive) or take what is free out of it (negative), as a ledger entry with a reason.

    Raises ``ValidationError`` by field: points, note.
    """
    note = note.replace("\0", "").strip()
    if not points or abs(points) > MOST_BUDGET:
        words = _("Write how many points: above 0 puts in, below 0 takes out, at most %(most)d.")
        raise ValidationError({"points": words % {"most": MOST_BUDGET}})
    if not note or len(note) > 300:
        raise ValidationError({"note": _("Say what for, in at most 300 characters: it stays in the ledger.")})
    accounts = posting.lock(place, ISSUER)
    held = accounts[place].balance
    if held + points < 0:
        raise ValidationError({"points": _("Only %(held)d points are free in this budget.") % {"held": held}})
    ends = (accounts[ISSUER], accounts[place]) if points > 0 else (accounts[place], accounts[ISSUER])
    entry = posting.move(*ends, abs(points), now=now, reason=Reason.AWARD_BUDGET, note=note, by=by)
    audit.record(by, "award.funded", subject, points=points)
    return entry
