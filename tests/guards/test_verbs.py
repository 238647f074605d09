"""Whatever the site records has a sentence in the audit trail."""

import ast
from pathlib import Path

from django.conf import settings

from culture.access.sentences import SENTENCES

WINGS = ("culture", "surveys", "programs", "config")


def recorded() -> dict[str, str]:
    """Verb → where it is written: the second argument of every ``record(…)`` and ``audit.record(…)``."""
    found: dict[str, str] = {}
    for wing in WINGS:
        for path in sorted((Path(settings.BASE_DIR) / wing).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _is_record(node.func) and len(node.args) >= 2:
                    for verb in _verbs(node.args[1]):
                        found.setdefault(verb, f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}")
    return found


def _is_record(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return (
            called.attr == "record" and isinstance(called.value, ast.Name) and called.value.id in {"audit", "trail_of"}
        )
    return isinstance(called, ast.Name) and called.id == "record"


def _verbs(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return _verbs(node.body) + _verbs(node.orelse)
    return []


def test_the_guard_finds_what_is_recorded() -> None:
    assert {"wave.opened", "grant.given", "people.import", "scorecard.read"} <= set(recorded())


def test_every_verb_has_its_sentence() -> None:
    missing = [
        f'    "{verb}": _l("… %(subject)s"),  # {where}' for verb, where in recorded().items() if verb not in SENTENCES
    ]
    assert not missing, "Add to SENTENCES in culture/access/sentences.py:\n" + "\n".join(missing)
