"""The words of the interface: what of it is translatable, the catalogues that translate it, and making them readable.

Catalogues lie in ``<app>/locale/<language>/LC_MESSAGES/django.po`` (GNU gettext's format), one for each app and language,
sorted by their English text and without line numbers, so that a change of code changes few lines. What Django reads
(``django.mo``) is made from them and is not kept in the repository.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

APPS = ("config", "culture", "surveys", "programs")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
# CLDR's rules for whole numbers.
PLURALS = {
    "it": "nplurals=2; plural=(n != 1);",
    "ro": "nplurals=3; plural=(n == 1 ? 0 : (n == 0 || (n % 100 > 0 && n % 100 < 20)) ? 1 : 2);",
    "zh-hans": "nplurals=1; plural=0;",
    "fr": "nplurals=2; plural=(n > 1);",
}
FORMS = {language: int(rule[len("nplurals=")]) for language, rule in PLURALS.items()}

# The places of the texts in the arguments of each function of gettext.
SINGULAR, PLURAL, CONTEXT = "singular", "plural", "context"
PLACES = {
    "_": (SINGULAR,),
    "gettext": (SINGULAR,),
    "gettext_lazy": (SINGULAR,),
    "gettext_noop": (SINGULAR,),
    "ngettext": (SINGULAR, PLURAL),
    "ngettext_lazy": (SINGULAR, PLURAL),
    "pgettext": (CONTEXT, SINGULAR),
    "pgettext_lazy": (CONTEXT, SINGULAR),
    "npgettext": (CONTEXT, SINGULAR, PLURAL),
    "npgettext_lazy": (CONTEXT, SINGULAR, PLURAL),
}
# Django's, which turns a template into such calls, writes strings with the prefix u.
CALL = re.compile(r"(?<![\w.])(?:n?p?gettext(?:_lazy|_noop)?|_)\(")
PERCENT = re.compile(r"%\(\w+\)[sdif]|%[sdif]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdif]|%(?:\.\d+)?[sdif%]|\{(\w*)(?:![rs])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?([a-zA-Z][\w-]*)[^<>]*>")


@dataclass(frozen=True, order=True)
class Text:
    """One text of the interface as gettext knows it; ``plural`` and ``context`` are '' where there is none."""

    singular: str
    plural: str = ""
    context: str = ""


@dataclass
class Report:
    """What an extraction changed in one catalogue."""

    language: str
    app: str
    total: int = 0
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    lacking: int = 0


def sources(app: str) -> list[Path]:
    """Every file of an app that can hold a text: its modules, without migrations, and its templates."""
    root = settings.BASE_DIR / app
    modules = [one for one in root.rglob("*.py") if not {"migrations", "locale"} & set(one.relative_to(root).parts)]
    return sorted([*modules, *(root / "templates").rglob("*.html"), *(root / "templates").rglob("*.txt")])


def texts_of(path: Path) -> set[Text]:
    """The translatable texts of a module or a template."""
    source = path.read_text(encoding="utf-8")
    return set(of_module(source) if path.suffix == ".py" else of_template(source))


def of_module(source: str) -> Iterator[Text]:
    if "gettext" not in source:
        return
    tree = ast.parse(source)
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found = _text(PLACES.get(names.get(name, name), ()), node.args)
            if found:
                yield found


def _imported(tree: ast.AST) -> dict[str, str]:
    """What functions of gettext are called in a module: ``from … import pgettext as _p`` is ``{"_p": "pgettext"}``."""
    return {
        alias.asname: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in PLACES
    }


def of_template(source: str) -> Iterator[Text]:
    """Django's own reading of a template, so that {% blocktranslate trimmed %} is what it will look up."""
    calls = templatize(source)
    for match in CALL.finditer(calls):
        tree = _call_at(calls, match)
        found = _text(PLACES[match.group()[:-1]], tree.args) if tree else None
        if found:
            # A sign of percent is doubled there, as in what the tag looks up.
            yield found


def _call_at(calls: str, match: re.Match[str]) -> ast.Call | None:
    """The call that begins at ``match``; the rest of a template is noise between calls."""
    end = match.end()
    while (end := calls.find(")", end) + 1) > 0:
        try:
            tree = ast.parse(calls[match.start() : end], mode="eval").body
        except SyntaxError:
            continue
        return tree if isinstance(tree, ast.Call) else None
    return None


def _text(places: tuple[str, ...], arguments: list[ast.expr]) -> Text | None:
    given = {}
    for place, argument in zip(places, arguments, strict=False):
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None
        given[place] = argument.value
    return Text(**given) if given.get(SINGULAR) else None


def catalogue_path(app: str, language: str) -> Path:
    return Path(settings.BASE_DIR / app / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po")


def extract() -> list[Report]:
    """Bring every catalogue up to date with modules and templates; texts nobody uses any more leave it."""
    reports = []
    for app in APPS:
        wanted: set[Text] = set().union(*(texts_of(path) for path in sources(app)))
        reports += [_update(app, language, wanted) for language in LANGUAGES]
    return reports


def _update(app: str, language: str, wanted: Iterable[Text]) -> Report:
    path = catalogue_path(app, language)
    known = {key(entry): entry for entry in read(path)} if path.exists() else {}
    catalogue = _empty(language)
    report = Report(language, app)
    merged = _merged(wanted)
    for text in sorted(merged):
        entry = known.get((text.singular, text.context))
        if entry is None:
            report.new.append(text.singular)
        catalogue.append(_entry(text, entry, language))
    report.gone = [singular for singular, context in known if (singular, context) not in {_key(one) for one in merged}]
    report.total = len(catalogue)
    report.lacking = sum(not is_translated(entry, language) for entry in catalogue)
    _write(catalogue, path)
    return report


def _merged(texts: Iterable[Text]) -> list[Text]:
    """One text for each key of gettext: the same singular with and without a plural is one entry, with it."""
    found: dict[tuple[str, str], Text] = {}
    for text in sorted(texts):
        found[_key(text)] = text
    return list(found.values())


def _key(text: Text) -> tuple[str, str]:
    return text.singular, text.context


def key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgid, entry.msgctxt or ""


def _entry(text: Text, known: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(msgid=text.singular, msgid_plural=text.plural, msgctxt=text.context or None)
    if "%" in text.singular and PERCENT.search(text.singular):
        entry.flags = ["python-format"]
    if text.plural:
        before = known.msgstr_plural if known and known.msgid_plural == text.plural else {}
        entry.msgstr_plural = {number: before.get(number, "") for number in range(FORMS[language])}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def is_translated(entry: polib.POEntry, language: str) -> bool:
    if entry.fuzzy:
        return False
    if entry.msgid_plural:
        return all(entry.msgstr_plural.get(number) for number in range(FORMS[language]))
    return bool(entry.msgstr)


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "Trivium",
        "Language": to_locale(language),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalogue


def read(path: Path) -> polib.POFile:
    return polib.pofile(str(path), encoding="utf-8", wrapwidth=110)


def _write(catalogue: polib.POFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = str(catalogue)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        _replace(path, text.encode())


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: several processes may read, and begin to make, the same file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def compile_catalogues() -> int:
    """Make what Django reads of every catalogue that changed since; returns how many were made."""
    made = 0
    for source in sorted(one for app in APPS for one in (settings.BASE_DIR / app / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _replace(target, read(source).to_binary())
            made += 1
    return made


def problems(entry: polib.POEntry, language: str) -> list[str]:
    """What is wrong with a translation: nothing there, or other placeholders, tags or edges than in English."""
    if not is_translated(entry, language):
        return ["not translated"]
    if not entry.msgid_plural:
        return _differences(entry.msgid, entry.msgstr)
    # One and two of a language may leave out the number ("un giorno"); then nothing else may be missing.
    texts = entry.msgstr_plural.values()
    either = [min((_differences(one, text) for one in (entry.msgid, entry.msgid_plural)), key=len) for text in texts]
    return [problem for found in either for problem in found]


def _differences(english: str, text: str) -> list[str]:
    checks = {
        "placeholders": lambda value: sorted(match.group() for match in PLACEHOLDER.finditer(value)),
        "tags": lambda value: sorted(match.group() for match in TAG.finditer(value)),
        "spaces at its edges": lambda value: (value[:1].isspace(), value[-1:].isspace()),
    }
    return [f"other {name} than in English" for name, of in checks.items() if of(english) != of(text)]


def lacking(language: str) -> Iterator[tuple[str, polib.POEntry]]:
    """(app, entry) of every text without a translation into ``language``."""
    for app in APPS:
        yield from ((app, entry) for entry in read(catalogue_path(app, language)) if not is_translated(entry, language))
