"""Forms of who judges an award: a juror's vote, the verdict on a round, a manager's decision on one candidate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from programs.recognition.award_models import MOST_POINTS, AwardCandidate

SCORES = [(n, str(n)) for n in range(1, 6)]


class VoteForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("Your vote"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Give 1 to 5.")},
    )
    note = forms.CharField(
        label=_("Note for who decides"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class VerdictForm(forms.Form):
    """One row for each candidate of the shortlist: whether he wins, with how many points, else why not."""

    why = forms.CharField(
        label=_("Why other than announced"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where you change how many win or how many points. Everybody reads it."),
    )
    why_not = forms.CharField(
        label=_("Why the others were not chosen this time"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever nominated them reads it."),
    )

    def __init__(self, *args: Any, listed: list[AwardCandidate], points: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed
        for name in ("why", "why_not"):
            self.fields[name].needed_when_used = True  # type: ignore[attr-defined]
        for one in listed:
            self.fields[f"win_{one.pk}"] = forms.BooleanField(
                label=__("%(name)s wins") % {"name": one.name}, required=False
            )
            self.fields[f"points_{one.pk}"] = forms.IntegerField(
                label=__("Points"),
                widget=forms.NumberInput(attrs={"aria-label": __("Points for %(name)s") % {"name": one.name}}),
                min_value=0,
                max_value=MOST_POINTS,
                initial=points,
                required=False,
            )
            self.fields[f"points_{one.pk}"].needed_when_used = True  # type: ignore[attr-defined]
            self.fields[f"own_{one.pk}"] = forms.CharField(
                label=__("Or why not, in words of its own"),
                max_length=500,
                required=False,
                widget=forms.TextInput(
                    attrs={"aria-label": __("Or why not, in words of its own: %(name)s") % {"name": one.name}}
                ),
            )

    def winners(self) -> dict[int, int]:
        data = self.cleaned_data
        return {one.pk: data[f"points_{one.pk}"] or 0 for one in self.listed if data[f"win_{one.pk}"]}

    def own_words(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[f"own_{one.pk}"] for one in self.listed}


class OneForm(forms.Form):
    """A manager's decision on one candidate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].needed_when_used = True  # type: ignore[attr-defined]

    act = forms.ChoiceField(choices=[("win", ""), ("decline", "")], widget=forms.HiddenInput)
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=MOST_POINTS, required=False)
    reason = forms.CharField(
        label=_("Why not, or why other points"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
