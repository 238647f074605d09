"""Forms of awards: setting one up, its budget, nominating. Those of who judges are in award_jury_forms."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from culture.framework.models import Behaviour, Dimension, Requirement
from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.recognition import awards
from programs.recognition.award_models import MOST_POINTS, MOST_WINNERS, Award
from programs.recognition.award_nominating import LIMIT
from programs.recognition.awards import Terms
from programs.recognition.models import Kudos
from surveys.waves import schedule

REPEATS: list[tuple[str, Any]] = [
    ("m1", _("Every month")),
    ("m3", _("Every quarter")),
    ("m6", _("Twice a year")),
    ("m12", _("Once a year")),
    ("rule", _("By a rule of its own")),
    ("dates", _("On days I name")),
]
MOST_CRITERIA = 10


class AwardForm(forms.Form):
    """An award; name, purpose and criteria once for each language of the organisation (the first is required)."""

    teams = forms.BooleanField(label=_("Teams may be nominated, too"), required=False, initial=True)
    nominators = forms.ModelMultipleChoiceField(
        label=_("Who nominates"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Units, with all below. None chosen: everybody."),
    )
    nominees = forms.ModelMultipleChoiceField(
        label=_("Who can be nominated"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Units, with all below. None chosen: everybody."),
    )
    program = forms.ModelChoiceField(
        label=_("Belongs to the program"), queryset=Program.objects.none(), required=False, empty_label=_("None")
    )
    decides = forms.ChoiceField(
        label=_("Who decides"), choices=Award.Decides.choices, initial=Award.Decides.JURY, widget=forms.RadioSelect
    )
    jury = forms.CharField(
        label=_("The jury"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One person on each line: name, e-mail address or employee number. The first one is the chair."),
    )
    jury_why = forms.CharField(
        label=_("Why the jury changes"),
        required=False,
        max_length=300,
        help_text=_("A round is running: whoever joins or leaves its jury does so for a reason that stays on record."),
    )
    winners = forms.IntegerField(label=_("Winners in a round"), min_value=1, max_value=MOST_WINNERS, initial=1)
    points = forms.IntegerField(
        label=_("Points for each winner"),
        min_value=0,
        max_value=MOST_POINTS,
        initial=0,
        help_text=_("A team shares them equally; what does not divide stays in the budget. 0: honour alone."),
    )
    first_on = forms.DateField(label=_("First round opens on"), widget=forms.DateInput)
    repeat = forms.ChoiceField(label=_("Then again"), choices=REPEATS, initial="m3")
    rule = forms.CharField(
        label=_("Rule"),
        required=False,
        max_length=200,
        help_text=_("Only for a rule of its own, for example FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO."),
    )
    dates = forms.CharField(
        label=_("Days"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only for days you name: one on each line, as in 2027-03-01."),
    )
    open_days = forms.IntegerField(label=_("Days to nominate"), min_value=1, max_value=180, initial=14)
    decide_days = forms.IntegerField(
        label=_("Days to decide after that"),
        min_value=1,
        max_value=180,
        initial=21,
        help_text=_("Then the round ends by itself and its points go back to the budget."),
    )

    def __init__(self, *args: Any, award: Award | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("jury", "jury_why", "rule", "dates"):
            # Asked for by what is chosen above them.
            self.fields[name].needed_when_used = True  # type: ignore[attr-defined]
        names = _UnitNames()
        for name in ("nominators", "nominees"):
            field: Any = self.fields[name]
            # A unit that was closed since stays chosen: without it the form would say "everybody" at the next save.
            chosen = getattr(award, name).values("pk") if award else []
            field.queryset = Unit.objects.filter(Q(until=None) | Q(pk__in=chosen)).order_by("path")
            field.label_from_instance = names
        program: Any = self.fields["program"]
        program.queryset = Program.objects.launched()
        program.label_from_instance = lambda one: one.name
        self.languages = organisation.language_choices()
        texts: dict[str, forms.Field] = {}
        for place, (code, language) in enumerate(self.languages):
            told = {"language": language}
            texts[f"name_{code}"] = forms.CharField(
                label=__("Name in %(language)s") % told, max_length=120, required=place == 0
            )
            texts[f"purpose_{code}"] = forms.CharField(
                label=__("What it is for, in %(language)s") % told,
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            texts[f"criteria_{code}"] = forms.CharField(
                label=__("Criteria in %(language)s, one on each line") % told,
                max_length=3000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        self.fields = {**texts, **self.fields}

    def language_fields(self) -> list[tuple[str, list[Any]]]:
        """(language, its fields), the main language first."""
        parts = ("name", "purpose", "criteria")
        return [(name, [self[f"{part}_{code}"] for part in parts]) for code, name in self.languages]

    def clean_jury(self) -> list[Employee]:
        return [
            _person(line, number)
            for number, line in enumerate(self.cleaned_data["jury"].replace("\0", "").splitlines(), 1)
            if line.strip()
        ]

    def clean_dates(self) -> list[dt.date]:
        found = []
        for number, line in enumerate(self.cleaned_data["dates"].splitlines(), 1):
            if not line.strip():
                continue
            try:
                found.append(dt.date.fromisoformat(line.strip()))
            except ValueError as error:
                words = __("Line %(n)s is no day: write it as in 2027-03-01.") % {"n": number}
                raise forms.ValidationError(words) from error
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        repeat = data.get("repeat")
        if repeat == "dates" and "dates" not in self.errors and not data.get("dates"):
            self.add_error("dates", __("Write at least one day."))
        if repeat == "rule" and not data.get("rule", "").strip():
            self.add_error("rule", __("Write a rule, or choose how often in words."))
        for code, _name in self.languages:
            lines = _lines(data.get(f"criteria_{code}", ""))
            first = _lines(data.get(f"criteria_{self.languages[0][0]}", ""))
            if len(lines) > MOST_CRITERIA:
                self.add_error(f"criteria_{code}", __("At most %(most)s criteria.") % {"most": MOST_CRITERIA})
            elif lines and len(lines) != len(first):
                words = __("%(here)s criteria here, %(there)s in the first language: line by line the same ones.")
                self.add_error(f"criteria_{code}", words % {"here": len(lines), "there": len(first)})
        return data

    def terms(self) -> Terms:
        data = self.cleaned_data
        first, repeat = data["first_on"], data["repeat"]
        rule = ""
        if repeat == "rule":
            rule = data["rule"].strip().upper().removeprefix("RRULE:")
        elif repeat != "dates":
            rule = schedule.monthly(first, int(repeat[1:]))
        texts = {
            part: {
                code: data[f"{part}_{code}"].strip() for code, _n in self.languages if data[f"{part}_{code}"].strip()
            }
            for part in ("name", "purpose")
        }
        dates = data["dates"] if repeat == "dates" else []
        plain = ("program", "teams", "decides", "winners", "points", "open_days", "decide_days")
        return Terms(
            name=texts["name"],
            purpose=texts["purpose"],
            criteria=self._criteria(),
            rule=rule,
            dates=dates,
            first_on=min(dates) if dates else first,
            **{name: data[name] for name in plain},
        )

    def _criteria(self) -> list[dict[str, Any]]:
        main = self.languages[0][0]
        lines = {code: _lines(self.cleaned_data[f"criteria_{code}"]) for code, _name in self.languages}
        found: dict[str, dict[str, Any]] = {}
        for place, text in enumerate(lines[main]):
            key = hashlib.sha256(text.encode()).hexdigest()[:10]
            found[key] = {"key": key, "text": {code: own[place] for code, own in lines.items() if own}}
        return list(found.values())

    def refuse(self, errors: dict[str, Any]) -> None:
        """Put what the service refused beside the field it was typed in."""
        places = {"name": f"name_{self.languages[0][0]}"}
        for field, words in errors.items():
            self.add_error(places.get(field, field if field in self.fields else None), words)

    @staticmethod
    def filled(award: Award) -> dict[str, Any]:
        plain = ("teams", "decides", "winners", "points", "first_on", "open_days", "decide_days")
        start: dict[str, Any] = {name: getattr(award, name) for name in plain}
        start |= {"program": award.program_id, "dates": "\n".join(award.dates), "rule": award.rule}
        start["nominators"] = list(award.nominators.values_list("pk", flat=True))
        start["nominees"] = list(award.nominees.values_list("pk", flat=True))
        jury = award.jury.select_related("employee")
        start["jury"] = "\n".join(f"{one.employee.name} ({one.employee.number})" for one in jury)
        monthly = [key for key, _n in REPEATS if key[0] == "m"]
        usual = [key for key in monthly if award.rule == schedule.monthly(award.first_on, int(key[1:]))]
        start["repeat"] = usual[0] if usual else "rule" if award.rule else "dates"
        if usual:
            start["rule"] = ""
        for part in ("name", "purpose"):
            start |= {f"{part}_{code}": text for code, text in getattr(award, part).items()}
        codes = {code for one in award.criteria for code in one["text"]}
        start |= {f"criteria_{code}": "\n".join(one["text"].get(code, "") for one in award.criteria) for code in codes}
        return start


class _UnitNames:
    """What stands in a list for a unit; of one that was closed also what it became."""

    @cached_property
    def became(self) -> dict[int, str]:
        into = asof.successors()
        paths = dict(Unit.objects.filter(pk__in=set(into.values()), until=None).values_list("pk", "path"))
        return {was: paths[now] for was, now in into.items() if now in paths}

    def __call__(self, unit: Unit) -> str:
        if unit.until is None:
            return unit.path
        told = {"unit": unit.path, "now": self.became.get(unit.pk, "")}
        return (__("%(unit)s (closed, now %(now)s)") if told["now"] else __("%(unit)s (closed)")) % told


def _lines(text: str) -> list[str]:
    return [line.strip()[:200] for line in (text or "").replace("\0", "").splitlines() if line.strip()]


def _person(line: str, number: int) -> Employee:
    """Whom one line of a list names. Raises ``ValidationError`` that tells the line and what to do."""
    text = line.strip()
    known = re.search(r"\(([^()]{1,40})\)$", text)
    key = known.group(1).strip() if known else text
    exact = Employee.objects.filter(number=key).first() or Employee.objects.filter(email__iexact=key).first()
    if exact is not None:
        return exact
    found = list(Employee.objects.filter(is_active=True, left_on=None).found_by(text)[:4])
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(__("Line %(n)s: nobody is called “%(text)s”.") % {"n": number, "text": text[:60]})
    names = ", ".join(f"{one.name} ({one.number})" for one in found[:3])
    raise forms.ValidationError(
        __("Line %(n)s: several people are called “%(text)s”, for example %(names)s. Write the number.")
        % {"n": number, "text": text[:60], "names": names}
    )


class FundForm(forms.Form):
    points = forms.IntegerField(
        label=_("Points"), help_text=_("Above 0 puts in, below 0 takes out what no running round has set aside.")
    )
    note = forms.CharField(label=_("What for"), max_length=300, help_text=_("It stays in the ledger: name nobody."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on a page with another form that has points, too.
        super().__init__(*args, **{"auto_id": "fund_%s", **kwargs})

    def clean_points(self) -> int:
        points = int(self.cleaned_data["points"])
        if not points or abs(points) > awards.MOST_BUDGET:
            raise forms.ValidationError(
                __("Write how many points, at most %(most)s.") % {"most": f"{awards.MOST_BUDGET:,}"}
            )
        return points


class NominateForm(forms.Form):
    """Whom is settled before (``?to=`` or ``?team=``); this asks what for."""

    criteria = forms.MultipleChoiceField(label=_("What is met"), widget=forms.CheckboxSelectMultiple, required=False)
    evidence = forms.CharField(
        label=_("What happened?"),
        max_length=LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Facts, in a few sentences: when, for whom, what came of it. Who judges reads it; whoever wins, too."
        ),
        error_messages={"required": _("Tell what happened, in a sentence or two.")},
    )
    behaviour = forms.ModelChoiceField(
        label=_("Which attitude does it show?"),
        queryset=Behaviour.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the attitude it shows.")},
    )
    requirement = forms.ModelChoiceField(
        label=_("Which requirement?"), queryset=Requirement.objects.none(), required=False, empty_label=_("None")
    )
    kudos = forms.ModelMultipleChoiceField(
        label=_("Thanks as evidence"),
        queryset=Kudos.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, award: Award, thanks: list[Kudos], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["criteria"].choices = award.asks
        if award.criteria:
            fields["criteria"].needed_when_used = True
        else:
            del self.fields["criteria"]
        fields["behaviour"].queryset = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        fields["behaviour"].label_from_instance = lambda one: one.label
        fields["requirement"].queryset = Requirement.objects.active()
        fields["requirement"].label_from_instance = lambda one: f"{Dimension(one.dimension).label}: {one.label}"
        fields["kudos"].queryset = Kudos.objects.filter(pk__in=[one.pk for one in thanks]).select_related("giver")
        fields["kudos"].label_from_instance = lambda one: f"{one.giver.name}: {one.story[:120]}"
        if not thanks:
            del self.fields["kudos"]
