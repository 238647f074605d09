"""Fields of the planning forms: days, units as a tree of checkboxes or by their paths, people by their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import clock
from culture.people.models import Employee, Unit

# A tree of checkboxes for each cohort stops being of use somewhere; beyond, units are written by their paths.
MOST_BOXES = 400
MOST_PEOPLE = 2000


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UnitTree(forms.CheckboxSelectMultiple):
    """Checkboxes as nested lists, so that what lies below what is seen and heard."""

    units: list[Unit] = []

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = {str(item) for item in value or []}
        children: dict[int | None, list[Unit]] = {}
        offered = {unit.pk for unit in self.units}
        for unit in self.units:
            # Who leads programs of one unit only is offered that unit and what lies below it.
            above = unit.parent_id if unit.parent_id in offered else None  # type: ignore[attr-defined]
            children.setdefault(above, []).append(unit)
        base = (attrs or {}).get("id") or f"id_{name}"
        return self._branch(name, base, None, children, chosen)

    def _branch(
        self, name: str, base: str, parent: int | None, children: Mapping[int | None, list[Unit]], chosen: set[str]
    ) -> SafeString:
        rows = children.get(parent, [])
        if not rows:
            return mark_safe("")
        lines = format_html_join(
            "",
            '<li><label class="choice" for="{}_{}">'
            '<input type="checkbox" name="{}" value="{}" id="{}_{}"{}> {}</label>{}</li>',
            (
                (
                    base,
                    unit.pk,
                    name,
                    unit.pk,
                    base,
                    unit.pk,
                    mark_safe(" checked") if str(unit.pk) in chosen else "",
                    unit.name,
                    self._branch(name, base, unit.pk, children, chosen),
                )
                for unit in rows
            ),
        )
        return format_html('<ul class="tree">{}</ul>', lines)


class UnitPaths(forms.CharField):
    """Units by their paths, one a line; gives their ids as text, as the checkboxes do."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, units: list[Unit], **more: Any) -> None:
        super().__init__(**more)
        self.by_path = {unit.path.casefold(): unit.pk for unit in units}
        self.path_of = {str(unit.pk): unit.path for unit in units}

    def prepare_value(self, value: Any) -> Any:
        """The ids of what is saved as paths; what was typed as it was typed."""
        if isinstance(value, list | tuple):
            value = "\n".join(self.path_of.get(str(one), str(one)) for one in value)
        return value

    def clean(self, value: Any) -> list[str]:
        if isinstance(value, list | tuple):
            value = "\n".join(map(str, value))
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        unknown = [line for line in lines if line.casefold() not in self.by_path]
        if unknown:
            values = {"names": "; ".join(unknown[:5])}
            raise ValidationError(_("No unit has this path: %(names)s. Write it as on the page Units.") % values)
        return [str(self.by_path[line.casefold()]) for line in lines]


class People(forms.CharField):
    """Employee numbers, by commas, blanks or lines; gives the employees. One query."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, known: QuerySet[Employee] | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.known = known

    def clean(self, value: Any) -> list[Employee]:
        numbers = list(dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).strip())))
        numbers = [number for number in numbers if number]
        if len(numbers) > MOST_PEOPLE:
            raise ValidationError(_("At most %(most)s people by name: choose their unit.") % {"most": MOST_PEOPLE})
        rows = Employee.objects.here(clock.today()).filter(number__in=numbers)
        if self.known is not None:
            rows = rows.filter(pk__in=self.known.order_by().values("pk"))
        found = {one.number: one for one in rows}
        unknown = [number for number in numbers if number not in found]
        if unknown:
            told = ngettext(
                "Nobody who works here has the number %(numbers)s.",
                "Nobody who works here has the numbers %(numbers)s.",
                len(unknown),
            )
            raise ValidationError(told % {"numbers": ", ".join(unknown[:5]) + ("…" if len(unknown) > 5 else "")})
        return [found[number] for number in numbers]


class Person(forms.CharField):
    """One employee by number; empty gives ``None`` unless required."""

    def clean(self, value: Any) -> Employee | None:
        number = super().clean(value).strip()
        if not number:
            return None
        found = Employee.objects.here(clock.today()).filter(number=number).first()
        if found is None:
            raise ValidationError(_("Nobody who works here has the number “%(number)s”.") % {"number": number})
        return found
