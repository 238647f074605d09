"""What every reader of quizzes returns: the questions that are sound, and what was wrong with the others, by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from programs.training import questions

MOST_QUESTIONS = 500


@dataclass(frozen=True)
class Problem:
    """``line``: from 1, in the file as it was given."""

    line: int
    question: str
    reason: str

    def __str__(self) -> str:
        named = f" “{self.question}”" if self.question else ""
        return _("Line %(line)d%(named)s: %(reason)s") % {"line": self.line, "named": named, "reason": self.reason}


@dataclass
class Read:
    """``lines``: on which each of ``questions`` begins."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, question: dict[str, Any], line: int) -> None:
        """Keep it if it is sound; say what is wrong otherwise."""
        found = questions.check(question)
        if len(self.questions) >= MOST_QUESTIONS:
            too_many = _("A quiz takes %(most)d questions at most.") % {"most": MOST_QUESTIONS}
            self.refuse(line, question["text"], too_many)
        elif found:
            self.refuse(line, question["text"], " ".join(dict.fromkeys(found.values())))
        else:
            self.questions.append(questions.clean(question))
            self.lines.append(line)

    def refuse(self, line: int, text: str, reason: str) -> None:
        short = " ".join(text.split())
        self.problems.append(Problem(line, short if len(short) <= 60 else short[:59] + "…", reason))


class Broken(ValueError):
    """This question cannot be read; the message says why and what to do."""
