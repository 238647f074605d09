"""What a wave was frozen with, in words, and what is never worked out for anybody. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def never() -> list[str]:
    """What is never worked out, for anybody."""
    return [
        _(
            "A single person's answers, or anything that says whose they are: after closing they are apart from the"
            " name, and the keys are destroyed."
        ),
        _("Any group that was not declared before the wave opened: there are no filters to try out."),
        _("A number for fewer people than the rules say, also not for HR, the board or the people who run the server."),
        _("What one person answered in two waves: answers are not linked over time."),
        _("A ranking of people, or a score of a manager as a person."),
        _("A mood or a score from comments, or who wrote one. Texts never leave the server."),
        _("Answers for those who gave none: nothing is filled in, and nothing is weighted up."),
        _("A barrier of a group's mean: barriers are counted person by person before answers are separated."),
        _(
            "A difference between two units that pages show side by side: it would need its own interval and its place"
            " among all comparisons. Only changes decided at the release are told."
        ),
        _("Anything while a wave is open, but participation."),
    ]


def rule_words(rules: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """The frozen rules: (their word, their key, the value)."""
    known = {
        "k": _("Fewest people in anything that is shown"),
        "band_to": _("Up to so many people a score is told as a range"),
        "score_detail_from": _("Exact scores from"),
        "distribution_from": _("How answers spread from"),
        "comment_home": _("Comments in groups of at least"),
        "max_providers": _("A person rates at most so many providers"),
        "matters": _("Smallest change that matters, in points"),
        "quadrant_at": _("Good service begins at, of 5"),
    }
    ordered = [key for key in known if key in rules] + sorted(key for key in rules if key not in known)
    return [(known.get(key, key), key, rules[key]) for key in ordered]
