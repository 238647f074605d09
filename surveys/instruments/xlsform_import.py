"""A questionnaire out of an XLSForm workbook: all of it, or every place that keeps it from being understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.instruments import rules, xlsform_rules
from surveys.instruments.content import CODE, Content, Item, asked_order, complete, section
from surveys.instruments.findings import WORDS
from surveys.instruments.scales import COMMENT, KINDS, MOST_CHOICES, MOST_MULTIPLE, problems
from surveys.instruments.section_titles import SECTION_TITLES
from surveys.instruments.xlsform_names import IGNORED, NONE, OURS, PROVIDER, SECTION, TYPES, language_code
from surveys.instruments.xlsform_sheets import Problem, Row, Sheet, read, rows

RANGE = re.compile(r"\s*\.\s*>=\s*(-?\d+)\s+and\s+\.\s*<=\s*(-?\d+)\s*\Z")
KNOWN_TYPES = "select_one, select_multiple, integer, range, text, note, begin_group, end_group"
FIXED = {
    "frequency": 5,
    "satisfaction": 5,
    "effort": 7,
    "outcome": 5,
    "lost_time": 6,
    "yes_no": 2,
    "recommendation": 11,
}
LOOSE = "questions"  # the section of what stands in no group while other questions do


@dataclass
class Brought:
    """What a file holds. With ``problems`` nothing of it may be used; ``notes`` only inform."""

    key: str = ""
    name: dict[str, str] = field(default_factory=dict)
    purpose: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    content: Content = field(default_factory=lambda: {"sections": [], "items": []})
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def bring(data: bytes) -> Brought:
    """Read the workbook. Raises xlsform_sheets.Unusable if it is none."""
    return _Bringing(read(data)).done


class _Bringing:
    def __init__(self, sheets: Mapping[str, list[list[str]]]) -> None:
        self.done = Brought()
        settings = rows(sheets, "settings", "en")
        first = settings.rows[0] if settings.rows else None
        self.default = (language_code(first.get("default_language")) if first else "") or "en"
        self.survey = rows(sheets, "survey", self.default)
        self.choices = self._lists(rows(sheets, "choices", self.default))
        self.values: dict[str, dict[str, int]] = {}
        self.relevants: list[tuple[Row, str]] = []
        self.pairs: dict[str, tuple[str, int]] = {}
        self.where: dict[str, Row] = {}
        self._settings(first, rows(sheets, "trivium", self.default))
        if not self.survey.rows:
            text = _("The workbook has no sheet “survey” with rows. An XLSForm has its questions there.")
            self.done.problems.append(Problem(text, "survey"))
            return
        self.done.notes += self.survey.notes
        self.units = self._units(sheets)
        self._walk()
        self._relevants()
        self._rules()

    # -- sheets around

    def _settings(self, first: Row | None, own: Sheet) -> None:
        done = self.done
        for row in own.rows:
            found = {code: row.get(code) for code in ("en", "it", "ro", "zh-hans", "fr") if row.get(code)}
            what = row.get("what")
            if what == "name":
                done.name = found
            elif what == "purpose":
                done.purpose = found
            elif what == "source" and row.get("text"):
                done.sources.append(row.get("text")[:300])
        done.key = first.get("form_id") if first else ""
        if not done.name:
            done.name = {self.default: (first.get("form_title") if first else "") or done.key or _("Imported")}

    def _units(self, sheets: Mapping[str, list[list[str]]]) -> dict[str, dict[str, str]]:
        own = rows(sheets, "trivium", self.default).rows
        return {
            row.get("name"): {code: row.get(code) for code in ("en", "it", "ro", "zh-hans", "fr") if row.get(code)}
            for row in own
            if row.get("what") == "unit"
        }

    def _lists(self, sheet: Sheet) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in sheet.rows:
            if row.get("list_name"):
                found.setdefault(row.get("list_name"), []).append(row)
        self.choice_languages = sheet.languages
        return found

    # -- the questions

    def _wrong(self, row: Row, text: str, column: str = "") -> None:
        self.done.problems.append(row.problem(text, column))

    def _walk(self) -> None:
        self.section = ""
        group: Row | None = None
        pair: list[Row] | None = None
        for row in self.survey.rows:
            kind, _blank, listed = row.get("type").replace("begin ", "begin_").replace("end ", "end_").partition(" ")
            kind = {"select": "select_one", "int": "integer"}.get(kind, kind).lower()
            if pair is not None:
                if kind == "end_group":
                    self._pair(pair)
                    pair = None
                else:
                    pair.append(row)
            elif kind == "begin_group" and row.get("kind") == "pair":
                pair = [row]
            elif kind == "begin_group":
                if group is not None:
                    self._wrong(row, _("Groups within groups are not known here. End the outer group first."), "type")
                group = row
                self._section(row)
            elif kind == "end_group":
                group, self.section = None, ""
            elif kind in {"begin_repeat", "end_repeat"}:
                told = _("Repeats are not known here. Mark questions about departments in a column “about”: provider.")
                self._wrong(row, told, "type")
            else:
                self._row(row, kind, listed.strip())
        if pair is not None or group is not None:
            self._wrong(pair[0] if pair else group or self.survey.rows[-1], _("This group has no end_group."), "type")

    def _section(self, row: Row) -> None:
        key = row.get("name").removeprefix(SECTION)
        taken = {one["key"] for one in self.done.content["sections"]}
        if not CODE.match(key) or len(key) > 40:
            self._wrong(row, self._bad_name(), "name")
        elif key in taken:
            self._wrong(row, _("Another group has this name. Give each its own."), "name")
        title = self._texts(row, "label")
        if not title:
            self._wrong(row, _("This group has no label. Write its title."), "label")
        self.section = key
        self.done.content["sections"].append(section(key, title, {}, row.yes("shuffled")))

    @staticmethod
    def _bad_name() -> str:
        return _("A name begins with a letter and holds only letters without accents, figures, - and _, at most 50.")

    def _row(self, row: Row, kind: str, listed: str) -> None:
        if kind == "note":
            self._note(row)
        elif row.get("name") in OURS:
            return
        elif kind in IGNORED:
            self.done.notes.append(
                row.problem(_("Left out: the answering pages collect nothing by themselves."), "type")
            )
        elif kind in {"select_one", "select_multiple", "integer", "range", "text"}:
            self._question(row, kind, listed)
        else:
            told = _("“%(type)s” is not a type known here. Known: %(known)s.") % {
                "type": row.get("type") or "–",
                "known": KNOWN_TYPES,
            }
            self._wrong(row, told, "type")

    def _note(self, row: Row) -> None:
        if row.get("kind") == "empty":
            return
        sections = self.done.content["sections"]
        empty = self.section and not any(item["section"] == self.section for item in self.done.content["items"])
        if empty and not sections[-1]["intro"]:
            sections[-1]["intro"] = self._texts(row, "label")
        else:
            told = _("Left out: a note is kept only as the first row of a group, where it stands below the title.")
            self.done.notes.append(row.problem(told, "type"))

    def _question(self, row: Row, type_: str, listed: str) -> None:
        if not (item := self._base(row)):
            return
        kind = row.get("kind") or {"text": COMMENT, "integer": "number", "range": "number"}.get(type_, "")
        kind = kind or ("multiple" if type_ == "select_multiple" else self._guess(listed))
        if kind not in KINDS:
            self._wrong(row, _("“%(kind)s” is no kind of question. Known: %(known)s.") % {
                "kind": kind, "known": ", ".join(KINDS)}, "kind")  # fmt: skip
            return
        if type_ not in TYPES.get(kind, ("select_one",)):
            told = _("The type %(type)s does not go with the kind %(kind)s. Change one of the two.")
            self._wrong(row, told % {"type": type_, "kind": kind}, "kind")
            return
        options: dict[str, Any] = {}
        if kind == "number":
            options = self._number(row, type_)
        elif kind in {"single", "multiple"}:
            options = self._options(row, item["code"], kind, listed)
        elif kind != COMMENT:
            options = self._fixed(row, item["code"], kind, listed)
        if kind == COMMENT:
            item |= {"required": False, "cannot_judge": False}
        self._add(row, {**item, "kind": kind, "options": options})

    def _base(self, row: Row) -> Item:
        code = row.get("name")
        if not CODE.match(code):
            told = _("This question has no name. Give it one.") if not code else self._bad_name()
            self._wrong(row, told, "name")
            return {}
        if code in self.where:
            told = _("Row %(row)s has this name already. Give each question its own.")
            self._wrong(row, told % {"row": self.where[code].number}, "name")
            return {}
        self.where[code] = row
        text = self._texts(row, "label")
        if not text:
            self._wrong(row, _("This question has no label in any language. Write the question."), "label")
        self._gaps(row, text)
        own = "kind" in row.cells
        asks = [one for one in re.split(r"[\s,;]+", row.get("requirements")) if one]
        if any(len(one) > 8 for one in asks):
            self._wrong(row, _("Write codes such as W1 or K3, separated by commas."), "requirements")
        if row.get("dimension") not in {"", "want", "know", "can"}:
            self._wrong(row, _("The dimension is want, know or can, or empty."), "dimension")
        if row.get("about") not in {"", "own", "provider"}:
            self._wrong(row, _("Write own or provider, or leave it empty."), "about")
        if len(row.get("facet")) > 24:
            self._wrong(row, _("A facet has at most 24 characters."), "facet")
        found = complete(
            {
                "code": code,
                "kind": "",
                "section": self.section or row.get("section")[:40],
                "text": text,
                "help": self._texts(row, "hint"),
                "about": row.get("about") or "own",
                "required": row.yes("required"),
                "cannot_judge": row.yes("cannot_judge") if own else True,
                "requirements": asks,
                "facet": row.get("facet"),
            }
        )
        return {**found, "dimension": row.get("dimension") if own else found["dimension"]}

    def _add(self, row: Row, item: Item) -> None:
        for _option, reason in problems(item["kind"], item["options"]):
            self._wrong(row, str(WORDS[f"options_{reason}"]), "type")
        self.done.content["items"].append(item)
        if row.get("relevant"):
            self.relevants.append((row, item["code"]))

    def _texts(self, row: Row, column: str) -> dict[str, str]:
        found = row.texts.get(column, {})
        return {code: text.replace(f"${{{PROVIDER}}}", "{provider}") for code, text in found.items()}

    def _gaps(self, row: Row, text: Mapping[str, str]) -> None:
        gaps = [code for code in self.survey.languages if code and code not in text]
        if text and gaps:
            told = _("No words in %(languages)s: people who read it see another language. Write them in the editor.")
            self.done.notes.append(row.problem(told % {"languages": ", ".join(gaps)}, f"label {gaps[0]}"))

    # -- answers

    def _guess(self, listed: str) -> str:
        stem = listed.removesuffix("_or_none")
        if stem in {"agreement5", "agreement7"}:
            return "agreement"
        names = [row.get("name") for row in self.choices.get(listed, []) if row.get("name") != NONE]
        return stem if stem in FIXED and len(names) == FIXED[stem] else "single"

    def _fixed(self, row: Row, code: str, kind: str, listed: str) -> dict[str, Any]:
        options: dict[str, Any] = {}
        points = row.get("points") or ("7" if listed.startswith("agreement7") else "5")
        if kind in {"agreement", "pair"} and row.get("points") or points == "7" and kind == "agreement":
            options["points"] = int(points) if points.isdigit() else 0
        if row.yes("reversed"):
            options["reversed"] = True
        self.values[code] = {str(value): value for value in range(0, 100)}
        return options

    def _number(self, row: Row, type_: str) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if type_ == "range":
            given = dict(re.findall(r"(start|end)\s*=\s*(-?\d+)", row.get("parameters")))
            options = {"min": int(given.get("start", 1)), "max": int(given.get("end", 10))}
        elif match := RANGE.match(row.get("constraint")):
            options = {"min": int(match[1]), "max": int(match[2])}
        elif row.get("constraint"):
            self._wrong(row, _("Write the range as “. >= 0 and . <= 50”."), "constraint")
        else:
            told = _("No range is given, so 0 to 100 is taken. Write it as “. >= 0 and . <= 50”.")
            self.done.notes.append(row.problem(told, "constraint"))
            options = {"min": 0, "max": 100}
        if unit := self.units.get(row.get("name")):
            options["unit"] = unit
        return options

    def _options(self, row: Row, code: str, kind: str, listed: str) -> dict[str, Any]:
        found = self.choices.get(listed)
        if not found:
            told = _("The sheet “choices” has no list “%(name)s”. Write its options there.")
            self._wrong(row, told % {"name": listed or "–"}, "type")
            return {"choices": [{"value": 1, "text": {"en": "?"}}, {"value": 2, "text": {"en": "?"}}]}
        own = row.get("kind") in {"single", "multiple"}
        rest = [one for one in found if not (own and one.get("name") in {NONE, "0"})]
        most = MOST_MULTIPLE if kind == "multiple" else MOST_CHOICES
        names = [one.get("name") for one in rest]
        plain = all(name.isascii() and name.isdigit() and 1 <= int(name) <= most for name in names)
        for name in {name for name in names if names.count(name) > 1}:
            twice = [one for one in rest if one.get("name") == name][1]
            self._wrong(twice, _("Two options of this list have this name. Give each its own."), "name")
        choices = []
        for at, one in enumerate(rest, 1):
            text = self._texts(one, "label")
            if not text:
                self._wrong(one, _("This option has no label in any language. Write it."), "label")
            gaps = [lang for lang in self.choice_languages if lang and lang not in text]
            if text and gaps:
                told = _("No words in %(languages)s: people see another language.") % {"languages": ", ".join(gaps)}
                self.done.notes.append(one.problem(told, f"label {gaps[0]}"))
            value = int(one.get("name")) if plain else at
            self.values.setdefault(code, {})[one.get("name")] = value
            choices.append({"value": value, "text": text})
        if kind == "multiple":
            self.values.setdefault(code, {}).setdefault("0", 0)
        return {"choices": choices}

    def _pair(self, rows_: list[Row]) -> None:
        head, halves = rows_[0], rows_[1:]
        if not (item := self._base(head)):
            return
        if len(halves) != 2 or any(not half.get("type").startswith("select_one") for half in halves):
            self._wrong(head, _("A pair is a group of exactly two select_one: what is expected, what is experienced."))
            return
        for at, half in enumerate(halves):
            self.pairs[half.get("name")] = (item["code"], at)
        options: dict[str, Any] = {}
        if head.get("points"):
            options["points"] = int(head.get("points")) if head.get("points").isdigit() else 0
        item |= {"help": self._texts(halves[0], "hint"), "required": halves[0].yes("required")}
        self._add(head, {**item, "kind": "pair", "options": options})

    # -- rules

    def _relevants(self) -> None:
        items = {item["code"]: item for item in self.done.content["items"]}

        def value_of(code: str, choice: str) -> int:
            if code in items and items[code]["kind"] == "number":
                return int(choice)
            # A question that is not there is told of below, with all else that is wrong with rules.
            return self.values[code][choice] if code in items else 0

        for row, code in self.relevants:
            try:
                items[code]["show_if"] = xlsform_rules.read(row.get("relevant"), value_of, self.pairs.get)
            except (xlsform_rules.Unreadable, ValueError) as bad:
                told = _(
                    "“%(part)s” cannot be understood. Known: ${name} = 'value', selected(${name}, 'value'), "
                    "${name} != '', joined by and / or; the value must be one of the question's choices."
                )
                part = bad.at if isinstance(bad, xlsform_rules.Unreadable) else row.get("relevant")[:40]
                self._wrong(row, told % {"part": part}, "relevant")

    def _rules(self) -> None:
        self._loose()
        content = self.done.content
        if not content["items"] and not self.done.problems:
            self.done.problems.append(Problem(_("There are no questions on this sheet."), "survey"))
        if self.done.problems:
            return
        for one in rules.problems(asked_order(content)):
            row = self.where[one.code]
            self._wrong(row, str(WORDS[f"rule_{one.reason}"]) % {"about": one.about}, "relevant")

    def _loose(self) -> None:
        """Questions outside of all groups, while others are in some, get a section of their own."""
        content = self.done.content
        keys = {one["key"] for one in content["sections"]}
        loose = [item for item in content["items"] if item["section"] not in keys]
        if not keys or not loose:
            return
        first = content["items"].index(loose[0])
        after = {item["section"] for item in content["items"][:first]}
        at = sum(one["key"] in after for one in content["sections"])
        content["sections"].insert(at, section(LOOSE, SECTION_TITLES["other"]))
        for item in loose:
            item["section"] = LOOSE
