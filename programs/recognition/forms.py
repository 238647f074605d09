"""The form that says thanks."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Behaviour, Dimension, Requirement
from programs.recognition.ledger import STORY_LIMIT, Caps
from programs.recognition.point_models import AllowanceRule

# What a behaviour usually shows, so that whom nothing else comes to mind for needs no further tap.
SHOWS = {"A1": "W9", "A2": "W2", "A3": "K1", "A4": "W9", "A5": "C1", "A6": "K1", "A7": "W5", "A8": "K3"}


class BehaviourField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Behaviour) -> str:  # type: ignore[override]
        return obj.label


class RequirementField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Requirement) -> str:  # type: ignore[override]
        return f"{Dimension(obj.dimension).label}: {obj.label}"


class GiveForm(forms.Form):
    """Whom is settled before (``?to=``); this asks for what, the story, the points and who may read it."""

    behaviour = BehaviourField(
        queryset=Behaviour.objects.none(),
        label=_("What did you see?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the attitude you saw.")},
    )
    story = forms.CharField(
        label=_("What happened, and for which customer?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=STORY_LIMIT,
        help_text=_("One or two sentences, so that others can do the same. A colleague is a customer, too."),
        error_messages={"required": _("Tell what happened. One sentence is enough.")},
    )
    points = forms.IntegerField(
        label=_("Points for each"),
        min_value=0,
        initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("0 is a thank-you, too."),
        error_messages={
            "required": _("Write how many points; 0 is a thank-you, too."),
            "min_value": _("Points cannot be taken away. Give 0 or more."),
            "max_value": _("One thank-you carries at most %(limit_value)s points."),
            "invalid": _("Write a whole number."),
        },
    )
    purse = forms.ChoiceField(
        label=_("From which points?"),
        choices=AllowanceRule.Purse.choices,
        initial=AllowanceRule.Purse.ALLOWANCE,
        required=False,
        widget=forms.RadioSelect,
    )
    requirement = RequirementField(
        queryset=Requirement.objects.none(),
        label=_("What does it stand for?"),
        required=False,
        empty_label=_("What this attitude usually shows"),
    )
    public = forms.TypedChoiceField(
        label=_("Who may read it?"),
        choices=[("yes", _("Everybody: it appears on the thanks page")), ("no", _("Only who gives and who gets it"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
        help_text=_("Points count in sums either way: where they run in a circle, HR is told how many, not what for."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, caps: Caps, left: int, budget: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        self.fields["behaviour"].queryset = attitudes  # type: ignore[attr-defined]
        self.fields["requirement"].queryset = Requirement.objects.active()  # type: ignore[attr-defined]
        points = self.fields["points"]
        points.max_value = caps.per_gift  # type: ignore[attr-defined]
        points.initial = min(10, caps.per_gift, max(left, budget))
        points.validators.append(MaxValueValidator(caps.per_gift, message=points.error_messages["max_value"]))
        points.widget.attrs["max"] = caps.per_gift
        if not budget:
            del self.fields["purse"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["purse"] = data.get("purse") or AllowanceRule.Purse.ALLOWANCE
        if data.get("behaviour") and not data.get("requirement"):
            usual = SHOWS.get(data["behaviour"].code, "")
            data["requirement"] = Requirement.objects.filter(code=usual).first()
            if data["requirement"] is None:
                self.add_error("requirement", _("Choose what it stands for."))
        return data


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Whom do you want to thank?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("Name or unit"),
    )
