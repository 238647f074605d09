"""The forms of the channels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from culture.people.models import Employee, Unit
from surveys.waves import kiosks
from surveys.waves.models import Invitation, Wave


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return unit.path


class KioskForm(forms.Form):
    name = forms.CharField(
        label=_("Where it stands"), max_length=120, help_text=_("So that you find it again: staff room, branch Rome …")
    )
    unit = UnitChoice(
        label=_("For which unit"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("Everybody asked in this wave"),
        help_text=_("With everything below it."),
    )
    site = forms.ChoiceField(label=_("For which site"), required=False)
    who = forms.ChoiceField(
        label=_("How people say who they are"),
        choices=[("code", _("By the printed code (safest)")), ("two", _("By two details"))],
        widget=forms.RadioSelect,
        initial="code",
        help_text=_("Colleagues may know each other's details: somebody could then answer in another's place."),
    )
    first = forms.ChoiceField(label=_("First detail"), choices=list(kiosks.ATTRIBUTES.items()), initial="number")
    second = forms.ChoiceField(label=_("Second detail"), choices=list(kiosks.ATTRIBUTES.items()), initial="family_name")
    language = forms.ChoiceField(label=_("First language"), choices=settings.LANGUAGES)

    def __init__(self, wave: Wave, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(pk__in=[unit["id"] for unit in wave.snapshot.get("units", [])])
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        people = Employee.objects.filter(pk__in=Invitation.objects.filter(wave=wave).values("employee"))
        sites = people.exclude(site="").order_by("site").values_list("site", flat=True).distinct()
        self.fields["site"].choices = [("", _("Every site")), *((site, site) for site in sites)]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        asks = [data["first"], data["second"]] if data["who"] == "two" else []
        return {name: data[name] for name in ("name", "unit", "site", "language")} | {"asks": asks}


class SignatureForm(forms.Form):
    """One signature a language."""

    def __init__(self, languages: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in languages:
            self.fields[code] = forms.CharField(
                label=get_language_info(code)["name_local"].capitalize(),
                required=False,
                strip=True,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            )


class EndpointForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("The channel or bot, as your people call it."))
    url = forms.URLField(
        label=_("Address"), max_length=500, assume_scheme="https", help_text=_("The incoming webhook of the chat tool.")
    )
    announces = forms.BooleanField(
        label=_("Tell this channel when a wave opens and two days before it closes"),
        required=False,
        initial=True,
        help_text=_("Names nobody."),
    )
    personal = forms.BooleanField(
        label=_("Send it the personal messages of people whom no mail reaches"),
        required=False,
        help_text=_("For a bot of your own that finds people by employee number. It gets personal links: trust it."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
