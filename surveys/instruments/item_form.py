"""The form of one question: its words in every language, its scale, and what it measures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from culture.framework.models import Condition, Dimension, Requirement
from culture.framework.texts import pick
from surveys.instruments.content import Content, Item, free_code
from surveys.instruments.findings import WORDS
from surveys.instruments.forms import LANGUAGES, Several, check_code, spread
from surveys.instruments.scales import COMMENT, MOST_CHOICES, MOST_MULTIPLE, problems

SPARE_ROWS = 2
REVERSIBLE = {"agreement", "frequency", "yes_no"}
CHOOSING = {"single", "multiple"}
FACETS = (
    "treatment", "competence", "reliability", "responsiveness", "empathy", "assurance", "tangibles", "effort",
    "lost time", "talk", "satisfier", "dissatisfier", "sin", "sign", "usefulness", "transfer",
)  # fmt: skip


class ItemForm(Several):
    """``used``: values that options of this question have had in any edition."""

    texts = {"text": (_l("Question"), 3), "help": (_l("Help below the question"), 2)}
    rare = frozenset({"help"})
    code = forms.CharField(
        label=_l("Code"),
        required=False,
        max_length=50,
        help_text=_l("Names the question in results and exports, and keeps its trend over editions. Empty: made up."),
    )
    about = forms.ChoiceField(
        label=_l("About"),
        choices=[
            ("own", _l("The person's own work: asked once")),
            ("provider", _l("A department: asked for each one the person is asked about")),
        ],
        widget=forms.RadioSelect,
        help_text=_l("Write {provider} in the question where the department's name shall stand."),
    )
    section = forms.ChoiceField(label=_l("Section"), required=False)
    required = forms.BooleanField(label=_l("Must be answered"), required=False)
    cannot_judge = forms.BooleanField(label=_l("Offers “I can't judge this”"), required=False)
    dimension = forms.ChoiceField(label=_l("Dimension"), required=False, choices=[("", _l("None")), *Dimension.choices])
    facet = forms.CharField(
        label=_l("Facet"), required=False, max_length=24, widget=forms.TextInput(attrs={"list": "facets"})
    )
    requirements = forms.MultipleChoiceField(
        label=_l("Requirements it measures"), required=False, widget=forms.CheckboxSelectMultiple
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: str, content: Content, item: Item | None, used: set[int], more: int = 0, **kwargs: Any
    ) -> None:
        self.kind, self.content, self.item, self.used, self.more = kind, content, item, used, more
        kwargs["initial"] = {**(_initial(item, kind) if item else _fresh(kind)), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        places = [(one["key"], pick(one["title"])) for one in content["sections"]]
        for name, choices in (("section", places), ("requirements", _requirement_choices(item))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if not content["sections"]:
            del self.fields["section"]
        if kind == COMMENT:
            for name in ("required", "cannot_judge", "dimension", "requirements"):
                del self.fields[name]
            self.fields["about"].required = False
        self.rows = self._add_options()

    def _add_options(self) -> int:
        kind = self.kind
        if kind in {"agreement", "pair"}:
            self.fields["points"] = forms.TypedChoiceField(
                label=_("Points"), choices=[(5, "5"), (7, "7")], coerce=int, widget=forms.RadioSelect
            )
        if kind in REVERSIBLE:
            self.fields["reversed"] = forms.BooleanField(
                label=_("Reversed: the low answers are the good ones"), required=False
            )
        if kind == "number":
            self.fields["min"] = forms.IntegerField(label=_("Smallest number"))
            self.fields["max"] = forms.IntegerField(label=_("Largest number"))
            self._add("unit", _("Unit, written after the number"), 1)
            self.texts = {**self.texts, "unit": (_("Unit, written after the number"), 1)}
        if kind not in CHOOSING:
            return 0
        most = MOST_MULTIPLE if kind == "multiple" else MOST_CHOICES
        existing = len((self.item or {}).get("options", {}).get("choices", ()))
        posted = int(self.data.get("rows") or 0) if str(self.data.get("rows", "")).isdigit() else 0
        rows = min(most, max(existing + SPARE_ROWS, posted, self.more))
        for at in range(rows):
            self.fields[f"choice_{at}_value"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
            self._add(f"choice_{at}", _("Option %(n)s") % {"n": at + 1}, 2)
        return rows

    def option_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "number": at + 1,
                "value": self[f"choice_{at}_value"],
                "fields": [(code, LANGUAGES[code], self[f"choice_{at}_{code}"]) for code in LANGUAGES],
            }
            for at in range(self.rows)
        ]

    def of_scale(self) -> list[BoundField]:
        return [self[name] for name in ("points", "reversed", "min", "max") if name in self.fields]

    def of_answer(self) -> list[BoundField]:
        return [self[name] for name in ("required", "cannot_judge") if name in self.fields]

    def of_meaning(self) -> list[BoundField]:
        return [self[name] for name in ("dimension", "facet", "requirements") if name in self.fields]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        taken = {one["code"] for one in self.content["items"]} - {(self.item or {}).get("code")}
        if code and code in taken:
            raise forms.ValidationError(WORDS["taken"])
        return check_code(code) if code else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.text("text"):
            self.add_error(f"text_{next(iter(LANGUAGES))}", _("Write the question in at least one language."))
        if not self.errors:
            for option, reason in problems(self.kind, self._options()):
                place = option if option in self.fields else f"choice_0_{next(iter(LANGUAGES))}"
                self.add_error(place if place in self.fields else None, str(WORDS[f"options_{reason}"]))
        return data

    def _options(self) -> dict[str, Any]:
        data, options = self.cleaned_data, dict[str, Any]()
        if "points" in data:
            options["points"] = data["points"]
        if data.get("reversed"):
            options["reversed"] = True
        if self.kind == "number":
            options |= {"min": data["min"], "max": data["max"]}
            if unit := self.text("unit"):
                options["unit"] = unit
        if self.kind in CHOOSING:
            options["choices"] = self._choices()
        return options

    def _choices(self) -> list[dict[str, Any]]:
        """Options as written; a new one gets a number that no option of this question ever had, if there is one."""
        rows = [(self.cleaned_data.get(f"choice_{at}_value"), self._option(at)) for at in range(self.rows)]
        known = {choice["value"] for choice in (self.item or {}).get("options", {}).get("choices", ())}
        # A number is a row's own only if the question had it: a form must not give options numbers at will.
        kept = {value for value, text in rows if text and value in known}
        most = MOST_MULTIPLE if self.kind == "multiple" else MOST_CHOICES
        free = [value for value in range(1, most + 1) if value not in self.used | kept]
        last = [value for value in range(1, most + 1) if value in self.used - kept]
        spare = iter([*free, *last])
        found, given = [], set[int]()
        for value, text in rows:
            if not text:
                continue
            own = value is not None and value in kept and value not in given
            number = int(value or 0) if own else next(spare, 0)
            given.add(number)
            found.append({"value": number, "text": text})
        return found

    def _option(self, at: int) -> dict[str, str]:
        return {code: " ".join(text.split()) for code, text in self.text(f"choice_{at}").items()}

    def made(self) -> Item:
        """The question as the form has it."""
        data, comment = self.cleaned_data, self.kind == COMMENT
        text = self.text("text")
        taken = [one["code"] for one in self.content["items"] if one is not self.item]
        code = data["code"] or (self.item or {}).get("code") or ""
        sections = [one["key"] for one in self.content["sections"]]
        return {
            "code": code or free_code("_".join(text.get("en", self.kind).split()[:4]).lower(), taken),
            "section": data.get("section") or (sections[0] if sections else (self.item or {}).get("section", "")),
            "kind": self.kind,
            "options": self._options(),
            "about": data["about"] or "own",
            "text": text,
            "help": self.text("help"),
            "show_if": (self.item or {}).get("show_if", {}),
            "required": not comment and data["required"],
            "cannot_judge": not comment and data["cannot_judge"],
            "requirements": data.get("requirements") or [],
            "dimension": data.get("dimension") or "",
            "facet": data["facet"].strip(),
        }


def _requirement_choices(item: Item | None) -> list[tuple[str, str]]:
    found = [
        (entry.code, f"{entry.code} · {pick(entry.words)}")
        for model in (Requirement, Condition)
        for entry in model.objects.active()
    ]
    known = {code for code, _text in found}
    return found + [(code, code) for code in (item or {}).get("requirements", ()) if code not in known]


def _fresh(kind: str) -> dict[str, Any]:
    points = 7 if kind == "pair" else 5
    return {"about": "own", "required": True, "cannot_judge": True, "points": points, "min": 0, "max": 100}


def _initial(item: Item, kind: str) -> dict[str, Any]:
    options = item["options"]
    found = {
        **_fresh(kind),
        **{name: item[name] for name in ("code", "about", "section", "required", "cannot_judge")},
        **{name: item[name] for name in ("dimension", "facet", "requirements")},
        **spread("text", item["text"]),
        **spread("help", item["help"]),
        **{name: options[name] for name in ("points", "reversed", "min", "max") if name in options},
        **spread("unit", options.get("unit") or {}),
    }
    for at, choice in enumerate(options.get("choices") or ()):
        found[f"choice_{at}_value"] = choice["value"]
        found |= spread(f"choice_{at}", choice.get("text") or {})
    return found
