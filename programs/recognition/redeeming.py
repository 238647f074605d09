"""Spending points: reserved at once, then approved and handed over, or given back in full.

Locks are always taken in this order: redemption, reward, accounts. So two people on the last item, one person on two
tabs, an approval and a cancellation at once end with exactly one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from programs.recognition import belonging, codes, countries, hook_events, hooks, lots, posting
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.point_models import LotUse
from programs.recognition.posting import SPENT, Place, Reason
from programs.recognition.reward_models import Redemption, RedemptionStep, Reward, RewardCode

State = Redemption.State
Kind = Account.Kind
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Standing:
    """What decides which rewards somebody may have; read once for many rewards. ``units``: those that mean him."""

    site: str
    country: str
    leads: bool
    units: frozenset[int]

    def why_not(self, reward: Reward) -> str:
        """Why he cannot redeem ``reward`` whatever he holds; empty when he can."""
        return self.barred(reward) or (_("Nothing is left of this reward.") if reward.stock == 0 else "")

    def barred(self, reward: Reward) -> str:
        """Why ``reward`` is not for him at all, however many there are; empty when it is."""
        if reward.retired_at is not None:
            return _("This reward is not offered any more.")
        if reward.sites and self.site not in reward.sites:
            return _("This reward is not offered at your site.")
        if reward.countries and self.country not in reward.countries:
            return _("This reward is not offered in your country.")
        if reward.managers_only and not self.leads:
            return _("This reward is for who leads a team.")
        wanted = {unit.pk for unit in reward.units.all()}
        if wanted and not wanted & self.units:
            return _("This reward is not offered in your unit.")
        return ""


def standing(person: Employee) -> Standing:
    leads = Employee.objects.filter(manager=person, left_on=None).exists()
    return Standing(person.site, countries.of_site(person.site), leads, belonging.names(person.unit_id))


def why_not(reward: Reward, person: Employee) -> str:
    """Why ``person`` cannot redeem ``reward`` whatever he holds; empty when he can."""
    return standing(person).why_not(reward)


@transaction.atomic
def redeem(
    *, employee: Employee, reward: Reward, key: UUID, now: dt.datetime, note: str = "", price: int | None = None
) -> Redemption:
    """Reserve ``reward`` for ``employee`` at today's price. The same ``key`` again gives the first redemption back.

    ``price``: what he was shown; never more than that is taken. What needs no approval goes on at once; a voucher with
    a free code is handed over at once. Raises ``ValidationError`` in words when it is not offered, has become dearer,
    nothing is left, or the points are not enough.
    """
    if earlier := _earlier(key, employee):
        return earlier
    locked = Reward.objects.select_for_update(of=("self",)).get(pk=reward.pk)
    if earlier := _earlier(key, employee):
        return earlier
    if reason := why_not(locked, employee):
        raise ValidationError(reason)
    if price is not None and locked.price > price:
        words = _("The price has changed: it is now %(price)d points. Redeem it again if you still want it.")
        raise ValidationError(words % {"price": locked.price})
    _refuse_more(locked, employee, now)
    mine, held = Place(Kind.PERSONAL, employee.pk), Place(Kind.RESERVED, employee.pk)
    accounts = posting.lock(mine, held)
    balance = accounts[mine].balance
    if balance < locked.price:
        words = _("This takes %(price)d points; you hold %(held)d.") % {"price": locked.price, "held": balance}
        raise ValidationError(words)
    redemption = _written(employee, locked, key, now, note)
    reserved = posting.move(
        accounts[mine], accounts[held], locked.price, now=now, reason=Reason.RESERVED, redemption=redemption
    )
    lots.spend(accounts[mine], reserved)
    if locked.stock is not None:
        Reward.objects.filter(pk=locked.pk).update(stock=F("stock") - 1)
    _step(redemption, State.RESERVED, employee, now)
    audit.record(employee, "reward.reserved", redemption, reward=locked.pk, points=locked.price)
    hooks.tell(hook_events.event_of(State.RESERVED), [redemption.pk], now=now)
    if not locked.approval:
        _go_on(redemption, by=None, now=now, note="")
    return redemption


def _written(employee: Employee, reward: Reward, key: UUID, now: dt.datetime, note: str) -> Redemption:
    """With what the payroll will be told: the reward may have become another one by then."""
    kept = {name: getattr(reward, name) for name in ("price", "name", "kind", "value", "currency", "tax_notes")}
    return Redemption.objects.create(
        employee=employee,
        reward=reward,
        at=now,
        idempotency_key=key,
        note=note.strip()[:300],
        country=countries.of_site(employee.site),
        **kept,
    )


def _earlier(key: UUID, employee: Employee) -> Redemption | None:
    earlier = Redemption.objects.filter(idempotency_key=key).first()
    if earlier is not None and earlier.employee_id != employee.pk:
        raise ValidationError(_("This form was already used by somebody else. Open it again."))
    return earlier


def _refuse_more(reward: Reward, employee: Employee, now: dt.datetime) -> None:
    if not reward.per_person:
        return
    had = Redemption.objects.filter(employee=employee, reward=reward, at__gt=now - YEAR)
    if had.exclude(state__in=[State.REJECTED, State.CANCELLED]).count() >= reward.per_person:
        words = _("This reward can be had %(times)d times a year by one person.") % {"times": reward.per_person}
        raise ValidationError(words)


@transaction.atomic
def approve(*, redemption: Redemption, by: Employee, now: dt.datetime, note: str = "") -> Redemption:
    """Somebody else than the redeemer lets it go on. Raises ``ValidationError`` when it does not wait for that."""
    locked = _locked(redemption)
    _refuse_own(locked, by)
    if locked.state != State.RESERVED:
        raise ValidationError(_("This is decided already: %(state)s.") % {"state": locked.get_state_display()})
    _go_on(locked, by=by, now=now, note=note)
    return locked


def _go_on(redemption: Redemption, *, by: Employee | None, now: dt.datetime, note: str) -> None:
    _to(redemption, State.TO_FULFIL, by, now, note)
    if redemption.kind == Reward.Kind.VOUCHER and _hand_code(redemption):
        _finish(redemption, by=by, now=now, note="")


def _hand_code(redemption: Redemption) -> bool:
    """A free code of the pool, if there is one; nobody else gets the same."""
    free = RewardCode.objects.filter(reward=redemption.reward_id, redemption=None).order_by("pk")
    code = free.select_for_update(skip_locked=True).first()
    if code is None:
        return False
    code.redemption = redemption
    code.save(update_fields=["redemption"])
    return True


@transaction.atomic
def fulfil(*, redemption: Redemption, by: Employee, now: dt.datetime, note: str = "") -> Redemption:
    """It was handed over: the reserved points are spent. A voucher needs a free code in its pool."""
    locked = _locked(redemption)
    _refuse_own(locked, by)
    if locked.state != State.TO_FULFIL:
        raise ValidationError(
            _("Only what is approved and open can be handed over; this is: %(state)s.")
            % {"state": locked.get_state_display()}
        )
    if locked.kind == Reward.Kind.VOUCHER and not _hand_code(locked):
        raise ValidationError(_("The pool has no free code. Add codes to the reward first."))
    _finish(locked, by=by, now=now, note=note)
    return locked


def _finish(redemption: Redemption, *, by: Employee | None, now: dt.datetime, note: str) -> None:
    held = Place(Kind.RESERVED, redemption.employee_id)
    accounts = posting.lock(held, SPENT)
    posting.move(
        accounts[held], accounts[SPENT], redemption.price, now=now, reason=Reason.FULFILLED, redemption=redemption
    )
    _to(redemption, State.FULFILLED, by, now, note)


@transaction.atomic
def reject(*, redemption: Redemption, by: Employee, now: dt.datetime, note: str) -> Redemption:
    """Refuse with a reason: all points return to the lots they came from, the item to the stock. Final.

    Whoever is refused may have waited long: his points can be spent for some weeks whatever their day was.
    """
    if not note.strip():
        raise ValidationError({"note": _("Say why: the person reads it.")})
    locked = _locked(redemption)
    _refuse_own(locked, by)
    _give_back(locked, State.REJECTED, by, now, note, grace=True)
    return locked


@transaction.atomic
def cancel(*, redemption: Redemption, by: Employee, now: dt.datetime, note: str = "") -> Redemption:
    """The redeemer takes it back while it is open. Again: nothing happens.

    The points keep the day until which they could be spent, and lapse at once when it is over (:func:`too_late`): who
    redeems on the last day and cancels would otherwise keep them for ever.
    """
    locked = _locked(redemption)
    if locked.employee_id != by.pk:
        raise ValidationError(_("Only who redeemed can cancel."))
    if locked.state == State.CANCELLED:
        return locked
    _give_back(locked, State.CANCELLED, by, now, note, grace=False)
    lots.expire_of(locked.employee_id, now=now)
    return locked


def too_late(redemptions: Collection[Redemption], today: dt.date) -> dict[int, int]:
    """Redemption → how many of its points would lapse were it cancelled on ``today``. One query."""
    taken = LotUse.objects.filter(entry__redemption__in=redemptions, entry__reason=Reason.RESERVED)
    over = taken.filter(lot__expires_on__lt=today).order_by().values_list("entry__redemption")
    return dict(over.annotate(Sum("amount")))


def _give_back(redemption: Redemption, state: str, by: Employee, now: dt.datetime, note: str, *, grace: bool) -> None:
    if redemption.state not in Redemption.OPEN:
        raise ValidationError(_("This is decided already: %(state)s.") % {"state": redemption.get_state_display()})
    reward = Reward.objects.select_for_update(of=("self",)).get(pk=redemption.reward_id)
    held, mine = Place(Kind.RESERVED, redemption.employee_id), Place(Kind.PERSONAL, redemption.employee_id)
    accounts = posting.lock(held, mine)
    entry = posting.move(
        accounts[held], accounts[mine], redemption.price, now=now, reason=Reason.REFUND, redemption=redemption, by=by
    )
    taken = LedgerEntry.objects.get(redemption=redemption, reason=Reason.RESERVED)
    lots.bring_back(taken, entry, now=now, grace=grace)
    if reward.stock is not None:
        Reward.objects.filter(pk=reward.pk).update(stock=F("stock") + 1)
    _to(redemption, state, by, now, note)


def waits_for(manager: Employee) -> QuerySet[Redemption]:
    """What ``manager`` may decide as such: of his own people, where the reward leaves it to him."""
    mine = Redemption.objects.filter(employee__manager=manager, reward__approver=Reward.Approver.MANAGER)
    return mine.filter(state=State.RESERVED).order_by("at", "pk")


def may_approve(redemption: Redemption, by: Employee) -> bool:
    """HR always; the person's manager where the reward says so. Nobody his own."""
    if redemption.employee_id == by.pk:
        return False
    if can(by, Permission.MANAGE_RECOGNITION):
        return True
    asked = redemption.reward.approver == Reward.Approver.MANAGER
    return asked and redemption.employee.manager_id == by.pk  # type: ignore[attr-defined]


def handed_by(redemption: Redemption, who: Employee) -> bool:
    return redemption.steps.filter(state=State.FULFILLED, by=who).exists()  # type: ignore[attr-defined]


@transaction.atomic
def show_code(*, redemption: Redemption, by: Employee) -> str:
    """The code that was handed over, for who redeemed it or who handed it over; each look is recorded.

    Raises ``ValidationError`` for anybody else, when there is none (yet), and when no key opens it.
    """
    if redemption.employee_id != by.pk and not handed_by(redemption, by):
        raise ValidationError(_("Only who redeemed it, and who handed it over, can see this code."))
    row = RewardCode.objects.filter(redemption=redemption).first()
    if row is None:
        raise ValidationError(_("There is no code yet."))
    try:
        code = codes.unseal(row.reward_id, row.sealed)
    except codes.Unreadable:
        raise ValidationError(
            _("This code cannot be opened: it was sealed under another SECRET_KEY. Ask HR for a new one.")
        ) from None
    audit.record(by, "reward.code_shown", redemption, own=redemption.employee_id == by.pk)
    return code


def _locked(redemption: Redemption) -> Redemption:
    return Redemption.objects.select_for_update(of=("self",)).get(pk=redemption.pk)


def _refuse_own(redemption: Redemption, by: Employee) -> None:
    if redemption.employee_id == by.pk:
        raise ValidationError(_("Nobody decides on his own redemption. Ask a second person."))


def _to(redemption: Redemption, state: str, by: Employee | None, now: dt.datetime, note: str) -> None:
    redemption.state = state
    redemption.save(update_fields=["state"])
    _step(redemption, state, by, now, note)
    audit.record(by, f"reward.{state}", redemption, points=redemption.price)
    hooks.tell(hook_events.event_of(state), [redemption.pk], now=now)


def _step(redemption: Redemption, state: str, by: Employee | None, now: dt.datetime, note: str = "") -> None:
    RedemptionStep.objects.create(redemption=redemption, state=state, at=now, by=by, note=note.strip()[:300])
