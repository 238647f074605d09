"""The charter on the home page, while the reader has not said that he read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.home_panels import Card, Need, contribute
from culture.access.permissions import Permission, can
from culture.framework import charter
from culture.people.models import Employee


@contribute
def to_read(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    if not can(user, Permission.DO_TRAINING):
        return
    version = charter.to_acknowledge(user, timezone.localdate(now))
    if version is not None:
        title = _("Read the charter, version %(n)s") % {"n": version.number}
        yield Need(title, _("What we promise each other; say that you have read it"), reverse("framework:charter"), 30)
