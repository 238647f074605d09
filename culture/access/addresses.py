"""An address that somebody else changed: the old one is told, and mail to the new one opens no account with a role.

Whoever sets an address receives what is mailed to it. So, when HR or an import changes somebody's address,

* all his sessions end, and sign-in links, codes and reset links made for the old address open nothing any more;
* the old address is told, in the person's language, by whom and whom to ask (tick);
* the audit trail says that it was done;
* while the change is *open*, an account that holds a role gets no code and no reset link by mail. His password and his
  passkeys stay as they were: with one of these he confirms the new address himself. Otherwise a second HR admin does,
  who was one before the change; or who runs the server (``manage.py confirm_address``).

Why so: a role is what makes an account worth taking, and HR alone must not become an executive or another HR admin
by typing. Without a role there is nothing to see that HR does not see by its own right, and most of these people have
neither password nor passkey: a code by mail has to keep working for them the day after the company's domain changed.
What decides is whether he holds a role when he asks for the code, not when the address was changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, clock, signin
from culture.access.address_models import AddressChange
from culture.access.models import Grant
from culture.access.organisation_models import SignInLink
from culture.access.permissions import Permission, sees_everything
from culture.people.models import Employee

Settled, Notice = AddressChange.Settled, AddressChange.Notice
REMEMBERED = dt.timedelta(days=90)


@dataclass(frozen=True)
class Moved:
    """The address of employee ``pk`` was ``old`` and is ``new`` ('' for none)."""

    pk: int
    old: str
    new: str


@transaction.atomic
def changed(moves: Iterable[Moved], *, by: Employee | None, now: dt.datetime | None = None) -> int:
    """Note that these addresses were written, in the same transaction. Returns how many were really others.

    ``by`` NULL: a command or the worker. One's own address needs no confirmation; the old one is told all the same.
    """
    now = now or timezone.now()
    real = [move for move in moves if move.old.lower() != move.new.lower()]
    if not real:
        return 0
    ids = [move.pk for move in real]
    open_ = _first_open(ids)
    rows = [_row(move, open_.get(move.pk), by, now) for move in real]
    back = [row.employee_id for row in rows if row.settled == Settled.BACK]
    AddressChange.objects.filter(employee__in=back, settled="").update(
        settled=Settled.BACK, settled_by=by, settled_at=now
    )
    AddressChange.objects.bulk_create(rows, batch_size=1000)
    SignInLink.objects.filter(employee__in=ids, used_at=None).delete()
    _end_sessions([pk for pk in ids if by is None or pk != by.pk], by)
    audit.record_many(
        by,
        "address.changed",
        ((f"employee:{row.employee_id}", {"told": row.notice == Notice.DUE}) for row in rows),
    )
    return len(rows)


def _first_open(ids: list[int]) -> dict[int, AddressChange]:
    """The oldest open change of each: its old address is the last one that was his beyond doubt."""
    found: dict[int, AddressChange] = {}
    for change in AddressChange.objects.filter(employee__in=ids, settled="").order_by("-at", "-pk"):
        found[change.employee_id] = change
    return found


def _row(move: Moved, open_: AddressChange | None, by: Employee | None, now: dt.datetime) -> AddressChange:
    settled = ""
    if open_ is not None and open_.old_address and open_.old_address.lower() == move.new.lower():
        settled = Settled.BACK
    elif by is not None and by.pk == move.pk:
        settled = Settled.OWN
    return AddressChange(
        employee_id=move.pk,
        old_address=move.old,
        by=by,
        at=now,
        settled=settled,
        settled_by=by if settled else None,
        settled_at=now if settled else None,
        notice=Notice.DUE if move.old else Notice.NONE,
        notice_after=now if move.old else None,
    )


def _end_sessions(ids: list[int], by: Employee | None) -> None:
    signed_in = UserSession.objects.filter(user__in=ids).values("user")
    for person in Employee.objects.filter(pk__in=signed_in):
        signin.end_sessions(person, by=by)


# -- what mail may open ----------------------------------------------------------------------------------------------


def holds_role(employee: Employee) -> bool:
    """Whether the account is worth taking: a role in force or to come, or the support pages."""
    if employee.is_staff or employee.is_superuser:
        return True
    lasting = Q(until=None) | Q(until__gte=clock.today())
    return Grant.objects.filter(lasting, employee=employee, ended_at=None).exists()


def open_change(employee: Employee) -> AddressChange | None:
    """The newest change of the address that nobody confirmed."""
    found = AddressChange.objects.filter(employee=employee, settled="").select_related("by")
    return found.order_by("-at", "-pk").first()


def held(employee: Employee) -> bool:
    """Whether mail to the address opens nothing: somebody else changed it, nobody confirmed it, and he has a role."""
    return open_change(employee) is not None and holds_role(employee)


def waiting() -> QuerySet[AddressChange]:
    """Open changes of people who hold a role, the newest of each, oldest first."""
    lasting = Q(until=None) | Q(until__gte=clock.today())
    roles = Grant.objects.filter(lasting, ended_at=None).values("employee")
    later = AddressChange.objects.filter(settled="", employee=OuterRef("employee")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    found = AddressChange.objects.filter(~Exists(later), settled="").filter(
        Q(employee__in=roles) | Q(employee__is_staff=True) | Q(employee__is_superuser=True)
    )
    return found.select_related("employee__unit", "by").order_by("at", "pk")


# -- confirming ------------------------------------------------------------------------------------------------------


class Judge:
    """An HR admin who looks at changes: what depends on him alone is asked once."""

    def __init__(self, by: Employee) -> None:
        self.by = by
        self.whole = sees_everything(by, Permission.MANAGE_PEOPLE)
        self.held = held(by)
        grants = Grant.objects.hr_admins().filter(employee=by, ended_at=None)
        self.since = min(grants.values_list("granted_at", flat=True), default=None)

    def objection(self, change: AddressChange) -> str:
        """Why he cannot confirm ``change`` as a second HR admin, in words; '' when he can."""
        if change.settled:
            return _("This address is confirmed already.")
        if not self.whole:
            return _("Only an HR admin of the whole organisation confirms an address.")
        if change.by_id == self.by.pk:
            return _("You changed it. Another HR admin confirms it, or the person after signing in with a password.")
        if change.employee_id == self.by.pk:
            return _("It is your own address: confirm it under Sign-in and security.")
        if self.held:
            return _("Your own address waits for a confirmation.")
        if self.since is None or self.since >= change.at:
            return _("You became HR admin only after the change. Somebody who was one before confirms it.")
        return ""


@transaction.atomic
def confirm(
    change: AddressChange, *, by: Employee | None, without_mail: bool = False, now: dt.datetime | None = None
) -> None:
    """The new address is the person's: confirmed by himself, a second HR admin, or (None) who runs the server.

    ``without_mail``: the page saw to it that ``by`` is the person, who signed in with a password or passkey just now.
    Raises ValidationError with the reason.
    """
    now = now or timezone.now()
    change = AddressChange.objects.select_for_update(of=("self",)).select_related("employee").get(pk=change.pk)
    own = without_mail and by is not None and by.pk == change.employee_id
    if change.settled:
        raise ValidationError(_("This address is confirmed already."))
    newest = open_change(change.employee)
    if newest is None or newest.pk != change.pk:
        raise ValidationError(_("The address was changed again since. Look at the list."))
    if by is not None and not own and (reason := Judge(by).objection(change)):
        raise ValidationError(reason)
    how = Settled.OPERATOR if by is None else Settled.PERSON if own else Settled.SECOND
    every = AddressChange.objects.filter(employee=change.employee, settled="")
    every.update(settled=how, settled_by=by, settled_at=now)
    forget_old(now=now, employee=change.employee_id)
    audit.record(by, "address.confirmed", change.employee, how=str(how.value))


def forget_old(*, now: dt.datetime, employee: int | None = None) -> int:
    """Old addresses that were told are nobody's business once the change is settled, or long past.

    Most people hold no role: nobody has to confirm theirs, and the change stays open.
    """
    over = ~Q(settled="") | Q(at__lt=now - REMEMBERED)
    done = AddressChange.objects.filter(over).exclude(notice=Notice.DUE).exclude(old_address="")
    if employee is not None:
        done = done.filter(employee=employee)
    return done.update(old_address="")
