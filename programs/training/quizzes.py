"""Rules of a quiz: what makes one sound, which questions an attempt asks, how it is scored, when one may try again.

Pure: no database, no clock. A quiz is a list of questions (``questions``); it is also the bank an attempt draws from.
``asked``: the indexes of an attempt's questions, ascending; answers stand in the same order.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from programs.training import questions
from programs.training.questions import Kind, Question, kind_of

Quiz = Sequence[Question]
Answers = Sequence[Sequence[Any]]
MOST_HOURS = 24 * 30


@dataclass(frozen=True)
class Rules:
    """``draw``: how many questions an attempt asks (0: all). ``tries`` in a row (0: no limit), then a pause.

    Nobody is ever locked out for good: after ``cooldown_hours`` as many attempts follow.
    """

    draw: int = 0
    tries: int = 0
    cooldown_hours: int = 0
    shuffled: bool = False


@dataclass(frozen=True)
class Paper:
    """One attempt: ``asked`` ascending, ``shown`` the same as shown, ``orders`` the order of each one's options."""

    asked: tuple[int, ...]
    shown: tuple[int, ...]
    orders: dict[int, tuple[int, ...]]


def check(quiz: Quiz, pass_mark: int, rules: Rules | None = None) -> dict[str, list[str]]:
    """Everything wrong, by field (``question_0_text``, ``question_0_right``, ``pass_mark`` …); empty when sound."""
    rules = rules or Rules()
    found: dict[str, list[str]] = {}
    if not 0 <= pass_mark <= 100:
        found["pass_mark"] = [_("The pass mark is a percentage from 0 to 100.")]
    if quiz and not 0 <= rules.draw <= len(quiz):
        found["draw"] = [_("There are only %(n)d questions to draw from.") % {"n": len(quiz)}]
    if rules.tries and not rules.cooldown_hours:
        found["cooldown_hours"] = [_("Say after how many hours one may try again: nobody is locked out for good.")]
    if rules.cooldown_hours > MOST_HOURS:
        found["cooldown_hours"] = [_("The pause is %(most)d hours (30 days) at most.") % {"most": MOST_HOURS}]
    for place, question in enumerate(quiz):
        for field, message in questions.check(question).items():
            found[f"question_{place}_{field}"] = [message]
    return found


def paper(quiz: Quiz, rules: Rules, *, seed: str) -> Paper:
    """The questions and orders of one attempt; the same ``seed`` gives the same paper."""
    dice = random.Random(seed)  # noqa: S311 - who sees which question is no secret
    every = range(len(quiz))
    asked = tuple(sorted(dice.sample(every, rules.draw) if 0 < rules.draw < len(quiz) else every))
    shown = list(asked)
    if rules.shuffled:
        dice.shuffle(shown)
    orders = {place: _order(quiz[place], rules, dice) for place in asked}
    return Paper(asked, tuple(shown), orders)


def _order(question: Question, rules: Rules, dice: random.Random) -> tuple[int, ...]:
    """Lines to be put into order are always shuffled, and never by chance into the right order."""
    places = list(range(len(question.get("options", []))))
    ordering = kind_of(question) == Kind.ORDER
    if ordering or rules.shuffled:
        dice.shuffle(places)
    if ordering and places == sorted(places):
        places = places[1:] + places[:1]
    return tuple(places)


def next_try(failed: Iterable[dt.datetime], rules: Rules) -> dt.datetime | None:
    """The moment from which one may try again; None: at any time.

    After ``tries`` failures the pause begins with the last of them; who waited has as many attempts again.
    """
    return _run(failed, rules)[1]


def tries_left(failed: Iterable[dt.datetime], rules: Rules, now: dt.datetime) -> int | None:
    """How many tries there are before the next pause; None: no limit."""
    if not rules.tries:
        return None
    run, until = _run(failed, rules)
    if until is not None:
        return rules.tries if now >= until else 0
    return rules.tries - run


def _run(failed: Iterable[dt.datetime], rules: Rules) -> tuple[int, dt.datetime | None]:
    """Failures since the last pause was over, and the end of the pause they led to."""
    run, until = 0, None
    for moment in sorted(failed):
        if until is not None and moment >= until:
            run, until = 0, None
        run += 1
        if 0 < rules.tries <= run:
            until = moment + dt.timedelta(hours=rules.cooldown_hours)
    return run, until


def check_answers(quiz: Quiz, asked: Sequence[int], answers: Answers) -> dict[str, list[str]]:
    """What keeps the answers from being scored, by ``answer_<n>`` (n: the question's place in the quiz)."""
    found: dict[str, list[str]] = {}
    for turn, place in enumerate(asked):
        if message := questions.check_answer(quiz[place], answers[turn] if turn < len(answers) else []):
            found[f"answer_{place}"] = [message]
    return found


def score(quiz: Quiz, asked: Sequence[int], answers: Answers) -> int:
    """Percent of the questions asked that were answered wholly right, rounded down: nobody passes by rounding."""
    if not asked:
        return 100
    right = sum(questions.is_right(quiz[place], answer) for place, answer in zip(asked, answers, strict=True))
    return right * 100 // len(asked)


def explain(quiz: Quiz, asked: Sequence[int], answers: Answers) -> list[dict[str, Any]]:
    """Per question asked: whether it was right, what was given, what is right, and why."""
    return [_explained(quiz[place], list(answer)) for place, answer in zip(asked, answers, strict=True)]


def _explained(question: Question, answer: list[Any]) -> dict[str, Any]:
    kind = kind_of(question)
    told = {
        "kind": kind.value,
        "text": question["text"],
        "right": questions.is_right(question, answer),
        "why": question.get("why", ""),
    }
    if kind == Kind.NUMBER:
        keys = ("answer", "tolerance", "unit")
        return told | {key: question.get(key, "") for key in keys} | {"given": str(answer[0]) if answer else ""}
    options, reasons = question["options"], question.get("reasons") or [""] * len(question["options"])
    if kind == Kind.ORDER:
        given = {line: turn for turn, line in enumerate(answer, start=1)}
        return told | {"options": [{"text": text, "given": given.get(n)} for n, text in enumerate(options)]}
    return told | {
        "options": [
            {"text": text, "chosen": n in answer, "right": n in question["right"], "reason": reasons[n]}
            for n, text in enumerate(options)
        ]
    }
