"""Practices in the guided set-up of a program and on its page: whether they are on, and where that is changed."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.planning import panels
from programs.planning.models import Program
from programs.planning.setup_parts import Line, Offer, offer
from programs.practices import switching


@offer("recognition")
def _setup(program: Program, today: dt.date) -> Offer:
    on = switching.is_on(program)
    told = _("Practices are kept in this program") if on else _("Practices are not kept in this program")
    lines = [
        Line(
            _("Three personal notes a day, memorable ideas, complaints made good"),
            _("Everybody keeps his own log. Leaders see shares of groups of ten and more, never a person."),
        )
    ]
    words = _("Switch practices off") if on else _("Switch practices on")
    return Offer(told, lines, [(reverse("practices:program", args=[program.pk]), words)])


@panels.contribute
def part(program: Program, today: dt.date) -> panels.Part:
    """One line on the program's page. One query."""
    return panels.Part("programs/practices/_in_program.html", {"program": program, "on": switching.is_on(program)})
