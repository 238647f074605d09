"""The words of the interface: what of it is translatable, and the catalogues that translate it.

Catalogues lie in ``<app>/locale/<language>/LC_MESSAGES/django.po`` (GNU gettext's format), one for each app and
language, sorted by their English text and without line numbers, so that a change of code changes few lines. What Django
reads (``django.mo``) is made from them and is not kept in the repository.
"""

from __future__ import annotations

import ast
import io
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

APPS = ("config", "culture", "surveys", "programs")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
# CLDR's rules for whole numbers, as gettext writes them.
PLURALS = {
    "it": "nplurals=2; plural=(n != 1);",
    "ro": "nplurals=3; plural=(n == 1 ? 0 : (n == 0 || (n % 100 > 0 && n % 100 < 20)) ? 1 : 2);",
    "zh-hans": "nplurals=1; plural=0;",
    "fr": "nplurals=2; plural=(n > 1);",
}
FORMS = {language: int(rule[len("nplurals=")]) for language, rule in PLURALS.items()}

HEADER = """msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
WIDTH = 110

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
    known = {key(message): message for message in read(path, language)} if path.exists() else {}
    texts = {(text.singular, text.context): text for text in sorted(wanted)}  # one with a plural covers one without
    catalogue, report = Catalog(locale=to_locale(language), charset="utf-8"), Report(language, app, len(texts))
    for place, text in texts.items():
        before = known.get(place)
        message = catalogue.add(
            (text.singular, text.plural) if text.plural else text.singular,
            _kept(text, before, language),
            context=text.context or None,
        )
        if before is None:
            report.new.append(text.singular)
        report.lacking += not is_translated(message, language)
    report.gone = [singular for singular, context in known if (singular, context) not in texts]
    _write(catalogue, path, language)
    return report


def _kept(text: Text, before: Message | None, language: str) -> str | tuple[str, ...]:
    """The translation there was, if it is of the same kind (with plurals or without)."""
    if text.plural:
        if before and before.pluralizable and before.id[1] == text.plural:
            return translations(before)
        return ("",) * FORMS[language]
    return translations(before)[0] if before and not before.pluralizable else ""


def key(message: Message) -> tuple[str, str]:
    """(English singular, context)"""
    return originals(message)[0], message.context or ""


def originals(message: Message) -> tuple[str, ...]:
    """The English text, or the singular and the plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(message: Message) -> tuple[str, ...]:
    """The translated text, or its forms by number."""
    return (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)


def is_translated(message: Message, language: str) -> bool:
    if message.fuzzy:
        return False
    texts = translations(message)
    return len(texts) == (FORMS[language] if message.pluralizable else 1) and all(texts)


def read(path: Path, language: str) -> list[Message]:
    """The messages of a catalogue, without its header."""
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=to_locale(language)) if message.id]


def save(path: Path, language: str, messages: Iterable[Message]) -> None:
    """Write ``messages`` as the catalogue at ``path``."""
    catalogue = Catalog(locale=to_locale(language), charset="utf-8")
    for message in messages:
        catalogue.add(message.id, message.string, context=message.context)
    _write(catalogue, path, language)


def _write(catalogue: Catalog, path: Path, language: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    write_po(file, catalogue, width=WIDTH, omit_header=True, sort_output=True, ignore_obsolete=True)
    header = HEADER.format(locale=to_locale(language), plurals=PLURALS[language])
    content = header.encode() + file.getvalue()
    if not path.exists() or path.read_bytes() != content:
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all: several processes may read, and begin to make, the same file."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def compile_catalogues() -> int:
    """Make what Django reads of every catalogue that changed since; returns how many were made."""
    made = 0
    for app in APPS:
        for language in LANGUAGES:
            source = catalogue_path(app, language)
            target = source.with_suffix(".mo")
            if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
                _compile(source, target, language)
                made += 1
    return made


def _compile(source: Path, target: Path, language: str) -> None:
    file = io.BytesIO()
    with source.open("rb") as catalogue:
        write_mo(file, read_po(catalogue, locale=to_locale(language)))
    _replace(target, file.getvalue())


def lacking(language: str) -> Iterator[tuple[str, Message]]:
    """(app, message) of every text without a translation into ``language``."""
    for app in APPS:
        for message in read(catalogue_path(app, language), language):
            if not is_translated(message, language):
                yield app, message


def problems(message: Message, language: str) -> list[str]:
    """What is wrong with a translation: nothing there, or other placeholders, tags or edges than in English."""
    if not is_translated(message, language):
        return ["not translated"]
    # The singular may have fewer placeholders than the plural ("once", not "1 times"): each form is as one of them.
    either = [
        min((_differences(english, text) for english in originals(message)), key=len) for text in translations(message)
    ]
    return [problem for found in either for problem in found]


def _differences(english: str, text: str) -> list[str]:
    checks = {
        "placeholders": lambda value: sorted(match.group() for match in PLACEHOLDER.finditer(value)),
        "tags": lambda value: sorted(match.group() for match in TAG.finditer(value)),
        "spaces at its edges": lambda value: (value[:1].isspace(), value[-1:].isspace()),
    }
    return [f"other {name} than in English" for name, of in checks.items() if of(english) != of(text)]
