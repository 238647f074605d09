"""The path editor, for whom a path is, and what HR grants or spares somebody; all work without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access.organisation import language_choices
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.planning.models import Cohort, Program
from programs.training.models import Assignment, Course
from programs.training.path_models import Path, PathRule, Step
from programs.training.path_rules import MOST_STEPS, Conditions, StepPlan

PARTS = ("pk", "what", "times", "due_days", "due_on", "after", "months", "window")
GIVEN = {"times": "1", "months": "0", "window": "0"}


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class PathForm(forms.Form):
    """Fields ``step_<n>_what`` … are made per step."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(
        gettext_lazy("Last day on which people are put on it"),
        help_text=gettext_lazy("Who is on it then goes on to the end. You can move this day."),
    )
    also_under_way = forms.BooleanField(
        label=gettext_lazy("What you change also holds for those under way"),
        required=False,
        help_text=gettext_lazy(
            "Only where it is not done yet. Otherwise it holds for who comes from now on: nobody begins anew, and what "
            "is done stays as it was asked for."
        ),
    )
    step_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        source = data if data is not None else initial
        self.count = count_of(source)
        self.choices = subjects({str(source.get(f"step_{n}_what") or "") for n in range(self.count)})
        for n in range(self.count):
            self._add_step(f"step_{n}")

    def _add_step(self, key: str) -> None:
        self.fields[f"{key}_pk"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        self.fields[f"{key}_what"] = _needed(
            forms.ChoiceField(label=_("What is to be done"), choices=self.choices, required=False)
        )
        self.fields[f"{key}_due_days"] = _needed(
            forms.IntegerField(label=_("Due, days after beginning"), required=False)
        )
        self.fields[f"{key}_due_on"] = day_field(
            _("or on a fixed day"), required=False, help_text=_("With both, the later one counts.")
        )
        self.fields[f"{key}_times"] = forms.IntegerField(
            label=_("Meetings to attend"), required=False, help_text=_("In class only.")
        )
        self.fields[f"{key}_after"] = forms.CharField(
            label=_("Only after steps"), required=False, max_length=100, help_text=_("Their numbers: 1, 2")
        )
        self.fields[f"{key}_months"] = forms.IntegerField(
            label=_("Valid for months"), required=False, help_text=_("0: for good.")
        )
        self.fields[f"{key}_window"] = forms.IntegerField(
            label=_("Renew from days before its end"),
            required=False,
            help_text=_("Who renews in these days keeps the cycle."),
        )

    def used(self) -> list[int]:
        """The steps in which something was said; empty ones do not count."""
        return [
            n
            for n in range(self.count)
            if self.data.get(f"step_{n}_what")
            or self.data.get(f"step_{n}_due_days")
            or self.data.get(f"step_{n}_due_on")
        ]

    def steps(self) -> list[StepPlan]:
        titles = {value: label for _group, options in self.choices[1:] for value, label in options}
        return [self._step(n, titles) for n in self.used()]

    def _step(self, n: int, titles: Mapping[str, str]) -> StepPlan:
        data = {part: self.cleaned_data.get(f"step_{n}_{part}") for part in PARTS}
        kind, _mark, subject = str(data["what"] or "").partition(":")
        numbers = [part for part in str(data["after"] or "").replace(";", ",").replace(" ", ",").split(",") if part]
        return StepPlan(
            kind=kind or Step.Kind.COURSE.value,
            subject=int(subject) if subject else None,
            title=str(titles.get(str(data["what"]), "")),
            times=1 if data["times"] is None else data["times"],
            due_days=data["due_days"],
            due_on=data["due_on"],
            months=data["months"] or 0,
            window=data["window"] or 0,
            # What is no number is no step either, and is told so.
            after=tuple(int(part) if part.isdigit() and len(part) < 4 else 0 for part in numbers),
            pk=data["pk"],
        )

    def refuse(self, error: ValidationError) -> None:
        """Show a service's messages beside the fields they are about."""
        used = self.used()
        for key, messages in error.message_dict.items():
            what, _mark, rest = key.partition("_")
            number, _mark, part = rest.partition("_")
            if what == "step" and number.isdigit() and int(number) < len(used):
                key = f"step_{used[int(number)]}_{'what' if part == 'subject' else part}"
            self.add_error(key if key in self.fields else None, messages)  # type: ignore[arg-type]

    def step_rows(self) -> list[dict[str, Any]]:
        return [
            {"number": n, "shown_as": n + 1, **{part: self[f"step_{n}_{part}"] for part in PARTS}}
            for n in range(self.count)
        ]


def _needed(field: forms.Field) -> forms.Field:
    """A field that may stay empty only together with its whole step: not called optional."""
    field.needed_when_used = True  # type: ignore[attr-defined]
    return field


def subjects(used: set[str]) -> list[Any]:
    """What a step may ask for, in groups; also what is ``used`` already, though it was switched off since."""
    courses = [course for course in Course.objects.filter(versions__published_at__isnull=False).distinct()]
    quizzes = set(
        Course.objects.filter(versions__published_at__isnull=False)
        .exclude(versions__quiz=[])
        .values_list("pk", flat=True)
    )
    kept = {int(one.partition(":")[2]) for one in used if one.startswith("observation:") and one[12:].isdigit()}
    attitudes = Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE)
    shown = [one for one in attitudes if one.is_active or one.pk in kept]
    return [
        ("", _("Choose …")),
        (_("Course: lessons and quiz"), [(f"course:{one.pk}", one.label) for one in courses]),
        (
            _("Quiz only, without the lessons"),
            [(f"quiz:{one.pk}", _("Quiz: %(name)s") % {"name": one.label}) for one in courses if one.pk in quizzes],
        ),
        (
            _("Meetings in class"),
            [(f"session:{one.pk}", _("In class: %(name)s") % {"name": one.label}) for one in courses],
        ),
        (
            _("Behaviour seen by others"),
            [(f"observation:{one.pk}", _("Shown: %(name)s") % {"name": one.label}) for one in shown],
        ),
    ]


def count_of(values: Mapping[str, Any]) -> int:
    try:
        return min(max(int(values.get("step_count") or 0), 0), MOST_STEPS)
    except (TypeError, ValueError):
        return 1


def blank(today: Any, ends_on: Any) -> dict[str, Any]:
    return {"starts_on": today, "ends_on": ends_on, "step_count": 1, **{f"step_0_{k}": v for k, v in GIVEN.items()}}


def saved(path: Path, plans: list[StepPlan]) -> dict[str, Any]:
    """A path as the form's values."""
    values: dict[str, Any] = {
        "name": path.name,
        "summary": path.summary,
        "starts_on": path.starts_on,
        "ends_on": path.ends_on,
        "step_count": max(1, len(plans)),
    }
    for n, plan in enumerate(plans):
        values |= {
            f"step_{n}_pk": plan.pk,
            f"step_{n}_what": f"{plan.kind}:{plan.subject}",
            f"step_{n}_times": plan.times,
            f"step_{n}_due_days": plan.due_days,
            f"step_{n}_due_on": plan.due_on,
            f"step_{n}_after": ", ".join(map(str, plan.after)),
            f"step_{n}_months": plan.months,
            f"step_{n}_window": plan.window,
        }
    return values


def one_more(data: QueryDict) -> dict[str, Any]:
    count = min(count_of(data) + 1, MOST_STEPS)
    return {**data.dict(), **{f"step_{count - 1}_{k}": v for k, v in GIVEN.items()}, "step_count": count}


def moved(data: QueryDict, order: list[int]) -> dict[str, Any]:
    """The form's values with its steps in another order, or without some; numbers after which one comes follow."""
    values = {key: value for key, value in data.dict().items() if not key.startswith("step_")}
    place = {old + 1: new + 1 for new, old in enumerate(order)}
    for new, old in enumerate(order):
        for part in PARTS:
            values[f"step_{new}_{part}"] = data.get(f"step_{old}_{part}", "")
        numbers = [text.strip() for text in str(data.get(f"step_{old}_after", "")).split(",")]
        kept = [str(place.get(int(text), "")) if text.isdigit() else text for text in numbers]
        values[f"step_{new}_after"] = ", ".join(text for text in kept if text)
    return {**values, "step_count": len(order)}


class RuleForm(forms.Form):
    """For whom: all that is given must hold."""

    everybody = forms.BooleanField(label=gettext_lazy("Everybody who works here"), required=False)
    program = forms.ModelChoiceField(
        label=gettext_lazy("Enrolled in the program"),
        queryset=Program.objects.all(),
        required=False,
        empty_label=gettext_lazy("Any"),
    )
    cohort = forms.ModelChoiceField(
        label=gettext_lazy("In the cohort"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=gettext_lazy("Any"),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("In the unit, or below it"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("Any"),
    )
    job_family = forms.ChoiceField(label=gettext_lazy("Job family"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    joined_after = day_field(gettext_lazy("Joined after"), required=False)

    def __init__(self, data: Any = None, *, rule: PathRule | None = None) -> None:
        start = {}
        if rule is not None:
            start = {name: getattr(rule, name) for name in self.base_fields}
        super().__init__(data, initial=start)
        cohorts, units = self.fields["cohort"], self.fields["unit"]
        cohorts.queryset = Cohort.objects.select_related("program").order_by("program__name", "starts_on")  # type: ignore[attr-defined]
        cohorts.label_from_instance = lambda cohort: f"{cohort.program.name}: {cohort.name}"  # type: ignore[attr-defined]
        units.queryset = Unit.objects.open().order_by("path")  # type: ignore[attr-defined]
        units.label_from_instance = lambda unit: unit.path  # type: ignore[attr-defined]
        families = Employee.objects.exclude(job_family="").order_by("job_family")
        known = list(families.values_list("job_family", flat=True).distinct()[:500])
        if rule is not None and rule.job_family and rule.job_family not in known:
            known.append(rule.job_family)
        self.fields["job_family"].choices = [("", _("Any")), *((name, name) for name in known)]  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", _("Any")), *language_choices(rule.language if rule else "")]  # type: ignore[attr-defined]

    def conditions(self) -> Conditions:
        data = self.cleaned_data
        return Conditions(
            everybody=data["everybody"],
            program=data["program"].pk if data["program"] else None,
            cohort=data["cohort"].pk if data["cohort"] else None,
            unit=data["unit"].pk if data["unit"] else None,
            job_family=data["job_family"],
            language=data["language"],
            joined_after=data["joined_after"],
        )


class _OfPerson(forms.Form):
    """Something HR does about one thing of a person."""

    assignment = forms.ModelChoiceField(label=gettext_lazy("Which"), queryset=Assignment.objects.none())

    def __init__(self, data: Any = None, *, rows: QuerySet[Any], **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["assignment"]
        field.queryset = rows.select_related("step__course", "step__behaviour", "course")  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: row.step.title if row.step else row.course.label  # type: ignore[attr-defined]


class ExemptForm(_OfPerson):
    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("To, that day included"), help_text=gettext_lazy("Afterwards it is asked again."))
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, help_text=gettext_lazy("The person reads it. Nothing about health.")
    )


class GrantForm(_OfPerson):
    done_on = day_field(gettext_lazy("Done on"))
    score = forms.IntegerField(label=gettext_lazy("Score in percent"), required=False)
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"),
        max_length=500,
        help_text=gettext_lazy("A certificate of another house, who saw it, where it is kept. The person reads it."),
    )


class RevokeForm(forms.Form):
    granted = forms.ChoiceField(label=gettext_lazy("Which"))
    on = day_field(gettext_lazy("Counts no more from"))
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, help_text=gettext_lazy("The person reads it."))

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["granted"].choices = choices  # type: ignore[attr-defined]
