"""The forms of readiness: opening an assessment, judging, the rule for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.framework.charter_forms import LaterText
from culture.framework.models import Condition
from culture.framework.readiness import LONGEST
from culture.framework.readiness_anchors import LEVELS, anchors
from culture.framework.readiness_models import ReadinessRule
from culture.people.models import Employee


class _Sponsors(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.job_title}" if obj.job_title else obj.name


class SponsorsForm(forms.Form):
    """Who judges; the choice is those who may."""

    sponsors = _Sponsors(
        label=gettext_lazy("Sponsors"),
        queryset=Employee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one sponsor.")},
        help_text=gettext_lazy("Executives and HR admins. Two or more see more than one."),
    )

    def __init__(self, data: QueryDict | None = None, *, people: QuerySet[Employee], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["sponsors"].queryset = people  # type: ignore[attr-defined]


class OpenForm(SponsorsForm):
    on = forms.DateField(
        label=gettext_lazy("As of"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The day the judgments are about."),
    )
    field_order = ["on", "sponsors"]


class JudgeForm(forms.Form):
    """``<code>_level`` and ``<code>_evidence`` per condition; nothing is required, so that half of it can be saved."""

    def __init__(
        self, data: QueryDict | None = None, *, conditions: Sequence[Condition], initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.conditions = conditions
        for condition in conditions:
            words = anchors(condition.code)
            self.fields[f"{condition.code}_level"] = forms.TypedChoiceField(
                label=_("%(code)s: how far is it met?") % {"code": condition.code},
                choices=[(str(level), words[level]) for level in LEVELS],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{condition.code}_evidence"] = LaterText(
                label=_("What is this based on?"),
                max_length=LONGEST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def judgments(self) -> dict[str, tuple[int | None, str]]:
        data = self.cleaned_data
        return {c.code: (data[f"{c.code}_level"], data[f"{c.code}_evidence"]) for c in self.conditions}

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows of each condition."""
        rows = []
        for condition in self.conditions:
            level = self[f"{condition.code}_level"]
            value = level.value()
            evidence = self[f"{condition.code}_evidence"]
            rows.append(
                {
                    "condition": condition,
                    "level": level,
                    "chosen": "" if value is None else str(value),
                    "levels": [{"value": str(n), "text": text} for n, text in enumerate(anchors(condition.code))],
                    "evidence": evidence,
                    "done": value not in (None, "") and bool((evidence.value() or "").strip()),
                }
            )
        return rows


class RuleForm(forms.Form):
    scope = forms.ChoiceField(label=gettext_lazy("The rule looks at"), widget=forms.RadioSelect)
    threshold = forms.DecimalField(
        label=gettext_lazy("Threshold"),
        min_value=Decimal("0.5"),
        max_value=Decimal("4"),
        max_digits=2,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.5"}),
        help_text=gettext_lazy("A median under this number asks for a reason. From 0.5 to 4; medians come in halves."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = {
            "success": _("the conditions for success, S1 to S10"),
            "all": _("the conditions for success and the duties of HR, S1 to S10 and H1 to H4"),
            "none": _("nothing: a program never needs a reason"),
        }
        self.fields["scope"].choices = [(key, words[key]) for key in ReadinessRule.Scope.values]  # type: ignore[attr-defined]
