"""Comments go into a release: each to its one home, names masked, and again into a correction of it.

Sealing decided where a comment may stand (sealing.py): at its writer's block, if enough people answered there, or at
the provider it is about, if enough rated it; the customer's unit is not kept with it. Rows carry random ids and are
written in an order of chance: nothing tells which were written by the same person.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import SystemRandom

from django.utils import timezone

from culture.people.models import Employee
from surveys.results import masking, themes
from surveys.results.comment_models import Moderation, ReleasedComment
from surveys.results.models import Release, SealedComment
from surveys.results.placing import NOWHERE
from surveys.results.trees import node_of_unit, reporting_tree
from surveys.waves.models import Wave

TREE, SAID = "tree", "said"
BATCH = 2000
MARKED = 500
CORRECTED = "[…]"
MARK = re.compile(f"{re.escape(masking.MASK)}|{re.escape(CORRECTED)}")


def homes(wave: Wave) -> dict[tuple[bool, int], tuple[str, int]]:
    """(about a provider?, home as sealed) → (family, group of the reporting tree) of comments that may be shown."""
    tree = reporting_tree(wave.snapshot)
    respondents = dict(wave.snapshot["sealed"]["respondents"])
    least = wave.rules["comment_home"]
    own = {node.block: node.id for node in tree if node.block is not None}
    found = {(False, block): (TREE, own[block]) for block, n in respondents.items() if n >= least and block in own}
    return found | {(True, unit): (SAID, node) for unit, node in node_of_unit(wave.snapshot, tree).items()}


def write(made: Release, wave: Wave) -> int:
    """The comments of a wave that is being released; returns how many."""
    home_of = homes(wave)
    if Moderation.objects.filter(wave=wave).exists():
        _mask_unlooked(wave)
    rows = []
    for sealed in SealedComment.objects.filter(wave_id=wave.pk).exclude(home=NOWHERE).iterator():
        place = home_of.get((sealed.about_provider, sealed.home))
        if place is None:
            continue
        text, masked = masking.applied(sealed.text, sealed.masks)
        rows.append(_row(made, *place, sealed.item, text, masked))
    return _insert(rows)


def _mask_unlooked(wave: Wave) -> None:
    """Mark the names in comments nobody looked at, also in those that are shown nowhere.

    In the sealed rows themselves: their text is rewritten from these marks (sealing.coarsen), and a name that is told
    as "[name]" must not stay in the database. Later it could not be found again: who left has no name here any more.
    """
    known = names_here()
    found = []
    rows = SealedComment.objects.filter(wave_id=wave.pk)
    for sealed in rows.filter(looked=False).iterator():
        if masks := masking.write(masking.suggest(sealed.text, known)):
            sealed.masks = masks
            found.append(sealed)
    rows.bulk_update(found, ["masks"], batch_size=MARKED)


def write_corrected(
    made: Release, old: Release, words: Sequence[str], gone: Collection[tuple[str, int]]
) -> Mapping[tuple[str, int], int]:
    """The comments of ``old`` again, ``words`` masked, without those of the groups ``gone``.

    Returns in how many comments of each group words were masked.
    """
    rows, changed = [], dict[tuple[str, int], int]()
    for one in ReleasedComment.objects.filter(release=old).iterator():
        home = (one.family, one.unit)
        if home in gone:
            continue
        text, n = masked_words(one.text, words)
        if n:
            changed[home] = changed.get(home, 0) + 1
        rows.append(_row(made, one.family, one.unit, one.item, text, one.masked + n))
    _insert(rows)
    return changed


def masked_words(text: str, words: Iterable[str]) -> tuple[str, int]:
    """Every place of the words masked, whatever their case, and how many there were. What is masked stays so."""
    count = 0
    for word in words:
        spans = masking.of_typed(text, word.strip()) if word.strip() else []
        for start, end in reversed(spans):
            if _inside_mask(text, start, end):
                continue
            text = text[:start] + CORRECTED + text[end:]
            count += 1
    return text, count


def _inside_mask(text: str, start: int, end: int) -> bool:
    return any(one.start() <= start and end <= one.end() for one in MARK.finditer(text))


def _row(made: Release, family: str, unit: int, item: str, text: str, masked: int) -> ReleasedComment:
    folded = themes.fold(text.replace(masking.MASK, " ").replace(CORRECTED, " "))
    return ReleasedComment(
        id=uuid.uuid4(),
        release=made,
        family=family,
        unit=unit,
        item=item,
        text=text,
        folded=folded,
        themes=themes.of(folded),
        masked=masked,
    )


def _insert(rows: list[ReleasedComment]) -> int:
    SystemRandom().shuffle(rows)
    ReleasedComment.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def names_here() -> frozenset[str]:
    """The names of everybody who works here, for finding them in comments."""
    here = Employee.objects.here(timezone.localdate()).order_by()
    return masking.names(here.values_list("given_name", "family_name").distinct().iterator())
