"""Why a number is hidden, in one sentence each. Pure.

The sentence names the rule of that kind of number, never which part of the rule struck: "too few", "nobody" and "would
give a neighbour away" must look the same, or the reason would tell what the number does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

DISTRIBUTION = frozenset({"barrier"})
CROSSING = frozenset({"cut", "unit_cut", "customer", "division"})


def why(family: str, measure: str, cell: Mapping[str, Any], rules: Mapping[str, int]) -> str:
    """One sentence for a hidden cell; nothing for a shown one."""
    if cell.get("shown") or ("shares" in cell):
        return ""
    if cell.get("why") == "not asked":
        return _("This was not asked here.")
    told: dict[str, Any] = {"k": rules["k"], "many": rules["distribution_from"], "home": rules["comment_home"]}
    if measure == "participation":
        return _(
            "Participation is shown for groups of at least 10 invited people, and only where no smaller group follows"
            " from it and its neighbours."
        )
    if measure in DISTRIBUTION:
        return (
            _(
                "How answers spread is shown from %(many)s people, and only where no group under %(k)s people"
                " follows from it and its neighbours."
            )
            % told
        )
    if family in CROSSING:
        return (
            _(
                "Shown from %(k)s people, and only where no group under %(k)s people follows from it and everything"
                " else that is shown, in whatever way it is added up."
            )
            % told
        )
    if measure == "comments":
        return _("Comments are shown where at least %(home)s people answered, without the order they came in.") % told
    return (
        _("Shown from %(k)s people, and only where no group under %(k)s people follows from it and its neighbours.")
        % told
    )
