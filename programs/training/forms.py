"""The course editor and assigning; both work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.framework.models import Requirement
from programs.planning.models import Cohort
from programs.training import quizzes
from programs.training.models import CourseVersion
from programs.training.questions import Kind, Question, kind_of

# Answers shown for a new question; more are added one by one.
OPTIONS = 5
MOST = {"lesson": 40, "question": 60}


class CourseForm(forms.Form):
    """Fields ``lesson_<n>_title``, ``question_<n>_option_<m>`` … are made per lesson and question."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What one can do afterwards"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    requirements = forms.MultipleChoiceField(
        label=gettext_lazy("Serves these requirements"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pass_mark = forms.IntegerField(
        label=gettext_lazy("Pass mark, in percent"),
        min_value=0,
        max_value=100,
        error_messages={
            "min_value": gettext_lazy("The pass mark is a percentage from 0 to 100."),
            "max_value": gettext_lazy("The pass mark is a percentage from 0 to 100."),
        },
        help_text=gettext_lazy("How many of the questions must be right. Without a quiz it does not matter."),
    )
    sessions = forms.IntegerField(
        label=gettext_lazy("Meetings in class to attend"),
        min_value=0,
        max_value=50,
        required=False,
        help_text=gettext_lazy("0: none. You plan the sessions on the course's page; who came counts for the course."),
    )
    draw = forms.IntegerField(
        label=gettext_lazy("Questions asked at a time"),
        min_value=0,
        required=False,
        help_text=gettext_lazy("Each try draws so many from those below. 0: all of them."),
    )
    tries = forms.IntegerField(
        label=gettext_lazy("Tries in a row"),
        min_value=0,
        max_value=20,
        required=False,
        help_text=gettext_lazy("0: as many as one likes. After the last one there is a pause, then as many again."),
    )
    cooldown_hours = forms.IntegerField(
        label=gettext_lazy("Pause after them, in hours"), min_value=0, max_value=quizzes.MOST_HOURS, required=False
    )
    shuffled = forms.BooleanField(label=gettext_lazy("Shuffle questions and answers"), required=False)
    lesson_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    question_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        source = data if data is not None else initial
        self.counts = {what: count_of(source, what) for what in MOST}
        self.options = {n: options_of(source, n) for n in range(self.counts["question"])}
        # What the course names already stays to be chosen, though it was switched off since.
        named = initial.get("requirements") or []
        offered = [r for r in Requirement.objects.all() if r.is_active or r.code in named]
        choices = [(r.code, f"{r.code} {r.label}") for r in offered]
        self.fields["requirements"].choices = choices  # type: ignore[attr-defined]
        for number in range(self.counts["lesson"]):
            self._add_lesson(f"lesson_{number}")
        for number in range(self.counts["question"]):
            self._add_question(f"question_{number}", self.options[number])

    def _add_lesson(self, key: str) -> None:
        self.fields[f"{key}_title"] = _needed(forms.CharField(label=_("Title"), max_length=200, required=False))
        self.fields[f"{key}_body"] = _needed(
            forms.CharField(
                label=_("Text"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text=_("Markdown: ## heading, **bold**, - list, [link](https://…)"),
            )
        )

    def _add_question(self, key: str, options: int) -> None:
        self.fields[f"{key}_kind"] = _needed(forms.ChoiceField(label=_("Kind"), choices=Kind.choices, required=False))
        self.fields[f"{key}_text"] = _needed(
            forms.CharField(label=_("Question"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
        )
        letters = [(str(n), _("Answer %(n)s is right") % {"n": n + 1}) for n in range(options)]
        for n in range(options):
            made = forms.CharField(label=_("Answer %(n)s") % {"n": n + 1}, required=False)
            self.fields[f"{key}_option_{n}"] = _needed(made) if n < 2 else made
            self.fields[f"{key}_reason_{n}"] = forms.CharField(
                label=_("What follows from answer %(n)s") % {"n": n + 1}, required=False
            )
        self.fields[f"{key}_right"] = _needed(
            forms.MultipleChoiceField(
                label=_("Which are right"), choices=letters, required=False, widget=forms.CheckboxSelectMultiple
            )
        )
        self.fields[f"{key}_answer"] = _needed(forms.CharField(label=_("Right number"), required=False))
        self.fields[f"{key}_tolerance"] = forms.CharField(
            label=_("May be off by"), required=False, help_text=_("0 or empty: must be exact.")
        )
        self.fields[f"{key}_unit"] = forms.CharField(
            label=_("Unit"), required=False, max_length=30, help_text=_("Shown behind the field: %, days, …")
        )
        self.fields[f"{key}_why"] = forms.CharField(
            label=_("Why (shown after answering)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
        )

    def used(self, what: str) -> list[int]:
        """The lessons or questions where anything was typed or ticked; empty rows do not count."""
        data = cast(QueryDict, self.data)
        return [
            number
            for number in range(self.counts[what])
            if any(
                any(value.strip() for value in data.getlist(key))
                for key in data
                if key.startswith(f"{what}_{number}_") and not key.endswith("_kind")
            )
        ]

    def lessons(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        return [(data[f"lesson_{n}_title"], data[f"lesson_{n}_body"]) for n in self.used("lesson")]

    def quiz(self) -> list[dict[str, Any]]:
        return [self._question(n) for n in self.used("question")]

    def rules(self) -> quizzes.Rules:
        data = self.cleaned_data
        return quizzes.Rules(
            draw=data["draw"] or 0,
            tries=data["tries"] or 0,
            cooldown_hours=data["cooldown_hours"] or 0,
            shuffled=data["shuffled"],
        )

    def _filled(self, number: int) -> list[int]:
        """The answers of a question that were given; empty ones between are closed up."""
        return [m for m in range(self.options[number]) if self.cleaned_data[f"question_{number}_option_{m}"]]

    def _question(self, number: int) -> dict[str, Any]:
        """An empty answer ticked as right becomes an index that does not exist, which the rules refuse."""
        data, key = self.cleaned_data, f"question_{number}"
        filled = self._filled(number)
        place = {old: new for new, old in enumerate(filled)}
        made = {part: data[f"{key}_{part}"] for part in ("kind", "text", "why", "answer", "tolerance", "unit")}
        return {
            **made,
            "options": [data[f"{key}_option_{m}"] for m in filled],
            "reasons": [data[f"{key}_reason_{m}"] for m in filled],
            "right": [place.get(int(m), self.options[number] + int(m)) for m in data[f"{key}_right"]],
        }

    def refuse(self, error: ValidationError) -> None:
        """Show a service's messages beside the fields they are about."""
        for key, messages in error.message_dict.items():
            field = self._field_of(key)
            self.add_error(field if field in self.fields else None, messages)  # type: ignore[arg-type]

    def _field_of(self, key: str) -> str:
        """The services count what was used and given; the page also shows what was left empty."""
        what, _mark, rest = key.partition("_")
        number, _mark, part = rest.partition("_")
        if what not in MOST or not number.isdigit():
            return key
        shown = self.used(what)[int(number)]
        word, _mark, option = part.partition("_")
        if word in {"option", "reason"}:
            filled = self._filled(shown)
            option = str(filled[int(option)] if int(option) < len(filled) else option)
            part = f"{word}_{option}"
        return f"{what}_{shown}_{part}"

    def lesson_rows(self) -> list[dict[str, Any]]:
        return [
            {"number": n, "shown_as": n + 1, "title": self[f"lesson_{n}_title"], "body": self[f"lesson_{n}_body"]}
            for n in range(self.counts["lesson"])
        ]

    def question_rows(self) -> list[dict[str, Any]]:
        return [self._question_row(n) for n in range(self.counts["question"])]

    def _question_row(self, number: int) -> dict[str, Any]:
        key = f"question_{number}"
        parts = ("kind", "text", "right", "why", "answer", "tolerance", "unit")
        return {
            "number": number,
            "shown_as": number + 1,
            "options": [(self[f"{key}_option_{m}"], self[f"{key}_reason_{m}"]) for m in range(self.options[number])],
            **{part: self[f"{key}_{part}"] for part in parts},
        }


def _needed(field: forms.Field) -> forms.Field:
    """A field that may stay empty only together with its whole lesson or question: not called optional."""
    field.needed_when_used = True  # type: ignore[attr-defined]
    return field


def options_of(values: Mapping[str, Any], number: int) -> int:
    """How many answers question ``number`` has room for: all that were given, and a few to begin with."""
    given = 0
    while f"question_{number}_option_{given}" in values:
        given += 1
    return max(OPTIONS, given)


def one_more_option(values: dict[str, Any], number: int) -> dict[str, Any]:
    """``values`` with an empty answer added to question ``number``."""
    room = options_of(values, number)
    keys = [f"question_{number}_option_{n}" for n in range(room + 1)]
    return {**values, **{key: values.get(key, "") for key in keys}}


def count_of(values: Mapping[str, Any], what: str) -> int:
    try:
        return min(max(int(values.get(f"{what}_count") or 0), 0), MOST[what])
    except (TypeError, ValueError):
        return 1


def blank() -> dict[str, Any]:
    return {"pass_mark": 70, "shuffled": True, "lesson_count": 1, "question_count": 1}


def saved(version: CourseVersion) -> dict[str, Any]:
    """A version as the form's values."""
    course = version.course
    values: dict[str, Any] = {
        "name": course.name,
        "summary": course.summary,
        "requirements": course.requirements,
        "pass_mark": version.pass_mark,
        "sessions": version.sessions,
        "draw": version.draw,
        "tries": version.tries,
        "cooldown_hours": version.cooldown_hours,
        "shuffled": version.shuffled,
    }
    lessons = list(version.lessons.all())
    for n, lesson in enumerate(lessons):
        values[f"lesson_{n}_title"], values[f"lesson_{n}_body"] = lesson.title, lesson.body
    for n, question in enumerate(version.quiz):
        values |= {f"question_{n}_{part}": value for part, value in _saved_question(question).items()}
    return {**values, "lesson_count": max(len(lessons), 1), "question_count": len(version.quiz)}


def _saved_question(question: Question) -> dict[str, Any]:
    values: dict[str, Any] = {part: question.get(part, "") for part in ("text", "why", "answer", "tolerance", "unit")}
    values["kind"] = kind_of(question).value
    values["right"] = [str(index) for index in question.get("right", [])]
    values |= {f"option_{m}": option for m, option in enumerate(question.get("options", []))}
    return values | {f"reason_{m}": reason for m, reason in enumerate(question.get("reasons", []))}


def typed(data: QueryDict) -> dict[str, Any]:
    """Everything as it was typed, for a page that is shown again without judging it."""
    return {
        key: data.getlist(key) if key.endswith("_right") or key == "requirements" else data.get(key) for key in data
    }


def one_more(values: dict[str, Any], what: str) -> dict[str, Any]:
    return {**values, f"{what}_count": min(count_of(values, what) + 1, MOST[what])}


def without(values: dict[str, Any], what: str, gone: int) -> dict[str, Any]:
    """``values`` with one lesson or question taken out and the later ones moved up."""
    numbers = [n for n in range(count_of(values, what)) if n != gone]
    place = {old: new for new, old in enumerate(numbers)}
    kept: dict[str, Any] = {}
    for key, value in values.items():
        word, _mark, rest = key.partition("_")
        number, _mark, part = rest.partition("_")
        if word != what or not number.isdigit():
            kept[key] = value
        elif int(number) in place:
            kept[f"{what}_{place[int(number)]}_{part}"] = value
    return {**kept, f"{what}_count": len(numbers)}


class CohortChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.program.name}: {obj.name}"


class AssignForm(forms.Form):
    cohort = CohortChoice(label=gettext_lazy("Cohort"), queryset=Cohort.objects.none())
    due_on = forms.DateField(
        label=gettext_lazy("Due on (the last day on time)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts.select_related("program")  # type: ignore[attr-defined]
