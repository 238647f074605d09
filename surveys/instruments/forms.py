"""What HR types about questionnaires: one text per language, side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.instruments.content import CODE, Item, free_code
from surveys.instruments.models import Instrument

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)
LONGEST = 600
FILE_LIMIT = 2_000_000


class Several(forms.Form):
    """A form with texts in several languages: field ``NAME_LANGUAGE`` for each of ``texts``."""

    texts: dict[str, tuple[Any, int]] = {}  # name → (label, rows)
    rare: frozenset[str] = frozenset()
    longest = LONGEST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, rows) in self.texts.items():
            self._add(name, label, rows)

    def _add(self, name: str, label: Any, rows: int) -> None:
        for code, language in LANGUAGES.items():
            attrs = {"rows": rows, "lang": code}
            widget = forms.Textarea(attrs=attrs) if rows > 1 else forms.TextInput(attrs={"lang": code})
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=f"{label} · {language}", required=False, max_length=self.longest, widget=widget
            )

    def text(self, name: str) -> dict[str, str]:
        """What was written, by language; languages left empty are left out."""
        given = {code: self.cleaned_data.get(f"{name}_{code}", "").strip() for code in LANGUAGES}
        return {code: text for code, text in given.items() if text}

    def side_by_side(self) -> list[dict[str, Any]]:
        """A row per text; ``folded``: one that few need and nobody has written."""
        return [
            {
                "name": name,
                "label": label,
                "fields": (fields := [(code, LANGUAGES[code], self[f"{name}_{code}"]) for code in LANGUAGES]),
                "folded": name in self.rare and not any(one.value() or one.errors for _code, _name, one in fields),
            }
            for name, (label, _rows) in self.texts.items()
        ]


def spread(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """``texts`` as initial values of the fields of ``name``."""
    return {f"{name}_{code}": text for code, text in texts.items()}


class NamesForm(Several):
    texts = {"name": (_l("Name"), 1), "purpose": (_l("What it is for"), 3)}
    sources = forms.CharField(
        label=_l("Sources"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_l("What the questions rest on, one source a line."),
    )

    def clean_sources(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip()]
        if any(len(line) > 300 for line in lines):
            raise forms.ValidationError(_("At most 300 characters a line."))
        return lines

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.text("name"):
            self.add_error(f"name_{next(iter(LANGUAGES))}", _("Give it a name in at least one language."))
        return data


class SectionForm(Several):
    texts = {"title": (_l("Title"), 1), "intro": (_l("What stands below the title"), 2)}
    shuffled = forms.BooleanField(
        label=_l("Ask its questions in another order for each person"),
        required=False,
        help_text=_l("Shuffling evens out what an order does to the answers. Each person keeps his own order."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.text("title"):
            self.add_error(f"title_{next(iter(LANGUAGES))}", _("Give it a title in at least one language."))
        return data

    def section(self, key: str, taken: list[str]) -> Item:
        title = self.text("title")
        return {
            "key": key or free_code(title.get("en", "section"), taken).lower()[:40],
            "title": title,
            "intro": self.text("intro"),
            "shuffled": bool(self.cleaned_data["shuffled"]),
        }


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_l("XLSForm file"),
        help_text=_l("An .xlsx file with the sheets survey, choices and settings; at most 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    into = forms.ModelChoiceField(
        Instrument.objects.current().order_by("key"),
        label=_l("Into"),
        required=False,
        empty_label=_l("A new questionnaire"),
        help_text=_l("Into one that exists: its draft gets the questions of the file. You can undo that."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not re.search(r"\.xlsx$", file.name, re.IGNORECASE):
            raise forms.ValidationError(_("This is not an .xlsx file. Save the form as Excel workbook (.xlsx)."))
        if file.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file is larger than 2 MB. Take pictures and unused sheets out of it."))
        return file


def check_code(code: str) -> str:
    if not CODE.match(code):
        raise forms.ValidationError(
            _("Begin with a letter; use only letters without accents, figures, - and _, at most 50.")
        )
    return code


def bound(form: forms.Form, *names: str) -> list[BoundField]:
    return [form[name] for name in names if name in form.fields]
