"""Forms of rewards, of their codes and of decisions on redemptions."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from culture.people.models import Employee, Unit
from programs.recognition import belonging, countries
from programs.recognition.catalogue import Terms
from programs.recognition.reward_models import Reward

COUNTRY = re.compile(r"([A-Z]{2})\s*:\s*(.*)")
NOTE = 300


class RewardForm(forms.Form):
    """A reward; its name and description once for each language of the organisation (the first is required)."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Reward.Kind.choices)
    price = forms.IntegerField(label=_("Price in points"), min_value=1, max_value=1_000_000)
    stock = forms.IntegerField(
        label=_("How many there are"), min_value=0, max_value=1_000_000, required=False, help_text=_("Empty: no limit.")
    )
    # What the page showed when it was opened: what people redeem meanwhile must not come back with the next save.
    stock_shown = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    per_person = forms.IntegerField(
        label=_("How many one person may have in a year"),
        min_value=0,
        max_value=1000,
        initial=0,
        help_text=_("0: any number."),
    )
    approval = forms.BooleanField(label=_("Somebody must approve each redemption"), required=False, initial=True)
    approver = forms.ChoiceField(
        label=_("Who approves"), choices=Reward.Approver.choices, required=False, initial=Reward.Approver.HR
    )
    managers_only = forms.BooleanField(label=_("Only for who leads a team"), required=False)
    countries = forms.MultipleChoiceField(
        label=_("Only in these countries"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("By the site people work at. Choose none: everywhere."),
    )
    sites = forms.CharField(
        label=_("Only at these sites"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line, as the HR import writes them. Empty: everywhere."),
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Only in these units, with all below"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    value = forms.DecimalField(
        label=_("What it is worth"), min_value=0, max_digits=9, decimal_places=2, required=False, localize=False
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, help_text=_("As in EUR."))
    tax_note = forms.CharField(
        label=_("Note for the payroll"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How it is taxed. For a country begin a line with its two letters: “IT: free up to 258 €”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = belonging.choices(self.initial.get("units", ()))  # type: ignore[attr-defined]
        self.fields["units"].label_from_instance = belonging.label  # type: ignore[attr-defined]
        self.fields["countries"].choices = countries.choices()  # type: ignore[attr-defined]
        self.languages = organisation.language_choices()
        texts: dict[str, forms.Field] = {}
        for place, (code, language) in enumerate(self.languages):
            texts[f"name_{code}"] = forms.CharField(
                label=__("Name in %(language)s") % {"language": language}, max_length=120, required=place == 0
            )
            texts[f"description_{code}"] = forms.CharField(
                label=__("Description in %(language)s") % {"language": language},
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields = {**texts, **self.fields}

    def text_fields(self) -> list[Any]:
        return [self[f"{part}_{code}"] for code, _name in self.languages for part in ("name", "description")]

    def clean_sites(self) -> list[str]:
        sites = list(dict.fromkeys(line.strip() for line in self.cleaned_data["sites"].splitlines() if line.strip()))
        known = set(Employee.objects.filter(site__in=sites).values_list("site", flat=True))
        unknown = [site for site in sites if site not in known]
        if unknown:
            raise forms.ValidationError(
                __("Nobody works at “%(site)s”. Write the site as the import does.") % {"site": unknown[0]}
            )
        return sites

    def clean_approver(self) -> str:
        return self.cleaned_data["approver"] or Reward.Approver.HR

    def clean_tax_note(self) -> dict[str, str]:
        """By country; ``*``: the lines that name none."""
        notes: dict[str, list[str]] = {}
        for number, line in enumerate(self.cleaned_data["tax_note"].splitlines(), 1):
            found = COUNTRY.match(line.strip())
            code, words = (found[1], found[2]) if found else ("*", line.strip())
            if found and code not in countries.names():
                told = __("Line %(line)d: “%(code)s” is no country. Write two letters as in IT, or no letters at all.")
                raise forms.ValidationError(told % {"line": number, "code": code})
            if words:
                notes.setdefault(code, []).append(words)
        joined = {code: " ".join(words) for code, words in notes.items()}
        if any(len(words) > NOTE for words in joined.values()):
            raise forms.ValidationError(__("A note has at most %(most)d characters for one country.") % {"most": NOTE})
        return joined

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("value") and not data.get("currency"):
            self.add_error("currency", __("Say in which currency."))
        return data

    def terms(self) -> Terms:
        data = self.cleaned_data
        texts: dict[str, Any] = {
            part: {code: data[f"{part}_{code}"] for code, _name in self.languages if data[f"{part}_{code}"]}
            for part in ("name", "description")
        }
        plain = ("kind", "price", "stock", "approval", "approver", "managers_only", "sites", "countries", "value",
                 "currency")  # fmt: skip
        more = {name: data[name] for name in plain}
        return Terms(**texts, per_person=data["per_person"] or 0, tax_notes=data["tax_note"], **more)

    @staticmethod
    def filled(reward: Reward) -> dict[str, Any]:
        plain = ("kind", "price", "stock", "per_person", "approval", "approver", "managers_only", "countries", "value",
                 "currency")  # fmt: skip
        start: dict[str, Any] = {name: getattr(reward, name) for name in plain}
        units = belonging.today(reward.units.values_list("pk", flat=True))
        start |= {"sites": "\n".join(reward.sites), "units": units, "stock_shown": reward.stock}
        notes = sorted(reward.tax_notes.items())  # "*" comes first
        start["tax_note"] = "\n".join(words if code == "*" else f"{code}: {words}" for code, words in notes)
        for code, text in reward.name.items():
            start[f"name_{code}"] = text
        for code, text in reward.description.items():
            start[f"description_{code}"] = text
        return start


class CodesForm(forms.Form):
    codes = forms.CharField(
        label=_("Codes, one on each line"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        max_length=2_000_000,
    )


class RedeemForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    price = forms.IntegerField(required=False, widget=forms.HiddenInput)  # as the page showed it
    note = forms.CharField(
        label=_("Note for who hands it over"),
        required=False,
        max_length=300,
        help_text=_("A size, a place, a day. Who approves reads it, too."),
    )


class DecisionForm(forms.Form):
    act = forms.ChoiceField(choices=[("approve", ""), ("fulfil", ""), ("reject", "")], widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note, or the reason for rejecting"), required=False, max_length=300)
