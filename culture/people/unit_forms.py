"""What HR types about units: which one, from when, what happens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.people import names
from culture.people.changes import LONGEST_NAME, Change, Kind
from culture.people.models import Unit

MOST_SHOWN = 4


class DayField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class UnitField(forms.CharField):
    """A unit by its path or, when only one bears it, its name. Suggestions come as one types; works without them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1000)
        widget = forms.TextInput(attrs={"data-suggest": reverse_lazy("people:suggest_units"), "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)
        self.units: QuerySet[Unit] = Unit.objects.none()

    def prepare_value(self, value: Any) -> Any:
        return value.path if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._found(" ".join(text.split())) if text else None

    def _found(self, text: str) -> Unit:
        open_units = self.units.filter(until__isnull=True)
        if (exact := open_units.filter(path=text).first()) is not None:
            return exact
        wanted = names.plain(text)
        rows = open_units.values_list("pk", "name", "path")
        found = [row for row in rows if wanted in (names.plain(row[1]), names.plain(row[2]))]
        if len(found) == 1:
            return open_units.get(pk=found[0][0])
        if not found:
            raise ValidationError(_("There is no open unit called “%(text)s” here.") % {"text": text})
        paths = "; ".join(sorted(row[2] for row in found)[:MOST_SHOWN])
        raise ValidationError(
            _("%(n)s units are called “%(text)s”. Write the whole path: %(paths)s.")
            % {"n": len(found), "text": text, "paths": paths}
        )


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Show what a service refused beside the fields it is about."""
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, texts in found.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


class ChangeForm(forms.Form):
    """Base of the forms that change the tree: makes a ``Change``."""

    kind: Kind
    title: Any
    submit: Any
    on = DayField(
        label=gettext_lazy("With effect from"),
        help_text=gettext_lazy("A past day is carried out at once, a day to come on that day."),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.units = units
        # The day comes last, where the eye is after saying what happens.
        self.order_fields([name for name in self.fields if name != "on"] + ["on"])

    def change(self) -> Change:
        data = {name: value for name, value in self.cleaned_data.items() if name != "on"}
        return Change(self.kind, self.cleaned_data["on"], self.unit, **data)


class CreateForm(ChangeForm):
    kind, title, submit = Kind.CREATE, gettext_lazy("New unit"), gettext_lazy("Create the unit")
    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    target = UnitField(
        label=gettext_lazy("Lies in"), required=False, help_text=gettext_lazy("Leave it empty for the top of the tree.")
    )


class RenameForm(ChangeForm):
    kind, title, submit = Kind.RENAME, gettext_lazy("Rename"), gettext_lazy("Rename the unit")
    name = forms.CharField(label=gettext_lazy("New name"), max_length=LONGEST_NAME)


class MoveForm(ChangeForm):
    kind, title, submit = Kind.MOVE, gettext_lazy("Move"), gettext_lazy("Move the unit")
    target = UnitField(
        label=gettext_lazy("New place: lies in"),
        required=False,
        help_text=gettext_lazy("Leave it empty for the top of the tree. Everything below goes along."),
    )


class MergeForm(ChangeForm):
    kind, title, submit = Kind.MERGE, gettext_lazy("Merge"), gettext_lazy("Merge the unit")
    target = UnitField(
        label=gettext_lazy("Becomes part of"), help_text=gettext_lazy("Its people and its subunits go there.")
    )


class CloseForm(ChangeForm):
    kind, title, submit = Kind.CLOSE, gettext_lazy("Close"), gettext_lazy("Close the unit")
    people_to = UnitField(label=gettext_lazy("Its people go to"), required=False)
    units_to = UnitField(label=gettext_lazy("Its subunits go to"), required=False)


class SplitForm(ChangeForm):
    kind, title, submit = Kind.SPLIT, gettext_lazy("Split"), gettext_lazy("Split the unit")
    name = forms.CharField(
        label=gettext_lazy("Name of the new unit"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("It lies beside the old one, which keeps everybody you do not choose."),
    )
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who goes into the new unit"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, members: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = members  # type: ignore[attr-defined]

    def change(self) -> Change:
        data = self.cleaned_data
        return Change(self.kind, data["on"], self.unit, name=data["name"], people=tuple(data["people"]))


FORMS: dict[str, type[ChangeForm]] = {
    "rename": RenameForm,
    "move": MoveForm,
    "merge": MergeForm,
    "split": SplitForm,
    "close": CloseForm,
}
