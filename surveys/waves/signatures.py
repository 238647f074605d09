"""What HR signs the survey mails with, in each language."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee
from surveys.waves.message_models import Signature

LONGEST = 600
MOST_LINES = 8


def all_of() -> dict[str, str]:
    """Language code → signature."""
    return dict(Signature.objects.order_by("language").values_list("language", "text"))


def clean(text: str) -> str:
    """Its lines without what no mail shows; raises ValidationError for one that is too long."""
    lines = ["".join(sign for sign in line if sign.isprintable()).rstrip() for line in text.splitlines()]
    found = "\n".join(lines).strip()
    if len(found) > LONGEST or found.count("\n") >= MOST_LINES:
        raise ValidationError(
            _("At most %(letters)s letters on %(lines)s lines.") % {"letters": LONGEST, "lines": MOST_LINES}
        )
    return found


@transaction.atomic
def write(texts: Mapping[str, str], *, by: Employee) -> list[str]:
    """Keep the signatures of these languages ('' : none any more); the languages that changed.

    Raises ValidationError, keyed by language.
    """
    ready, errors = {}, {}
    for language, text in texts.items():
        try:
            ready[language] = clean(text)
        except ValidationError as error:
            errors[language] = error
    if errors:
        raise ValidationError(errors)
    before = all_of()
    changed = [language for language, text in ready.items() if before.get(language, "") != text]
    for language in changed:
        if ready[language]:
            Signature.objects.update_or_create(language=language, defaults={"text": ready[language]})
        else:
            Signature.objects.filter(language=language).delete()
    if changed:
        record(by, "mail.signature", "survey mails", languages=changed)
    return changed
