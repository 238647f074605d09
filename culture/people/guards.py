"""Where an import stops and asks: lost zeros, numbers handed round, a known person under a new number, mass leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.people import names
from culture.people.plans import DIFFERENT, RENUMBER, SAME, SKIP, Change, Decisions, Known, Suspicious
from culture.people.rows import Parsed, Person, reject_person
from culture.people.tables import Table

# From this many leavers on, and beyond this share of those here, an import stops and asks.
LEAVERS_LEAST, LEAVERS_SHARE = 5, 0.05
GIVEN, FAMILY, EMAIL, HIRED, LEFT = 0, 1, 2, 7, 8
"""Where these stand in ``Known.values``."""


def name_of(known: Known) -> str:
    return names.display(known.values[GIVEN], known.values[FAMILY])


def _words(name: str, email: Any) -> str:
    return f"{name} · {email}" if email else name


def lost_zeros(parsed: Parsed, known: Mapping[str, Known]) -> tuple[str, int]:
    """A stop and the width to propose, when numbers are known here with zeros in front of them."""
    stripped = {number.lstrip("0"): number for number in known if number.startswith("0") and number.isdigit()}
    lost = [number for number in parsed.people if number not in known and number in stripped]
    if not lost:
        return "", 0
    width = len(stripped[lost[0]])
    sentence = ngettext(
        "%(count)d employee number is known here with leading zeros (%(lost)s as %(full)s). "
        "Say that a number has %(width)d digits, and nobody is imported twice.",
        "%(count)d employee numbers are known here with leading zeros (%(lost)s as %(full)s). "
        "Say that a number has %(width)d digits, and nobody is imported twice.",
        len(lost),
    )
    return sentence % {"count": len(lost), "lost": lost[0], "full": stripped[lost[0]], "width": width}, width


def _is_renumbered(person: Person, old: Known) -> bool:
    """Whether a known number carries another name and another address, or no address and both names are new."""
    new = person.values
    if person.name.casefold() == name_of(old).casefold():
        return False
    if new.get("email") or ("email" in new and old.values[EMAIL]):
        return bool(old.values[EMAIL] != new.get("email"))
    given = new["given_name"].casefold() != old.values[GIVEN].casefold()
    return given and new["family_name"].casefold() != old.values[FAMILY].casefold()


class _Matches:
    """Finds the person of a row among those known here, whatever the number says."""

    def __init__(self, known: Mapping[str, Known]) -> None:
        self.by_email = {one.values[EMAIL]: one for one in known.values() if one.values[EMAIL]}
        self.by_name: dict[tuple[str, Any], list[Known]] = {}
        for one in known.values():
            self.by_name.setdefault((name_of(one).casefold(), one.values[HIRED]), []).append(one)

    def of(self, person: Person) -> Known | None:
        email = person.values.get("email")
        found = self.by_email.get(email) if email else None
        if found:
            return found if name_of(found).casefold() == person.name.casefold() else None
        hired = person.values.get("hired_on")
        same = [one for one in self.by_name.get((person.name.casefold(), hired), []) if one.unit == person.unit]
        return same[0] if hired and len(same) == 1 else None


def suspicious(parsed: Parsed, known: Mapping[str, Known], decisions: Decisions) -> list[Suspicious]:
    """Rows that may be about somebody else than their number says, with what was decided about them."""
    matches = _Matches(known)
    found = []
    for number, person in parsed.people.items():
        old = known.get(number)
        after = _words(person.name, person.values.get("email"))
        if old is not None:
            if not _is_renumbered(person, old):
                continue
            match = matches.of(person)
            other = match.number if match and match.number != number else ""
            choices = (RENUMBER, SAME, DIFFERENT, SKIP) if other else (SAME, DIFFERENT, SKIP)
            before = _words(name_of(old), old.values[EMAIL])
            case = Suspicious(person.line, number, "renumbered", before, after, choices, other)
        else:
            match = matches.of(person)
            if match is None or match.number in parsed.people or match.number in parsed.refused_numbers:
                continue
            before = _words(name_of(match), match.values[EMAIL])
            case = Suspicious(
                person.line, number, "new_number", before, after, (RENUMBER, DIFFERENT, SKIP), match.number
            )
        answer, reason = decisions.rows.get(number, ("", ""))
        if answer in case.choices and reason.strip():
            case.answer, case.reason = answer, reason.strip()
        found.append(case)
    return found


def renumbered_stop(cases: list[Suspicious]) -> list[str]:
    """Sentences for the cases nobody decided."""
    stops = []
    open_ = [case for case in cases if not case.answer]
    if handed := [case for case in open_ if case.kind == "renumbered"]:
        shown = "; ".join(f"{c.number}: {c.before.split(' · ')[0]} → {c.after.split(' · ')[0]}" for c in handed[:8])
        sentence = ngettext(
            "%(count)d known employee number now carries another name and another address (%(shown)s). "
            "Numbers seem to have been handed round. Ask whoever made the file, and decide; nothing was imported.",
            "%(count)d known employee numbers now carry another name and another address (%(shown)s). "
            "Numbers seem to have been handed round. Ask whoever made the file, and decide; nothing was imported.",
            len(handed),
        )
        stops.append(sentence % {"count": len(handed), "shown": shown + (" …" if len(handed) > 8 else "")})
    if renamed := [case for case in open_ if case.kind == "new_number"]:
        shown = "; ".join(f"{c.after.split(' · ')[0]}: {c.match} → {c.number}" for c in renamed[:8])
        sentence = ngettext(
            "%(count)d person known here comes with a new number (%(shown)s). Decide whether it is the same person.",
            "%(count)d people known here come with new numbers (%(shown)s). Decide whether they are the same people.",
            len(renamed),
        )
        stops.append(sentence % {"count": len(renamed), "shown": shown + (" …" if len(renamed) > 8 else "")})
    return stops


def former_stop(found: Mapping[str, str]) -> str:
    """A sentence about paths that are those of other units' past: former path → today's."""
    shown = "; ".join(f"“{old}” → “{new}”" for old, new in sorted(found.items())[:4])
    sentence = ngettext(
        "%(count)d unit of the file has a former name or place (%(shown)s). Say whether it is the same unit.",
        "%(count)d units of the file have former names or places (%(shown)s). Say whether they are the same units.",
        len(found),
    )
    return sentence % {"count": len(found), "shown": shown + (" …" if len(found) > 4 else "")}


def retired(number: str, today: dt.date) -> str:
    """What a number is called once somebody else has it."""
    return f"{number[:28]}~{today:%Y%m%d}"


def settle(
    cases: list[Suspicious], parsed: Parsed, known: dict[str, Known], table: Table, today: dt.date
) -> tuple[dict[str, Known], list[Known], list[str]]:
    """Carry out what was decided: who is known under which number now, who left with a retired number, and stops.

    Undecided rows and those left out are taken from ``parsed``.
    """
    moves: dict[str, str] = {}
    gone: list[str] = []
    for case in cases:
        if case.answer in ("", SKIP):
            person = parsed.people[case.number]
            parsed.refused_names |= {person.name.casefold(), person.values.get("email") or ""}
            if case.match:
                parsed.refused_numbers.add(case.match)
            if case.answer:
                reject_person(parsed, table, case.number, "number", case.number,
                              _("was left out by decision: %(reason)s") % {"reason": case.reason},
                              _("Nothing, or correct the number and import again."))  # fmt: skip
            else:
                del parsed.people[case.number]
                parsed.refused_numbers.add(case.number)
        elif case.answer == RENUMBER:
            moves[case.match] = case.number
        elif case.answer == DIFFERENT and case.kind == "renumbered":
            gone.append(case.number)
        elif case.answer == DIFFERENT and case.match in known:
            person = parsed.people[case.number]
            if person.values.get("email") == known[case.match].values[EMAIL]:
                person.values["email"] = None  # it belongs to the other one
    return _relabel(known, moves, gone, today)


def _relabel(
    known: dict[str, Known], moves: Mapping[str, str], gone: list[str], today: dt.date
) -> tuple[dict[str, Known], list[Known], list[str]]:
    """``known`` under the numbers that were decided."""
    if not moves and not gone:
        return known, [], []
    new_of = {**moves, **{number: retired(number, today) for number in gone if number not in moves}}
    held: dict[str, Known] = {}
    stops: list[str] = []
    for number, one in known.items():
        target = new_of.get(number, number)
        if target in held:
            stops.append(
                _("Number %(number)s would belong to two people, %(one)s and %(other)s. Decide about both of them.")
                % {"number": target, "one": name_of(held[target]), "other": name_of(one)}
            )
            continue
        if target != number:
            one = Known(one.pk, target, one.unit, one.manager, one.values, number_before=number)
        held[target] = one
    for one in held.values():
        one.manager = new_of.get(one.manager, one.manager)
    left = [held[new_of[number]] for number in gone if number not in moves and new_of[number] in held]
    return held, left, stops


def leavers_stop(changes: list[Change], here: int, admins: Mapping[int, str]) -> tuple[str, str]:
    """(a stop that may be accepted, a stop that may not): too many leave, or everybody who can administer leaves."""
    leaving = [change for change in changes if change.kind == "left"]
    fatal = ""
    gone = {change.pk for change in leaving if change.fields["left_on"][1] is not None}
    if admins and set(admins) <= gone:
        fatal = _(
            "This import would let the last HR admin leave (%(names)s). Give somebody else the role first, "
            "or take them out of the leavers."
        ) % {"names": ", ".join(admins.values())}
    if len(leaving) < LEAVERS_LEAST or len(leaving) <= LEAVERS_SHARE * here:
        return "", fatal
    many = _(
        "%(count)d of %(here)d people would leave, more than %(share)d %%. Is the file complete? "
        "If they really leave, say so with a reason."
    ) % {"count": len(leaving), "here": here, "share": round(LEAVERS_SHARE * 100)}
    return many, fatal
