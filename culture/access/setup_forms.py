"""What is typed in the first start and on the page "Organisation"."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from culture.access.organisation_models import LONGEST_NAME
from culture.people.models import Employee


def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone named by region and city, grouped by region; UTC alone."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        region, _slash, city = zone.partition("/")
        if city and region not in {"Etc", "SystemV", "US", "posix", "right"}:
            groups.setdefault(region, []).append((zone, city.replace("_", " ").replace("/", " / ")))
    return [("UTC", [("UTC", "UTC")]), *groups.items()]


class OrganisationForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=LONGEST_NAME,
        help_text=_("Stands at the top of every page and in every mail."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In which your people may be asked and written to."),
    )
    language = forms.ChoiceField(
        label=_("Main language"), choices=settings.LANGUAGES, help_text=_("For whom no language is known.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("For whom no other is known: mail leaves by day, not by night."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asked = {field: data[field] for field in organisation.FIELDS if field in data}
        try:
            organisation.check(asked)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                self.add_error(field if field in self.fields else None, texts)
        return data


class SenderForm(forms.Form):
    sender_name = forms.CharField(
        label=_("Sender's name"), max_length=LONGEST_NAME, help_text=_("Who writes, as people see it in their mail.")
    )
    sender_address = forms.EmailField(
        label=_("Sender's address"),
        help_text=_("An address your mail server may send as. Replies go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    to = forms.EmailField(
        label=_("Send the test mail to"),
        help_text=_("Your own address. You will see at once whether the mail server took it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


K_WORDS = [
    (5, _("5 people: most units see results of their own")),
    (7, _("7 people: small units are joined with others more often")),
    (10, _("10 people: most cautious, small units see little of their own")),
]


class PrivacyForm(forms.Form):
    k = forms.TypedChoiceField(label=_("Smallest group shown"), choices=K_WORDS, coerce=int, widget=forms.RadioSelect)


class AdminForm(forms.Form):
    given_name = forms.CharField(
        label=_("Given name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    number = forms.CharField(
        label=_("Employee number"),
        max_length=40,
        required=False,
        help_text=_("As your HR system has it, so that the first import recognises you. Empty: HR-1."),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least ten characters; a sentence is easiest to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password once more"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, again = data.get("password1"), data.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            names = {field: data.get(field, "") for field in ("given_name", "family_name", "email")}
            try:
                validate_password(first, Employee(**names))
            except ValidationError as error:
                self.add_error("password1", error)
        return data


class SettingsForm(OrganisationForm):
    """All of them on one page; the test mail goes to whoever is signed in."""

    sender_name = SenderForm.declared_fields["sender_name"]
    sender_address = SenderForm.declared_fields["sender_address"]
    k = forms.TypedChoiceField(
        label=_("Smallest group shown"),
        choices=K_WORDS,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("Proposed for new series. Series that exist keep what they promised."),
    )
