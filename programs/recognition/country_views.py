"""In which country each site lies: for rewards of one country, and for what the payroll must know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import countries

MOST = 300


class CountriesForm(forms.Form):
    """One choice for each site; what nobody has said yet stands as its time zone suggests."""

    def __init__(self, *args: Any, sites: list[tuple[str, int, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = sites
        offered = [("", _("not said")), *countries.choices()]
        for at, (site, _people, country, suggested) in enumerate(sites):
            self.fields[f"site_{at}"] = forms.ChoiceField(
                label=site, choices=offered, required=False, initial=country or suggested
            )
            # "not said" is a choice among the others: no word "optional" beside each site.
            self.fields[f"site_{at}"].needed_when_used = True  # type: ignore[attr-defined]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"field": self[f"site_{at}"], "people": people, "guessed": not country and bool(suggested)}
            for at, (_site, people, country, suggested) in enumerate(self.sites)
        ]

    def wanted(self) -> dict[str, str]:
        return {site: self.cleaned_data[f"site_{at}"] for at, (site, *_rest) in enumerate(self.sites)}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def site_countries(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Employee)
    form = CountriesForm(request.POST or None, sites=countries.sites()[:MOST])
    if request.method == "POST" and form.is_valid():
        changed = countries.place(wanted=form.wanted(), by=request.user)
        told = ngettext("%(n)d site changed.", "%(n)d sites changed.", changed) if changed else __("Nothing changed.")
        messages.success(request, told % {"n": changed} if changed else told)
        return redirect("recognition:countries")
    unknown = sum(1 for _site, _people, country, _guess in form.sites if not country)
    context = {"form": form, "unknown": unknown}
    return render(request, "programs/recognition/countries.html", context, status=400 if form.errors else 200)
