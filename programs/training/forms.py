"""The course editor and assigning; both work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import organisation
from culture.framework.models import Requirement
from programs.training import editions, quizzes
from programs.training.interchange.plans import (
    REFRESH_DAYS,
    REFRESH_QUESTIONS,
    CoursePlan,
    LessonPlan,
    LessonText,
)
from programs.training.questions import Kind, Question, kind_of

# Answers shown for a new question; more are added one by one.
OPTIONS = 5
MOST = {"lesson": 40, "question": 60}
# Fields of a row that are never empty or never seen: they do not make it a used one.
UNTYPED = ("_kind", "_key", "_name")


class CourseForm(forms.Form):
    """Fields ``lesson_<n>_title``, ``question_<n>_option_<m>`` … are made per lesson and question.

    ``lesson_<n>_key`` and ``question_<n>_name`` say who a row is, so that its other languages stay with it.
    """

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
    language = forms.ChoiceField(
        label=gettext_lazy("Language you write in"),
        required=False,
        help_text=gettext_lazy("Other languages are added on the course's page, beside this one."),
    )
    refresh_days = forms.CharField(
        label=gettext_lazy("Refresh what was learned after so many days"),
        required=False,
        max_length=80,
        help_text=gettext_lazy(
            "Whoever completed the course is offered a few questions again, as an offer that counts for nothing. "
            "Numbers of days, such as 7, 30, 90; empty: never."
        ),
    )
    refresh_questions = forms.IntegerField(
        label=gettext_lazy("Questions each time"), min_value=1, max_value=10, required=False
    )
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
        spoken = organisation.language_choices(initial.get("language") or "")
        self.fields["language"].choices = spoken  # type: ignore[attr-defined]
        for number in range(self.counts["lesson"]):
            self._add_lesson(f"lesson_{number}")
        for number in range(self.counts["question"]):
            self._add_question(f"question_{number}", self.options[number])

    def _add_lesson(self, key: str) -> None:
        self.fields[f"{key}_key"] = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
        self.fields[f"{key}_title"] = _needed(forms.CharField(label=_("Title"), max_length=200, required=False))
        self.fields[f"{key}_body"] = _needed(
            forms.CharField(
                label=_("Text"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 8}),
                help_text=_("Markdown: ## heading, **bold**, - list, [link](https://…), ![what it shows](files/….png)"),
            )
        )
        self.fields[f"{key}_reflect"] = forms.CharField(
            label=_("A question to think about"),
            required=False,
            max_length=1000,
            help_text=_("Whoever reads can write down an answer for himself; nobody else sees it."),
        )
        self.fields[f"{key}_video"] = forms.CharField(
            label=_("Film"),
            required=False,
            max_length=500,
            help_text=_(
                "An address that begins with https://, or a file of the course such as files/greeting.mp4; its captions"
                " lie beside it: greeting.vtt, or greeting.it.vtt for one language."
            ),
        )
        self.fields[f"{key}_minutes"] = forms.IntegerField(
            label=_("Reading time in minutes"),
            required=False,
            min_value=0,
            max_value=240,
            help_text=_("Empty: estimated from the text."),
        )

    def _add_question(self, key: str, options: int) -> None:
        self.fields[f"{key}_name"] = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
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
                if key.startswith(f"{what}_{number}_") and not key.endswith(UNTYPED)
            )
        ]

    def clean_refresh_days(self) -> list[int]:
        typed = self.cleaned_data["refresh_days"].replace(";", ",").replace(",", " ").split()
        if not all(part.isdigit() and 1 <= int(part) <= 1000 for part in typed) or len(typed) > 10:
            raise ValidationError(_("Up to ten numbers of days from 1 to 1000, such as 7, 30, 90."))
        return sorted({int(part) for part in typed})

    def plan(self, before: CoursePlan | None) -> CoursePlan:
        """The course as it is on the page; other languages as they were ``before``, lesson by lesson."""
        data = self.cleaned_data
        plan = replace(before) if before else CoursePlan()
        old = {lesson.key: lesson for lesson in before.lessons} if before else {}
        chosen = data.get("language") or (before.language if before else "en")
        if before is None or before.languages == [before.language]:
            plan.language, plan.languages = chosen, [chosen]
            plan.names, plan.summaries = {}, {}
        main = plan.language
        plan.names, plan.summaries = {**plan.names, main: data["name"]}, {**plan.summaries, main: data["summary"]}
        plan.lessons = [self._lesson(n, main, old) for n in self.used("lesson")]
        plan.quiz = [self._question(n) for n in self.used("question")]
        if before:
            plan.quiz_words = editions.realigned(before.quiz, plan.quiz, before.quiz_words)
        plan.requirements, plan.pass_mark, plan.rules = data["requirements"], data["pass_mark"], self.rules()
        plan.sessions, plan.refresh_days = data["sessions"] or 0, data["refresh_days"]
        plan.refresh_questions = data["refresh_questions"] or REFRESH_QUESTIONS
        plan.files = None
        return plan

    def _lesson(self, number: int, main: str, old: Mapping[str, LessonPlan]) -> LessonPlan:
        data, key = self.cleaned_data, f"lesson_{number}"
        was = old.get(data[f"{key}_key"])
        others = {code: text for code, text in was.texts.items() if code != main} if was and len(was.texts) > 1 else {}
        text = LessonText(data[f"{key}_title"], data[f"{key}_body"], data[f"{key}_reflect"])
        minutes, video = data[f"{key}_minutes"] or 0, data[f"{key}_video"]
        return LessonPlan({main: text, **others}, minutes, video, was.key if was else "")

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
        parts = ("name", "kind", "text", "why", "answer", "tolerance", "unit")
        made = {part: data[f"{key}_{part}"] for part in parts}
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
        parts = ("key", "title", "body", "reflect", "video", "minutes")
        return [
            {"number": n, "shown_as": n + 1, **{part: self[f"lesson_{n}_{part}"] for part in parts}}
            for n in range(self.counts["lesson"])
        ]

    def question_rows(self) -> list[dict[str, Any]]:
        return [self._question_row(n) for n in range(self.counts["question"])]

    def _question_row(self, number: int) -> dict[str, Any]:
        key = f"question_{number}"
        parts = ("name", "kind", "text", "right", "why", "answer", "tolerance", "unit")
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


def blank(language: str) -> dict[str, Any]:
    return {
        "language": language,
        "pass_mark": 70,
        "shuffled": True,
        "refresh_days": ", ".join(map(str, REFRESH_DAYS)),
        "refresh_questions": REFRESH_QUESTIONS,
        "lesson_count": 1,
        "question_count": 1,
    }


def saved(plan: CoursePlan) -> dict[str, Any]:
    """A course as the form's values, in its main language."""
    values: dict[str, Any] = {
        "name": plan.name,
        "summary": plan.summaries.get(plan.language, ""),
        "language": plan.language,
        "requirements": plan.requirements,
        "pass_mark": plan.pass_mark,
        "sessions": plan.sessions,
        "draw": plan.rules.draw,
        "tries": plan.rules.tries,
        "cooldown_hours": plan.rules.cooldown_hours,
        "shuffled": plan.rules.shuffled,
        "refresh_days": ", ".join(map(str, plan.refresh_days)),
        "refresh_questions": plan.refresh_questions,
    }
    for n, lesson in enumerate(plan.lessons):
        text = lesson.texts[plan.language]
        values |= {f"lesson_{n}_key": lesson.key, f"lesson_{n}_title": text.title, f"lesson_{n}_body": text.body}
        values |= {f"lesson_{n}_reflect": text.reflect, f"lesson_{n}_video": lesson.video}
        values[f"lesson_{n}_minutes"] = lesson.minutes or ""
    for n, question in enumerate(plan.quiz):
        values |= {f"question_{n}_{part}": value for part, value in _saved_question(question).items()}
    return {**values, "lesson_count": max(len(plan.lessons), 1), "question_count": len(plan.quiz)}


def _saved_question(question: Question) -> dict[str, Any]:
    parts = ("name", "text", "why", "answer", "tolerance", "unit")
    values: dict[str, Any] = {part: question.get(part, "") for part in parts}
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
