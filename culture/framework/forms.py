"""Editing an entry in every language, and adding one. The catalogue's words stand beside the fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.framework.models import AskedEntry, Behaviour, CatalogueEntry, Dimension, Figure
from culture.framework.profiles import choosable
from culture.framework.tailoring import CIRCUMSTANCES, Wording

LANGUAGES: list[tuple[str, str]] = list(settings.LANGUAGES)
LIMITS = {"text": 240, "detail": 1200, "who": 240, "moment": 240, "before": 240}
LABELS = {
    "text": gettext_lazy("Text"),
    "detail": gettext_lazy("Explanation"),
    "who": gettext_lazy("Who"),
    "moment": gettext_lazy("When"),
    "before": gettext_lazy("What must come before"),
}
HELP = {
    "who": gettext_lazy("Of whom it is asked, such as: everybody at the front desk"),
    "moment": gettext_lazy("On which occasion, such as: within a minute of the customer’s arrival"),
    "before": gettext_lazy("Such as: a greeting by name"),
}


class WordingForm(forms.Form):
    """Fields ``<part>_<language>``; what is left as in the catalogue is not kept as the organisation's own."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Stands in the history, for those who come later."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, entry: CatalogueEntry | None = None, asked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.parts = ["text", "detail", *(CIRCUMSTANCES if asked else ())]
        for language, _name in LANGUAGES:
            for part in self.parts:
                self.fields[f"{part}_{language}"] = _text_field(part)
        if asked:
            self.fields["prerequisites"] = forms.MultipleChoiceField(
                label=gettext_lazy("These must come before"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=self._others(),
            )
        if isinstance(entry, Figure):
            self.fields["value"] = forms.DecimalField(
                label=gettext_lazy("Your own number"),
                required=False,
                max_digits=10,
                decimal_places=2,
                help_text=_("The text says %(value)s. Leave it empty to use that.") % {"value": f"{entry.value:g}"},
            )

    def _others(self) -> list[tuple[str, str]]:
        chosen = getattr(self.entry, "prerequisites", [])
        found = choosable()
        own = self.entry.code if self.entry else ""
        known = [(code, f"{code} {entry.label}") for code, entry in found.items() if code != own]
        # What was chosen before it was switched off stays visible, so that saving does not drop it unseen.
        return known + [(code, code) for code in chosen if code not in found]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, value in data.items():
            if isinstance(value, str) and "\0" in value:
                self.add_error(name, _("This holds a character that cannot be stored."))
        return data

    def wording(self) -> Wording:
        data = self.cleaned_data
        texts = {part: {language: data[f"{part}_{language}"] for language, _n in LANGUAGES} for part in self.parts}
        return Wording(**texts, prerequisites=data.get("prerequisites", []), value=data.get("value"))

    def refuse(self, error: ValidationError) -> None:
        """Show a service's messages beside their fields; a text's beside its first language."""
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for key, messages in found.items():
            name = f"{key}_{LANGUAGES[0][0]}" if key in self.parts else key
            self.add_error(name if name in self.fields else None, messages)  # type: ignore[arg-type]

    def languages(self) -> list[dict[str, Any]]:
        """For the template: one block per language, with the catalogue's words beside."""
        return [
            {
                "code": language,
                "name": name,
                "fields": [self[f"{part}_{language}"] for part in self.parts],
                "catalogue": self.entry.text.get(language, "") if self.entry else "",
                "catalogue_detail": self.entry.detail.get(language, "") if self.entry else "",
                "wrong": any(self[f"{part}_{language}"].errors for part in self.parts),
            }
            for language, name in LANGUAGES
        ]


def _text_field(part: str) -> forms.CharField:
    rows = 4 if part == "detail" else 2
    return forms.CharField(
        label=LABELS[part],
        required=False,
        max_length=LIMITS[part],
        help_text=HELP.get(part, ""),
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def initial(entry: CatalogueEntry) -> dict[str, Any]:
    """An entry as the form's values: the words as they are shown now."""
    values: dict[str, Any] = {}
    asked = isinstance(entry, AskedEntry)
    for language, _name in LANGUAGES:
        values[f"text_{language}"] = entry.words.get(language, "")
        values[f"detail_{language}"] = entry.explanations.get(language, "")
        for part in CIRCUMSTANCES if asked else ():
            values[f"{part}_{language}"] = getattr(entry, part).get(language, "")
    if isinstance(entry, AskedEntry):
        values["prerequisites"] = list(entry.prerequisites)
    if isinstance(entry, Figure):
        values["value"] = entry.tailored_value
    return values


class AddForm(WordingForm):
    """A requirement or behaviour of the organisation's own."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, asked=True, **kwargs)
        choices = Dimension.choices if kind == "requirements" else Behaviour.Kind.choices
        self.fields["group"] = forms.ChoiceField(
            label=gettext_lazy("Dimension") if kind == "requirements" else gettext_lazy("Kind"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": gettext_lazy("Choose one.")},
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=500)
