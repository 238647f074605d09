"""What the cost of poor service is made of: its inputs, the figures texts give for them, and its parts.

No part is counted unless every one of its inputs was entered with where it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

COUNT, SHARE, MONEY, HOURS, YEARS = "count", "share", "money", "hours", "years"
# Above these a number is a slip of the pen.
MOST = {COUNT: 10**10, SHARE: 100.0, MONEY: 10**9, HOURS: 10**4, YEARS: 100.0}


@dataclass(frozen=True)
class Figure:
    """A figure a text gives: (low, likely, high) and the text."""

    low: float
    likely: float
    high: float
    source: str


@dataclass(frozen=True)
class Factor:
    """One input. ``kind``: count (a year), share (per cent), money, hours or years."""

    key: str
    kind: str
    label: Any
    help: Any
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Part:
    """One part of the cost; ``uses`` are the inputs it needs, ``how`` says in words what is multiplied."""

    key: str
    label: Any
    how: Any
    uses: tuple[str, ...]


IT1, FR, RO = "IT1", "FR", "RO"
FACTORS = (
    Factor("customers", COUNT, _("Customers"), _("How many you have in a year, on average.")),
    Factor("leave", SHARE, _("Customers who leave"), _("Per cent of the customers, in a year.")),
    Factor(
        "by_service",
        SHARE,
        _("Who leave for poor service"),
        _("Per cent of those who leave."),
        (
            Figure(60, 68, 75, "IT1, ZH: 68 % of leaving customers leave for poor service (range: ours)"),
            Figure(89, 94, 94, "FR: 94 % of departures are caused by service, 89 % by an unsolved problem"),
        ),
    ),
    Factor("margin", MONEY, _("Margin per customer"), _("What one customer leaves you in a year, costs taken off.")),
    Factor("years", YEARS, _("Years lost with a customer"), _("How much longer one who leaves would have stayed.")),
    Factor("replaced", SHARE, _("Lost customers you replace"), _("Per cent of those you lose.")),
    Factor(
        "winning",
        MONEY,
        _("Cost to win a new customer"),
        _("Advertising, sales, first steps. FR: six times what keeping one costs."),
    ),
    Factor("complaints", COUNT, _("Complaints"), _("That reach you in a year.")),
    Factor("handling", HOURS, _("Hours per complaint"), _("Of all who work on one, together.")),
    Factor("amends", MONEY, _("Amends per complaint"), _("Discounts, replacements, refunds, on average.")),
    Factor(
        "complain",
        SHARE,
        _("Dissatisfied who complain"),
        _("Per cent; the others say nothing to you."),
        (
            Figure(60, 67, 75, "FR: 67 % of the dissatisfied complain (range: ours)"),
            Figure(5, 10, 10, "IT1, ZH: 90 % of lost buyers never say why"),
        ),
    ),
    Factor(
        "tells",
        COUNT,
        _("People each one tells"),
        _("How many others one dissatisfied customer talks to."),
        (
            Figure(9, 10, 10, "IT1, ZH: a dissatisfied customer tells 10 people (FR: 9)"),
            Figure(5, 9, 10, "FR: each dissatisfied customer tells 9 (range: ours)"),
        ),
    ),
    Factor("deterred", SHARE, _("Who stay away because of it"), _("Per cent of those who were told.")),
    Factor("people", COUNT, _("Colleagues who are served by other departments"), _("Full-time equivalents.")),
    Factor(
        "lost_hours",
        HOURS,
        _("Hours lost at one interface in a quarter"),
        _("Per person and department that serves him, waiting, asking again, repairing."),
    ),
    Factor("interfaces", COUNT, _("Interfaces per person"), _("Departments one person really depends on.")),
    Factor("hour", MONEY, _("Cost of an hour of work"), _("Pay and what comes with it.")),
)
BY_KEY = {factor.key: factor for factor in FACTORS}
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Customers who leave"), ("customers", "leave", "by_service", "margin", "years", "replaced", "winning")),
    (_("Complaints and what is told"), ("complaints", "handling", "amends", "complain", "tells", "deterred")),
    (_("Time lost between departments"), ("people", "lost_hours", "interfaces", "hour")),
)
PARTS = (
    Part(
        "lost",
        _("Customers lost to poor service"),
        _("customers × who leave × for poor service × margin × years"),
        ("customers", "leave", "by_service", "margin", "years"),
    ),
    Part(
        "replacing",
        _("Replacing them"),
        _("customers × who leave × for poor service × replaced × cost to win one"),
        ("customers", "leave", "by_service", "replaced", "winning"),
    ),
    Part(
        "complaints",
        _("Handling complaints"),
        _("complaints × (hours × cost of an hour + amends)"),
        ("complaints", "handling", "hour", "amends"),
    ),
    Part(
        "told",
        _("Customers who never come"),
        _("complaints ÷ dissatisfied who complain × people told × who stay away × margin of one year"),
        ("complaints", "complain", "tells", "deterred", "margin"),
    ),
    Part(
        "time",
        _("Time lost between departments"),
        _("people × interfaces × hours in a quarter × 4 × cost of an hour"),
        ("people", "interfaces", "lost_hours", "hour"),
    ),
)
