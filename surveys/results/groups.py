"""What goes into a release and what comes out of it, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Answers = Sequence[int | None]


@dataclass(frozen=True)
class Group:
    """One row of the release."""

    family: str
    unit: int
    name: str
    other: int | None = None
    parent: int | None = None
    depth: int = 0
    cut: str = ""
    cells: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Sealed:
    """What sealing left behind, and what the invitations still say. ``own_cuts`` goes beside ``own``."""

    own: Sequence[tuple[int, Answers]]  # stored place
    ratings: Sequence[tuple[int, int, Answers]]  # provider unit, customer block (0: somebody)
    respondents: Mapping[int, int]  # by block
    raters: Mapping[int, int]  # distinct people who rated something in a group, by group
    invited: Mapping[int, int]
    asked_about: frozenset[int]  # provider units
    own_cuts: Sequence[Sequence[int]] = ()
