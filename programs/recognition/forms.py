"""The form that says thanks."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Behaviour
from programs.recognition.ledger import GIFT_LIMIT, STORY_LIMIT


class BehaviourField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Behaviour) -> str:  # type: ignore[override]
        return obj.label


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
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=STORY_LIMIT,
        help_text=_("One or two sentences, so that others can do the same."),
        error_messages={"required": _("Tell what happened. One sentence is enough.")},
    )
    points = forms.IntegerField(
        label=_("Points"),
        min_value=1,
        max_value=GIFT_LIMIT,
        initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Give at least 1 point."),
            "min_value": _("Give at least 1 point."),
            "max_value": _("One thank-you carries at most %(limit_value)s points."),
            "invalid": _("Write a whole number."),
        },
    )
    public = forms.TypedChoiceField(
        label=_("Who may read it?"),
        choices=[("yes", _("Everybody: it appears on the thanks page")), ("no", _("Only the two of us"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        self.fields["behaviour"].queryset = attitudes  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Whom do you want to thank?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("Name or unit"),
    )
