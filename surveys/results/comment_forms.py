"""What is typed on the pages of comments, sharing and corrections."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.results import comments, themes
from surveys.results.correcting import WHY_LENGTH, Correction, Withdrawal
from surveys.results.sharing import AUDIENCES
from surveys.results.sharing_models import MOST_DAYS, MOST_MODERATION_DAYS

LONGEST_SEARCH = 200
ROWS = 3


class SearchForm(forms.Form):
    """What somebody looks for among comments. Whatever makes no sense is left out, so that an old link still works."""

    q = forms.CharField(label=gettext_lazy("Words in the comment"), required=False, max_length=LONGEST_SEARCH)
    way = forms.ChoiceField(
        label=gettext_lazy("How"),
        required=False,
        choices=[
            (comments.WORDS, gettext_lazy("all these words, however they end")),
            (comments.EXACT, gettext_lazy("exactly these words")),
        ],
    )
    about = forms.ChoiceField(required=False, choices=[("", "")] + [(name, name) for name in ("tree", "said")])
    item = forms.CharField(required=False, max_length=50)
    unit = forms.IntegerField(required=False, min_value=-(2**62), max_value=2**62)
    theme = forms.ChoiceField(required=False, choices=[("", "")] + [(name, name) for name in themes.THEMES])

    def wanted(self) -> comments.Wanted:
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return comments.Wanted(
            query=given.get("q", "").replace("\0", ""),
            way=given.get("way") or comments.WORDS,
            family=given.get("about", ""),
            item=given.get("item", "").replace("\0", ""),
            unit=given.get("unit"),
            theme=given.get("theme", ""),
        )


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


LABELS = {
    "leaders": gettext_lazy("Leaders"),
    "managers": gettext_lazy("Managers"),
    "employees": gettext_lazy("Everybody, for the own unit"),
}
WHO = {
    "leaders": gettext_lazy("Executives, program leads and HR of units. Empty: not shared with them."),
    "managers": gettext_lazy("For the units they lead. Not before leaders. Empty: not shared with them."),
    "employees": gettext_lazy("For the group they work in. Not before managers. Empty: not shared with them."),
}


class ShareForm(forms.Form):
    """From which day who sees a wave."""

    leaders = forms.DateField(label=LABELS["leaders"], help_text=WHO["leaders"], required=False, widget=DayInput())
    managers = forms.DateField(label=LABELS["managers"], help_text=WHO["managers"], required=False, widget=DayInput())
    employees = forms.DateField(
        label=LABELS["employees"], help_text=WHO["employees"], required=False, widget=DayInput()
    )
    employee_comments = forms.BooleanField(
        label=gettext_lazy("Everybody also reads the comments of the own group"), required=False
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell people by mail when results are there for them"), required=False)
    moderation_days = forms.IntegerField(
        label=gettext_lazy("Days in which names in comments can be masked before the release"),
        help_text=gettext_lazy("0: comments are released at once. Empty: as the series plans it."),
        required=False,
        min_value=0,
        max_value=MOST_MODERATION_DAYS,
    )

    def __init__(self, *args: Any, released: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if released:
            del self.fields["moderation_days"]

    def dates(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in AUDIENCES}


AFTER_WHO = {
    "leaders": gettext_lazy("Executives, program leads and HR of units. Empty: never."),
    "managers": gettext_lazy("For the units they lead. Empty: never."),
    "employees": gettext_lazy("For the group they work in. Empty: never."),
}


def _days(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=LABELS[name], help_text=AFTER_WHO[name], required=False, min_value=0, max_value=MOST_DAYS
    )


class PlanForm(forms.Form):
    """In how many days after its release a wave of a series is shared with whom."""

    leaders = _days("leaders")
    managers = _days("managers")
    employees = _days("employees")
    employee_comments = forms.BooleanField(
        label=gettext_lazy("Everybody also reads the comments of the own group"), required=False
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell people by mail when results are there for them"), required=False)
    moderation_days = forms.IntegerField(
        label=gettext_lazy("Days in which names in comments can be masked before the release"),
        help_text=gettext_lazy("0: comments are released at once, with the numbers."),
        min_value=0,
        max_value=MOST_MODERATION_DAYS,
    )

    def after(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in AUDIENCES}


class CorrectionForm(forms.Form):
    """A correction as HR writes it: groups by their names, numbers by their words."""

    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Everybody who reads the results reads this. Name nobody."),
        max_length=WHY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words = forms.CharField(
        label=gettext_lazy("Words to mask in all comments"),
        help_text=gettext_lazy("One in each line, or between commas. Every place is masked, inside longer words too."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    everywhere = forms.MultipleChoiceField(
        label=gettext_lazy("Numbers to withdraw in every group"),
        help_text=gettext_lazy("An index built from a question stays, unless you tick it, too."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, groups: Sequence[tuple[int, str]], measures: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        self.groups = groups
        self.fields["everywhere"].choices = measures  # type: ignore[attr-defined]
        choices = [("", _("All its numbers and comments")), *measures]
        for at in range(1, ROWS + 1):
            self.fields[f"group{at}"] = forms.CharField(
                label=_("Group"), required=False, max_length=400, widget=forms.TextInput(attrs={"list": "groups"})
            )
            self.fields[f"measure{at}"] = forms.ChoiceField(
                label=_("What to withdraw"), required=False, choices=choices
            )
        self.fields["named"] = forms.CharField(
            label=_("Group to rename"), required=False, max_length=400, widget=forms.TextInput(attrs={"list": "groups"})
        )
        self.fields["name"] = forms.CharField(label=_("Its right name"), required=False, max_length=400)

    def clean_words(self) -> str:
        typed = self.cleaned_data["words"]
        if short := [word for word in _split(typed) if len(word) < 2]:
            raise forms.ValidationError(_("“%(word)s” is too short: it stands in too many words.") % {"word": short[0]})
        return typed

    @property
    def withdrawals(self) -> list[tuple[Any, Any]]:
        return [(self[f"group{at}"], self[f"measure{at}"]) for at in range(1, ROWS + 1)]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("group1", "group2", "group3", "named"):
            if given.get(name):
                given[f"{name}_id"] = self._found(name, given[name])
        if bool(given.get("named")) != bool(given.get("name", "").strip()):
            self.add_error("name", _("Give both: the group, and its right name."))
        return given

    def _found(self, field: str, typed: str) -> int | None:
        fits = [unit for unit, name in self.groups if name.casefold() == typed.strip().casefold()]
        if len(fits) == 1:
            return fits[0]
        if fits:
            self.add_error(field, _("Several groups are called so. Choose one from the list, with its place."))
            return None
        near = difflib.get_close_matches(typed, [name for _unit, name in self.groups], n=3)
        told = _("No group of this wave is called so.")
        self.add_error(field, f"{told} {_('Perhaps:')} {', '.join(near)}" if near else told)
        return None

    def correction(self) -> Correction:
        given = self.cleaned_data
        withdraw = [
            Withdrawal("tree", given[f"group{at}_id"], measure=given.get(f"measure{at}", ""))
            for at in range(1, ROWS + 1)
            if given.get(f"group{at}_id") is not None
        ]
        names = {("tree", given["named_id"], None): given["name"].strip()} if given.get("named_id") else {}
        words = _split(given.get("words", ""))
        return Correction(withdraw=withdraw, names=names, words=words, everywhere=given.get("everywhere", ()))


def _split(typed: str) -> list[str]:
    return [word.strip() for word in re.split(r"[\n,;，；]", typed) if word.strip()]
