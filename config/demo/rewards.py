"""What points buy: a small catalogue, and a few people who chose something."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal
from typing import Any

from culture.people.models import Employee
from programs.recognition import catalogue, countries, evenness, redeeming
from programs.recognition.catalogue import Terms
from programs.recognition.models import Account
from programs.recognition.reward_models import Reward

Kind = Reward.Kind
# kind, names, descriptions, price, stock, approval
OFFERS = [
    (
        Kind.GOODS,
        {"en": "Thermos cup", "it": "Tazza termica", "ro": "Cană termos", "zh-hans": "保温杯", "fr": "Tasse isotherme"},
        {"en": "Half a litre, with your name on it.", "it": "Mezzo litro, con il tuo nome."},
        60,
        40,
        False,
    ),
    (
        Kind.DONATION,
        {
            "en": "Ten euro for the children’s hospital",
            "it": "Dieci euro per l’ospedale pediatrico",
            "ro": "Zece euro pentru spitalul de copii",
            "zh-hans": "为儿童医院捐十欧元",
            "fr": "Dix euros pour l’hôpital des enfants",
        },
        {"en": "We send it on in your name or without one."},
        80,
        None,
        False,
    ),
    (
        Kind.VOUCHER,
        {
            "en": "Cinema for two",
            "it": "Cinema per due",
            "ro": "Cinema pentru doi",
            "zh-hans": "双人电影票",
            "fr": "Cinéma pour deux",
        },
        {"en": "The code is good for any film and any day."},
        150,
        None,
        False,
    ),
    (
        Kind.TIME_OFF,
        {
            "en": "Half a day off",
            "it": "Mezza giornata libera",
            "ro": "O jumătate de zi liberă",
            "zh-hans": "半天休假",
            "fr": "Une demi-journée de congé",
        },
        {"en": "On a day you agree with your manager."},
        250,
        None,
        True,
    ),
    (
        Kind.EXPERIENCE,
        {
            "en": "A day with the service team of your choice",
            "it": "Un giorno con il team che scegli",
            "ro": "O zi cu echipa pe care o alegi",
            "zh-hans": "到自选的服务团队体验一天",
            "fr": "Une journée avec l’équipe de votre choix",
        },
        {"en": "See the work of those who serve you, or of those you serve."},
        120,
        6,
        True,
    ),
]
# What the payroll must know, and who approves, in the same order.
TAXED = {"*": "Taxable in full.", "IT": "Free up to 258.23 € a year, with other benefits.", "FR": "Free up to 196 €."}
MORE: list[dict[str, Any]] = [
    {"value": Decimal("24.00"), "currency": "EUR", "tax_notes": TAXED},
    {},
    {"value": Decimal("18.00"), "currency": "EUR", "tax_notes": TAXED},
    {"approver": Reward.Approver.MANAGER, "per_person": 2},
    {},
]
ABROAD = {"Bucharest": "RO", "Cluj": "RO", "Lyon": "FR"}
CODES = 25


def offer(*, by: Employee, rng: random.Random, now: dt.datetime) -> int:
    """Fill the catalogue, and let some of those with enough points redeem; returns how many did."""
    countries.place(wanted={site: ABROAD.get(site, "IT") for site, *_rest in countries.sites()}, by=by)
    rewards = [
        catalogue.save(
            by=by,
            units=[],
            terms=Terms(kind=kind, name=name, description=text, price=price, stock=stock, approval=approval, **more),
        )
        for (kind, name, text, price, stock, approval), more in zip(OFFERS, MORE, strict=True)
    ]
    voucher = next(one for one in rewards if one.kind == Kind.VOUCHER)
    codes = "\n".join(f"CINEMA-{rng.randrange(10**8):08d}" for _ in range(CODES))
    catalogue.add_codes(reward=voucher, text=codes, by=by)
    rich = Account.objects.filter(kind=Account.Kind.PERSONAL, balance__gte=60).exclude(employee=by)
    holders = list(rich.select_related("employee").order_by("pk"))
    chosen = rng.sample(holders, min(9, len(holders)))
    for number, account in enumerate(chosen):
        within = [one for one in rewards if one.price <= account.balance]
        assert account.employee is not None
        redemption = redeeming.redeem(
            employee=account.employee,
            reward=rng.choice(within),
            key=uuid.UUID(int=rng.getrandbits(128), version=4),
            now=now - dt.timedelta(days=9 - number, hours=3),
        )
        if redemption.state == redemption.State.TO_FULFIL and number < 5:
            redeeming.fulfil(redemption=redemption, by=by, now=now - dt.timedelta(days=8 - number))
    return len(chosen)


def release_evenness(*, now: dt.datetime) -> int:
    """What the nightly work would have released of the last quarter that is over; returns how many."""
    return sum(evenness.release(quarter, now=now) is not None for quarter in evenness.due(today=now.date())[-1:])
