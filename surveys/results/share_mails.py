"""Telling people by mail when results are there for them, if HR chose so. A mail names the survey, and no result.

Each mail is a row, made when an audience's day is reached, claimed, sent, and gone. Before it leaves, the gate is asked
again: a wave that HR took back meanwhile is told to nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone, translation

from culture.access import clock, organisation
from culture.access.address_texts import nearest
from culture.access.audit import record
from culture.access.days import date_text
from culture.access.models import Grant, Role
from culture.people.models import Employee
from surveys.results import sharing
from surveys.results.share_texts import MAILS
from surveys.results.sharing import AUDIENCES, LEADERS, MANAGERS
from surveys.results.sharing_models import ResultMail, Sharing
from surveys.waves import letters, reach
from surveys.waves.models import Wave
from surveys.waves.outbox import Outbox

# A day that long ago is no news: nobody is written to when HR wants mails for an old wave.
OLD_NEWS = dt.timedelta(days=14)
LEADING = (Role.EXECUTIVE, Role.PROGRAM_LEAD, Role.HR_ADMIN)


def _due(today: dt.date) -> QuerySet[Sharing]:
    """Shared waves with an audience whose day is reached and whom nobody told yet."""
    wanted = Q(pk__in=[])
    for name in AUDIENCES:
        reached = Q(**{f"{name}_on__lte": today}) | Q(**{f"{name}_on__lte": F("wave__released_at__date")})
        wanted |= reached & ~Q(told__contains=[name])
    return Sharing.objects.filter(wanted, tell=True, wave__state=Wave.State.RELEASED)


def plan(*, now: dt.datetime) -> int:
    """Make the mails that are due; returns how many. Claims first: two ticks at once make none twice."""
    today, made = clock.today(), 0
    for pk in list(_due(today).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = _due(today).select_for_update(skip_locked=True, of=("self",)).select_related("wave")
            shared = rows.filter(pk=pk).first()
            if shared is None:
                continue
            made += _make(shared, today, now)
    return made


def _make(shared: Sharing, today: dt.date, now: dt.datetime) -> int:
    told, made = list(shared.told), 0
    released = shared.wave.released_at
    day = max(today, timezone.localdate(released)) if released else today
    for name in AUDIENCES:
        on = getattr(shared, f"{name}_on")
        if on is None or on > day or name in told:
            continue
        told_before = [*told]
        told.append(name)
        if on < day - OLD_NEWS:
            continue
        found = people(name, today)
        for earlier in told_before:
            # Who sees more of it was told already.
            found = found.exclude(pk__in=people(earlier, today).values("pk"))
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        rows = [ResultMail(wave=shared.wave, employee_id=pk, audience=name, retry_at=now) for pk in ids]
        made += len(ResultMail.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True))
    Sharing.objects.filter(pk=shared.pk).update(told=told)
    if made:
        record(None, "results.told", shared.wave, people=made)
    return made


def people(audience: str, today: dt.date) -> QuerySet[Employee]:
    """Whom mail reaches of an audience; HR admins of the whole organisation share results and need no word of it."""
    here = Employee.objects.here(today).filter(is_active=True)
    grants = Grant.objects.in_force(today)
    if audience == LEADERS:
        found = here.filter(pk__in=grants.filter(role__in=LEADING).values("employee"))
    elif audience == MANAGERS:
        found = here.filter(pk__in=here.filter(manager__isnull=False).order_by().values("manager"), unit__isnull=False)
    else:
        found = here.filter(unit__isnull=False)
    found = found.exclude(pk__in=grants.hr_admins().values("employee"))
    return found.exclude(pk__in=reach.unreachable(Employee.objects.all()).values("pk"))


# -- sent ------------------------------------------------------------------------------------------------------------


class ResultOutbox(Outbox[ResultMail]):
    """A claim is a ``retry_at`` ahead, which runs out by itself; what is settled is gone."""

    model = ResultMail
    related = ("employee", "wave__series", "wave__sharing")
    batch = 200
    stale = dt.timedelta(minutes=15)

    def due(self, now: dt.datetime) -> QuerySet[ResultMail]:
        return ResultMail.objects.filter(retry_at__lte=now)

    def load(self, ids: Collection[int]) -> list[ResultMail]:
        rows = ResultMail.objects.filter(pk__in=ids).select_related(*self.related)
        return list(rows.defer("wave__snapshot").order_by("pk"))

    def stopped(self, row: ResultMail, known: None, now: dt.datetime) -> str:
        return "" if sharing.open_to(row.wave, row.employee) else "not shared"

    def write(self, row: ResultMail, known: None, now: dt.datetime) -> EmailMessage:
        return written(row)

    def anything_due(self, now: dt.datetime) -> bool:
        return self.due(now).exists()

    def release_stale(self, now: dt.datetime) -> int:
        return 0

    @transaction.atomic
    def claim(self, now: dt.datetime, limit: int) -> list[int]:
        due = self.due(now).order_by("retry_at", "pk").select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:limit])
        mine = ResultMail.objects.filter(pk__in=ids)
        mine.update(retry_at=now + self.stale, attempts=F("attempts") + 1)
        return ids

    @transaction.atomic
    def renew(self, ids: Collection[int], token: dt.datetime, new: dt.datetime) -> set[int]:
        mine = ResultMail.objects.filter(pk__in=ids, retry_at=token + self.stale)
        held = set(mine.select_for_update().values_list("pk", flat=True))
        ResultMail.objects.filter(pk__in=held).update(retry_at=new + self.stale)
        return held

    def give_back(self, row: ResultMail, due_at: dt.datetime, error: str, *, blamed: bool) -> None:
        tries = F("attempts") if blamed else Greatest(F("attempts") - 1, 0)
        ResultMail.objects.filter(pk=row.pk).update(retry_at=due_at, attempts=tries)

    def mark(self, row: ResultMail, state: str, reason: str) -> bool:
        return bool(ResultMail.objects.filter(pk=row.pk).delete()[0])


OUTBOX = ResultOutbox()
waiting, send_due = OUTBOX.anything_due, OUTBOX.send_due


def written(mail: ResultMail) -> EmailMessage:
    """The mail in the person's language."""
    house, person, wave = organisation.current(), mail.employee, mail.wave
    language = nearest(person.language, house.language)
    texts = MAILS[language]
    with translation.override(language):
        day = date_text(wave.closes_on, "DATE_FORMAT")
    name = letters.one_line(person.given_name or person.name)
    words = {"series": wave.series.name, "date": day, "name": name, "k": wave.rules.get("k", wave.series.k)}
    link = settings.BASE_URL + reverse("results:wave", args=[wave.pk])
    told = {key: texts[key].format(**words) for key in ("hello", mail.audience, "promise", "subject")}
    return letters.plain(
        mark=f"results.{wave.pk}.{person.pk}",
        to=person.email or "",
        language=language,
        subject=told["subject"],
        lines=[told["hello"], told[mail.audience], "", texts["link"], link, "", told["promise"]],
    )
