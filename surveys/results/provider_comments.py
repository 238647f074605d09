"""What people wrote about a department: shown at that department's group alone, in no order.

Sealing lets a comment stand at its provider only if enough people rated it (see sealing.py); the customer's unit is not
kept with it. Here they go to the provider's place in the reporting tree, and to who sees that place.
"""

from __future__ import annotations

from random import SystemRandom

from culture.access.permissions import Permission, sees_everything, visible_units
from surveys.results import queries
from surveys.results.groups import Group
from surveys.results.models import CellGroup, SealedComment
from surveys.results.placing import NOWHERE
from surveys.results.trees import node_of_unit, reporting_tree
from surveys.waves.models import Wave

FAMILY = "said"  # of the rows of a release that hold them


def groups(wave: Wave) -> list[Group]:
    """Rows for the release of a wave that is being released."""
    tree = reporting_tree(wave.snapshot)
    place, names = node_of_unit(wave.snapshot, tree), {node.id: node.name for node in tree}
    found: dict[int, list[str]] = {}
    rows = SealedComment.objects.filter(wave_id=wave.pk, about_provider=True).exclude(home=NOWHERE)
    for provider, text in rows.values_list("home", "text"):
        if provider in place:
            found.setdefault(place[provider], []).append(text)
    for texts in found.values():
        SystemRandom().shuffle(texts)
    return [Group(FAMILY, node, names[node], comments=texts) for node, texts in sorted(found.items())]


def of(wave: Wave, user: queries.User, unit: int) -> list[str]:
    """What colleagues wrote about this group, if ``user`` may see it."""
    visible = None
    if not sees_everything(user, Permission.SEE_RESULTS):
        visible = set(visible_units(user, Permission.SEE_RESULTS).values_list("pk", flat=True))
    if unit not in {row.unit for row in queries.tree_rows(wave, visible)}:
        return []
    shown = CellGroup.objects.shown().filter(release__wave=wave, family=FAMILY)
    return list(shown.filter(unit=unit).values_list("comments", flat=True).first() or [])
