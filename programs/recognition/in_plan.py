"""What recognition tells the guided set-up of a program: the rules of thanks and points that hold for everybody."""

from __future__ import annotations

import datetime as dt

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.framework.models import Behaviour
from programs.planning.models import Program
from programs.planning.setup_parts import Line, Offer, offer
from programs.recognition import rules


@offer("recognition")
def _rules(program: Program, today: dt.date) -> Offer:
    limits = rules.caps(rules.current())
    attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE).count()
    told = ngettext(
        "Everybody may thank anybody for %(n)s attitude", "Everybody may thank anybody for %(n)s attitudes", attitudes
    ) % {"n": attitudes}
    lines = [
        Line(
            _("The same rules for the whole organisation"),
            _("Thanks and points do not belong to a program: who helps somebody of another cohort is thanked, too."),
        ),
        Line(
            _("At most %(n)s points a gift") % {"n": limits.per_gift} if limits.per_gift else _("Thanks without points")
        ),
    ]
    links = [(_url("recognition:rules"), _("Rules of points")), (_url("framework:catalogue"), _("Framework"))]
    warnings = [] if attitudes else [_("No attitude is active: there is nothing to thank anybody for.")]
    return Offer(told, lines, [(url, words) for url, words in links if url], warnings)


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def register() -> None:
    """Called when the apps are ready; importing it has put the offer in place."""
