"""Why, want, know, can, keep in words, as pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from programs.training import slots
from programs.training.slots import Evidence, Slot
from programs.training.standing_slots import Row

WORDS = {
    Slot.WHY: pgettext_lazy("slot", "Why"),
    Slot.WANT: pgettext_lazy("slot", "Want"),
    Slot.KNOW: pgettext_lazy("slot", "Know"),
    Slot.CAN: pgettext_lazy("slot", "Can"),
    Slot.KEEP: pgettext_lazy("slot", "Keep"),
}
MEANT = {
    Slot.WHY: gettext_lazy("has read what it is good for"),
    Slot.WANT: gettext_lazy("says so in the own view; private unless shared"),
    Slot.KNOW: gettext_lazy("has completed a course that teaches it"),
    Slot.CAN: gettext_lazy("was seen doing it, often enough"),
    Slot.KEEP: gettext_lazy("was seen again later and lately, or still knew it when asked again"),
}
# Of refreshers nobody else is told.
MEANT_OF_OTHERS = {**MEANT, Slot.KEEP: gettext_lazy("was seen again later and lately")}


@dataclass(frozen=True)
class Cell:
    """A slot as pages show it: ``state`` is met, unmet, faded, unknown or none."""

    slot: Slot
    evidence: Evidence | None
    is_barrier: bool = False

    @property
    def word(self) -> Any:
        return WORDS[self.slot]

    @property
    def state(self) -> str:
        return "none" if self.evidence is None else self.evidence.state


def cells(row: Row) -> list[Cell]:
    return [Cell(slot, found, slot == row.barrier) for slot, found in row.cells]


def told(rows: Sequence[Row]) -> dict[str, Any]:
    """For a page of one person: each requirement with its slots, and the word of what is missing most often."""
    counted = Counter(row.barrier for row in rows if row.barrier)
    most = max(slots.ORDER, key=lambda slot: counted[slot]) if counted else None
    return {
        "slots": [{"row": row, "cells": cells(row)} for row in rows],
        "most": WORDS[most] if most else "",
    }
