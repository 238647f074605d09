"""Which words people were promised confidentiality with. Frozen with a wave: who answered under old words keeps them.

1: results go to managers, those above them and HR; comments are read as written.
2: HR may also share a group's results with its own people, and have names in comments masked before the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from surveys.waves.models import Wave

WORDS = 2


def shareable(rules: Mapping[str, Any]) -> bool:
    """Whether the words behind these frozen rules said that employees may read results and moderators comments."""
    return int(rules.get("words", 1)) >= 2


def may_share(wave: Wave) -> bool:
    """The same for a wave; one that nobody was asked in yet (held or not) will be opened with the words of today."""
    return wave.opened_at is None or shareable(wave.rules)


def told_of_sharing() -> Q:
    """Of waves that were opened: those whose people were told."""
    return Q(rules__words__gte=2)
