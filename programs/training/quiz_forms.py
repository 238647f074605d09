"""The quiz as people answer it, and the file somebody imports; both work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.training.answering import Turn
from programs.training.interchange import gift, moodle
from programs.training.interchange.reading import Read
from programs.training.questions import SINGLE, Kind, Question, kind_of
from programs.training.quizzes import Quiz

LARGEST_FILE = 2_000_000


class QuizForm(forms.Form):
    """Fields ``answer_<n>``, n the question's place in the quiz; ``answer_<n>_<m>`` for each line to be ordered."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, quiz: Quiz, turn: Turn) -> None:
        """``quiz``: the questions in the language they are read in."""
        super().__init__(data, initial={"number": turn.number})
        self.quiz, self.paper = quiz, turn.paper
        for place in self.paper.shown:
            self.fields |= self._made(place, self.quiz[place])
        for field in self.fields.values():
            # Asked for by the rules of the quiz, with their own words.
            field.needed_when_used = True  # type: ignore[attr-defined]

    def _made(self, place: int, question: Question) -> dict[str, forms.Field]:
        kind, order = kind_of(question), self.paper.orders[place]
        if kind == Kind.NUMBER:
            box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 10})
            return {f"answer_{place}": forms.CharField(label=question["text"], required=False, widget=box)}
        options = question["options"]
        if kind == Kind.ORDER:
            turns = [("", "–"), *((str(n + 1), str(n + 1)) for n in range(len(options)))]
            return {
                f"answer_{place}_{line}": forms.ChoiceField(label=options[line], choices=turns, required=False)
                for line in order
            }
        choices = [(str(index), options[index]) for index in order]
        made: forms.ChoiceField = (
            forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=False)
            if kind in SINGLE
            else forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, required=False)
        )
        made.label = question["text"]
        made.help_text = "" if kind in SINGLE else _("Several can be right.")
        return {f"answer_{place}": made}

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows, in its order: ``field``, or ``lines`` of a question to be put into order."""
        return [self._row(place) for place in self.paper.shown]

    def _row(self, place: int) -> dict[str, Any]:
        question = self.quiz[place]
        row = {"kind": kind_of(question).value, "text": question["text"], "unit": question.get("unit", "")}
        if row["kind"] == Kind.ORDER:
            return row | {"lines": [self[f"answer_{place}_{line}"] for line in self.paper.orders[place]]}
        return row | {"field": self[f"answer_{place}"]}

    def answers(self) -> list[list[Any]]:
        """In the order of ``paper.asked``."""
        return [self._answer(place) for place in self.paper.asked]

    def _answer(self, place: int) -> list[Any]:
        question = self.quiz[place]
        if kind_of(question) == Kind.ORDER:
            turns = {line: self.cleaned_data.get(f"answer_{place}_{line}") for line in self.paper.orders[place]}
            given = {line: int(turn) for line, turn in turns.items() if turn}
            # Two lines with one place: not an order, and the rules say so.
            clear = len(set(given.values())) == len(given)
            return sorted(given, key=given.__getitem__) if clear else []
        answer = self.cleaned_data.get(f"answer_{place}") or []
        if kind_of(question) == Kind.NUMBER:
            return [answer] if answer else []
        return [int(index) for index in ([answer] if isinstance(answer, str) else answer)]

    def refuse(self, error: ValidationError) -> None:
        for key, messages in error.message_dict.items():
            field = key if key in self.fields else self._first_line(key)
            self.add_error(field, messages)  # type: ignore[arg-type]

    def _first_line(self, key: str) -> str | None:
        place = key.removeprefix("answer_")
        if not place.isdigit() or int(place) not in self.paper.orders:
            return None
        return f"{key}_{self.paper.orders[int(place)][0]}"


class ImportForm(forms.Form):
    """A file of questions: GIFT (text) or Moodle XML, told apart by how it begins."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("GIFT (.txt) or Moodle XML (.xml), up to 2 MB.")
    )
    replace = forms.BooleanField(
        label=gettext_lazy("Take out the questions that are there"), required=False, initial=False
    )

    def clean_file(self) -> Read:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 2 MB: split it."))
        raw = file.read()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            told = _("Line %(line)d is not UTF-8: save the file with the encoding UTF-8 and try again.")
            raise ValidationError(told % {"line": line}) from error
        if "\x00" in text:
            raise ValidationError(_("This is not a text file: export the questions as GIFT or Moodle XML."))
        return moodle.read(text) if text.lstrip().startswith("<") else gift.read(text)
