"""The certificate of an award: the page and the fonts are those of courses (certificate.typ), the words are its own."""

from __future__ import annotations

from typing import Any

from django.utils import timezone, translation

from culture.access import clock, organisation
from culture.framework.texts import pick
from programs.recognition.award_models import AwardWinner
from programs.recognition.texts_awards import words
from programs.training import certificates
from programs.training.certificates import Printed


def printed(won: AwardWinner, *, language: str) -> Printed:
    """As PDF/A in one of the five languages; ``missing``: letters that no font of this machine has."""
    return certificates.rendered(_data(won, language))


def _data(won: AwardWinner, language: str) -> dict[str, Any]:
    code, said = words(language)
    candidate = won.candidate
    award = pick(candidate.round.award.name, code)
    assert candidate.decided_at is not None
    with translation.override(code):
        lines = [said["on"].format(day=certificates.day_in(timezone.localdate(candidate.decided_at, clock.zone())))]
        behaviours = dict.fromkeys(
            pick(one.behaviour.words, code)
            for one in candidate.nominations.filter(withdrawn_at=None).select_related("behaviour")
        )
    if candidate.unit is not None:
        lines.insert(0, said["team"].format(team=candidate.unit.name))
    lines += [said["for"].format(behaviour=one) for one in list(behaviours)[:2]]
    return {
        "title": f"{said['certificate']}: {award}",
        "organisation": organisation.current().name,
        "lang": code.split("-")[0],
        "fonts": [
            certificates.LATIN,
            *(family for family in certificates.CHINESE if family in certificates.families()),
        ],
        "name": won.employee.name,
        "course": award,
        "lines": lines,
        "link": "",
        "qr": "",
        "verify": "",
        "no_link": "",
        **{key: said[key] for key in ("certificate", "that", "completed")},
    }
