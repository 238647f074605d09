"""One language of a course beside its main one: a field for every text, none of them required."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from culture.access import organisation
from programs.training.interchange.plans import CoursePlan, LessonText, is_worded, question_mark
from programs.training.questions import Kind, kind_of


class LanguageForm(forms.Form):
    """Fields ``name``, ``summary``, ``lesson_<key>_title`` …, ``question_<n>_text``, ``question_<n>_option_<m>`` …"""

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: CoursePlan, language: str) -> None:
        self.plan, self.language = plan, language
        super().__init__(data, initial=self._initial())
        self.fields["name"] = _line(_("Name"))
        self.fields["summary"] = _lines(_("What one can do afterwards"))
        for lesson in plan.lessons:
            key, rows = f"lesson_{lesson.key}", 6 + len(lesson.texts[plan.language].body) // 90
            self.fields[f"{key}_title"] = _line(_("Title"))
            self.fields[f"{key}_body"] = _lines(_("Text"), rows=min(rows, 24))
            if lesson.texts[plan.language].reflect:
                self.fields[f"{key}_reflect"] = _lines(_("A question to think about"), rows=2)
        for number, question in enumerate(plan.quiz):
            self._add_question(f"question_{number}", question)

    def _add_question(self, key: str, question: Mapping[str, Any]) -> None:
        self.fields[f"{key}_text"] = _lines(_("Question"), rows=2)
        for place, _option in enumerate(question.get("options", [])):
            self.fields[f"{key}_option_{place}"] = _line(_("Answer %(n)s") % {"n": place + 1}, longest=1000)
            if _reason(question, place):
                self.fields[f"{key}_reason_{place}"] = _lines(
                    _("What follows from answer %(n)s") % {"n": place + 1}, rows=2
                )
        if kind_of(question) == Kind.NUMBER and question.get("unit"):
            self.fields[f"{key}_unit"] = _line(_("Unit"))
        if question.get("why"):
            self.fields[f"{key}_why"] = _lines(_("Why (shown after answering)"), rows=2)

    def _initial(self) -> dict[str, Any]:
        plan, code = self.plan, self.language
        values: dict[str, Any] = {"name": plan.names.get(code, ""), "summary": plan.summaries.get(code, "")}
        for lesson in plan.lessons:
            text = lesson.texts.get(code) or LessonText("", "")
            for part in ("title", "body", "reflect"):
                values[f"lesson_{lesson.key}_{part}"] = getattr(text, part)
        for number, question in enumerate(plan.quiz):
            said = plan.quiz_words.get(code, {}).get(question.get("name", ""), {})
            values |= {f"question_{number}_{part}": said.get(part, "") for part in ("text", "why", "unit")}
            for part in ("option", "reason"):
                texts = said.get(f"{part}s") or []
                values |= {f"question_{number}_{part}_{place}": text for place, text in enumerate(texts)}
        return values

    def words(self) -> dict[str, Any]:
        """As ``editions.translate`` takes them."""
        data = self.cleaned_data
        lessons = {}
        for lesson in self.plan.lessons:
            parts = (data.get(f"lesson_{lesson.key}_{part}", "") for part in ("title", "body", "reflect"))
            lessons[lesson.key] = LessonText(*parts)
        quiz = {question["name"]: self._said(number, question) for number, question in enumerate(self.plan.quiz)}
        return {"name": data["name"], "summary": data["summary"], "lessons": lessons, "quiz": quiz}

    def _said(self, number: int, question: Mapping[str, Any]) -> dict[str, Any]:
        data, key = self.cleaned_data, f"question_{number}"
        said: dict[str, Any] = {part: data.get(f"{key}_{part}", "") for part in ("text", "why", "unit")}
        places = range(len(question.get("options", [])))
        if places:
            said["options"] = [data.get(f"{key}_option_{place}", "") for place in places]
            said["reasons"] = [data.get(f"{key}_reason_{place}", "") for place in places]
        return {part: value for part, value in said.items() if value and any(value)}

    def sections(self) -> list[dict[str, Any]]:
        """What the page shows: a title, whether it is missing or stale, and pairs (main text, field)."""
        plan, main = self.plan, self.plan.language
        about = [(plan.name, self["name"])]
        if plan.summaries.get(main):
            about.append((plan.summaries[main], self["summary"]))
        found = [{"title": _("Name"), "state": "" if plan.names.get(self.language) else "missing", "pairs": about}]
        for number, lesson in enumerate(plan.lessons, start=1):
            text, key = lesson.texts[main], f"lesson_{lesson.key}"
            pairs = [(text.title, self[f"{key}_title"]), (text.body, self[f"{key}_body"])]
            if text.reflect:
                pairs.append((text.reflect, self[f"{key}_reflect"]))
            mine = lesson.texts.get(self.language)
            state = "missing" if not (mine and mine.title and mine.body) else ""
            state = state or ("stale" if mine and mine.of and mine.of != text.mark else "")
            found.append({"title": _("Lesson %(n)s") % {"n": number}, "state": state, "pairs": pairs})
        return found + [self._question_section(number, question) for number, question in enumerate(plan.quiz)]

    def _question_section(self, number: int, question: Mapping[str, Any]) -> dict[str, Any]:
        key, pairs = f"question_{number}", [(question["text"], self[f"question_{number}_text"])]
        for place, option in enumerate(question.get("options", [])):
            pairs.append((option, self[f"{key}_option_{place}"]))
            if reason := _reason(question, place):
                pairs.append((reason, self[f"{key}_reason_{place}"]))
        for part in ("unit", "why"):
            if f"{key}_{part}" in self.fields:
                pairs.append((question[part], self[f"{key}_{part}"]))
        said = self.plan.quiz_words.get(self.language, {}).get(question.get("name", ""), {})
        state = "missing" if not is_worded(question, said) else ""
        state = state or ("stale" if said.get("of") and said["of"] != question_mark(question) else "")
        return {"title": _("Question %(n)s") % {"n": number + 1}, "state": state, "pairs": pairs}


class AddLanguageForm(forms.Form):
    """The organisation's languages the course does not have yet."""

    code = forms.ChoiceField(label="")

    def __init__(self, data: Mapping[str, Any] | None = None, *, has: list[str]) -> None:
        super().__init__(data)
        offered = [row for row in organisation.language_choices() if row[0] not in has]
        self.fields["code"] = forms.ChoiceField(label=_("Add a language"), choices=offered)


def _reason(question: Mapping[str, Any], place: int) -> str:
    reasons = question.get("reasons") or []
    return reasons[place] if place < len(reasons) else ""


def _line(label: str, longest: int = 200) -> forms.CharField:
    return _plain(forms.CharField(label=label, required=False, max_length=longest))


def _lines(label: str, rows: int = 3) -> forms.CharField:
    return _plain(forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows})))


def _plain(field: forms.CharField) -> forms.CharField:
    """Not called optional, text by text: the page says once that all of them are."""
    field.needed_when_used = True  # type: ignore[attr-defined]
    return field
