"""Receipts on the respondent's side: what goes into the envelope, and the code he is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from surveys.answering.words_receipts import receipt_words
from surveys.waves import keys, receipts

if TYPE_CHECKING:
    from surveys.answering.visits import Visit


def context(visit: Visit, closes: str) -> dict[str, Any]:
    """``receipt`` for the thanks (on a shared tablet: the summary before sending); empty where the wave gives none."""
    if not visit.wave.rules.get("receipts"):
        return {}
    words = receipt_words(visit.language)
    return {
        "receipt": {
            "title": words["receipt"],
            "code": receipts.grouped(keys.receipt_code(visit.token)),
            "note": words["receipt_keep"].format(date=closes),
            "before": words["receipt_before"] if visit.kiosk else "",
            "where": settings.BASE_URL + reverse("results:receipts", args=[visit.wave.pk]),
        }
    }


def promise(visit: Visit) -> list[str]:
    """What the first page says of receipts, if there are any."""
    given = visit.wave.rules.get("receipts")
    return [receipt_words(visit.language)["promise_receipt"]] if given else []
