"""What somebody chose about thanks and himself: hidden amounts, no anniversaries told, no mails."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction

from culture.people.models import Employee
from programs.recognition.feed_models import ThanksChoice
from programs.recognition.models import Kudos


def of(employee: Employee) -> ThanksChoice:
    """The row of ``employee``; not stored yet: nothing chosen."""
    return ThanksChoice.objects.filter(employee=employee).first() or ThanksChoice(employee=employee)


def opted_out(employee: Employee) -> bool:
    """Whether anniversaries and the like of ``employee`` (joined, completed, certified …) are told to nobody else."""
    return ThanksChoice.objects.filter(employee=employee, no_events=True).exists()


def opted_out_ids(employees: Collection[int]) -> set[int]:
    """Of ``employees`` (ids) those who opted out of anniversaries and the like. One query."""
    rows = ThanksChoice.objects.filter(employee__in=employees, no_events=True)
    return set(rows.values_list("employee", flat=True))


def amounts_hidden(thanks: Sequence[Kudos], reader: Employee | None, *, everywhere: bool) -> set[int]:
    """Ids of those of ``thanks`` whose points ``reader`` does not see. At most one query.

    ``everywhere``: the organisation shows amounts to giver and receivers only; otherwise each of them may choose it.
    ``thanks`` need their receipts prefetched.
    """
    parties = {one.pk: {one.giver_id, *(to.receiver_id for to in one.receipts.all())} for one in thanks if one.points}
    others = {pk: people for pk, people in parties.items() if reader is None or reader.pk not in people}
    if everywhere or not others:
        return set(others)
    # Of a whole team there is always somebody who would rather not: that amount is its own affair.
    teams = {one.pk for one in thanks if one.team_id and one.pk in others}
    asked = set().union(*others.values())
    shy = ThanksChoice.objects.filter(employee__in=asked, hide_amounts=True)
    hiding = set(shy.values_list("employee", flat=True))
    return teams | {pk for pk, people in others.items() if people & hiding}


@transaction.atomic
def save(*, employee: Employee, hide_amounts: bool, no_events: bool, no_mail: bool) -> ThanksChoice:
    values = {"hide_amounts": hide_amounts, "no_events": no_events, "no_mail": no_mail}
    return ThanksChoice.objects.update_or_create(employee=employee, defaults=values)[0]
