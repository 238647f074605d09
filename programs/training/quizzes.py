"""Rules of a quiz: what makes one sound, how it is scored, how answers are explained. Pure: no database, no clock.

A quiz is ``[{"text", "options": [str], "right": [index], "why": str}]``; answers are one list of indexes per question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

Quiz = Sequence[Mapping[str, Any]]
Answers = Sequence[Iterable[int]]


def check(quiz: Quiz, pass_mark: int) -> dict[str, list[str]]:
    """Everything wrong, by field (``question_0_text``, ``question_0_right``, ``pass_mark``); empty when sound."""
    found: dict[str, list[str]] = {}
    if not 0 <= pass_mark <= 100:
        found["pass_mark"] = [_("The pass mark is a percentage from 0 to 100.")]
    for number, question in enumerate(quiz):
        options, right = question.get("options", []), set(question.get("right", []))
        key = f"question_{number}"
        if not str(question.get("text", "")).strip():
            found[f"{key}_text"] = [_("Write the question.")]
        if len(options) < 2:
            found[f"{key}_option_0"] = [_("Give at least two answers to choose from.")]
        elif len({str(option).strip().casefold() for option in options}) < len(options):
            found[f"{key}_option_0"] = [_("Two of the answers are the same.")]
        if not right:
            found[f"{key}_right"] = [_("No answer is marked as right: tick at least one.")]
        elif not right <= set(range(len(options))):
            found[f"{key}_right"] = [_("An answer marked as right is empty.")]
        elif len(right) == len(options) > 1:
            found[f"{key}_right"] = [_("Every answer is marked as right: leave at least one wrong.")]
    return found


def check_answers(quiz: Quiz, answers: Answers) -> dict[str, list[str]]:
    """What keeps the answers from being scored, by ``answer_<n>``."""
    found: dict[str, list[str]] = {}
    given = [set(answer) for answer in answers]
    for number, question in enumerate(quiz):
        chosen = given[number] if number < len(given) else set()
        if not chosen:
            found[f"answer_{number}"] = [_("Choose an answer.")]
        elif not chosen <= set(range(len(question["options"]))):
            found[f"answer_{number}"] = [_("Choose one of the answers shown.")]
    return found


def score(quiz: Quiz, answers: Answers) -> int:
    """Percent of the questions answered exactly right, rounded down so that nobody passes by rounding."""
    if not quiz:
        return 100
    right = sum(set(q["right"]) == set(a) for q, a in zip(quiz, answers, strict=True))
    return right * 100 // len(quiz)


def explain(quiz: Quiz, answers: Answers) -> list[dict[str, Any]]:
    """Per question: whether it was right, every option with what was chosen and what is right, and why."""
    told = []
    for question, answer in zip(quiz, answers, strict=True):
        chosen, right = set(answer), set(question["right"])
        options = [
            {"text": text, "chosen": index in chosen, "right": index in right}
            for index, text in enumerate(question["options"])
        ]
        told.append(
            {"text": question["text"], "right": chosen == right, "options": options, "why": question.get("why", "")}
        )
    return told
