"""Words that were kept in English, in the reader's language: how each indicator words itself, read backwards. Pure.

What is counted is kept once a night with its words (readings), and read by people of five languages.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

HOLE = re.compile(r"%\((\w+)\)s")
# As the rooms that count word them; a test holds both together. The longer of two that begin alike comes first.
WORDINGS = (
    gettext_noop("about %(n)s %% (between %(low)s and %(high)s)"),
    gettext_noop("about %(n)s %%"),
    gettext_noop("under %(n)s %%"),
    gettext_noop("over %(n)s %%"),
    gettext_noop("under %(n)s"),
    gettext_noop("%(n)s or more"),
    gettext_noop("%(part)s of %(whole)s actions that fell due were done by their day"),
    gettext_noop("%(part)s of %(whole)s promises that fell due were done by their day"),
    gettext_noop("%(part)s of %(whole)s people planned have begun"),
    gettext_noop("%(part)s of %(whole)s courses assigned to who is there are completed"),
    gettext_noop("%(part)s of %(whole)s required courses are valid today"),
    gettext_noop("%(part)s of %(whole)s people were seen doing it in the last 90 days"),
    gettext_noop("%(part)s of %(whole)s people were thanked in the last full quarter"),
    gettext_noop("%(part)s of %(whole)s thanks stood for what the program aims at"),
    gettext_noop("%(share)s of %(cases)s complaints were made good in time"),
    gettext_noop("%(share)s of %(cases)s ideas that were decided were approved"),
    gettext_noop("%(share)s of %(people)s people wrote a personal note in the last four full weeks"),
    gettext_noop("say that %(promises)s promises were kept; at least %(people)s judgements"),
    gettext_noop("index of the whole organisation in wave %(n)s"),
    gettext_noop("Too few to tell yet: fewer than %(least)s."),
    gettext_noop("Fewer than three promises of its units were judged in a released wave."),
    gettext_noop("No survey series measures this program yet."),
    gettext_noop("No wave of its survey has been released yet."),
    gettext_noop("The last released wave does not show it."),
    gettext_noop("Practices are not switched on in this program."),
    gettext_noop("The program names no requirement it aims at."),
    gettext_noop("Hidden for privacy: beside another program it would tell of fewer than %(least)s people."),
    gettext_noop("Hidden for privacy: its people are told of in groups, together with people of other programs."),
    gettext_noop("It could not be counted that night."),
)
# As they once worded them: readings of then are still shown.
FORMER = (
    gettext_noop("%(part)s of %(whole)s complaints were made good in time"),
    gettext_noop("%(part)s of %(whole)s ideas that were decided were approved"),
)
# What itself is worded by a room.
INNER = ("share", "cases")


def told(words: str) -> str:
    """The same in the active language; as they are where nothing here words them so."""
    for wording in (*WORDINGS, *FORMER):
        if found := _pattern(wording).fullmatch(words):
            values = found.groupdict()
            return _(wording) % {key: told(one) if key in INNER else one for key, one in values.items()}
    return words


@cache
def _pattern(wording: str) -> re.Pattern[str]:
    parts = HOLE.split(wording)
    plain = [re.escape(part.replace("%%", "%")) for part in parts[::2]]
    holes = [f"(?P<{name}>.+?)" for name in parts[1::2]] + [""]
    return re.compile("".join(text + hole for text, hole in zip(plain, holes, strict=True)))
