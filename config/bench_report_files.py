"""`manage.py bench reports`, the files: a report of 20 pages and 12 charts as PDF, slides, sheet; and its sending."""

from __future__ import annotations

import datetime as dt
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from config import proof
from culture.access import clock
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import pdf, sending, sheets, slides
from programs.reports.report_model import (
    BARS,
    HEAT,
    LINES,
    SHARES,
    Chart,
    Column,
    Fact,
    Hidden,
    Report,
    Section,
    Series,
    Table,
)
from programs.reports.report_models import Format, ReportDelivery, Subscription
from programs.reports.texts_report import say
from surveys.waves import hours

DIMENSIONS = ("want", "know", "can")
WAVES = 8
PAGE = re.compile(rb"/Type\s*/Page[^s]")


def model(
    *, units: int = 400, charts: int = 12, language: str = "en", name: Callable[[int], str] | None = None
) -> Report:
    """A report as a large organisation's: ``charts`` pictures, a table of ``units`` units, all seeded."""
    dice = random.Random(20260101)
    name = name or (lambda n: f"Unit {n} of the service organisation")
    sections = [_section(number, language, dice, name) for number in range(charts)]
    sections.append(_units(units, language, dice, name))
    return Report(
        title="Service culture 2026–2029",
        subtitle=say("whole", language),
        organisation="Meridian",
        language=language,
        as_of=dt.date(2026, 11, 22),
        program=1,
        unit=None,
        audience="leaders",
        sections=sections,
        definitions=[(say(key, language), say(f"def:{key}", language)) for key in (*DIMENSIONS, "served", "talk")],
        facts_line=say("wave_line", language, n=WAVES, closed="1", frozen="2"),
        said=say("preview", language),
    )


def _section(number: int, language: str, dice: random.Random, name: Callable[[int], str]) -> Section:
    form = (LINES, BARS, SHARES)[number % 3]
    keys = DIMENSIONS if form != BARS else ("mean",)
    places = tuple(f"Q{n}" if form == LINES else name(n) for n in range(WAVES if form == LINES else 14))
    top = 33 if form == SHARES else 90
    series = tuple(Series(key, say(key, language), tuple(dice.randint(20, top) for _place in places)) for key in keys)
    title = f"{say('c:trend', language)} {number + 1}"
    chart = Chart(f"chart{number}", title, say("d:trend", language), form, places, series)
    columns = (Column("unit", say("unit", language)), *(Column(one.key, one.name, HEAT) for one in series))
    rows = tuple((place, *(one.values[at] for one in series)) for at, place in enumerate(places))
    notes = [say("n_note", language, d=say("want", language), n=412, low=61, high=66)]
    return Section(
        f"part{number}",
        f"{say('h:stand', language)} {number + 1}",
        lead=say("unit_fine", language, unit=name(number), d=say("can", language), n=51),
        paragraphs=[say("method", language)],
        charts=[chart],
        tables=[Table(f"t{number}", say("t:three", language), columns, rows)],
        notes=notes,
        facts=[Fact(f"part{number}", str(row[0]), None, 1, one.name, one.values[0]) for row in rows for one in series],
    )


def _units(units: int, language: str, dice: random.Random, name: Callable[[int], str]) -> Section:
    columns = (
        Column("unit", say("unit", language)),
        Column("answered", say("answered", language)),
        *(Column(key, say(key, language), HEAT) for key in (*DIMENSIONS, "served")),
        Column("barrier", say("barrier", language)),
    )
    hidden = Hidden(say("hidden", language))
    rows, facts = [], []
    for n in range(units):
        values = [hidden if dice.random() < 0.1 else dice.randint(20, 95) for _key in range(4)]
        rows.append(
            (name(n), f"{dice.randint(8, 19) * 5} %", *values, f"{say('can', language)} {dice.randint(25, 60)} %")
        )
        facts += [
            Fact(
                "look",
                name(n),
                n,
                WAVES,
                key,
                None if isinstance(value, Hidden) else value,
                n="20",
                cell=f"tree:{n} {key}",
            )
            for key, value in zip((*DIMENSIONS, "served"), values, strict=True)
        ]
    depths = tuple(0 if n % 10 == 0 else 1 + n % 3 for n in range(units))
    table = Table("units", say("t:units", language), columns, tuple(rows), depths)
    return Section(
        "look",
        say("h:look", language),
        lead=say("look", language, unit=name(0), d="x", n=3),
        tables=[table],
        facts=facts,
    )


# -- measured --------------------------------------------------------------------------------------------------------

SUBSCRIPTIONS = 200
LANGUAGES = ("en", "it", "ro", "zh-hans", "fr")


def files() -> Iterator[str]:
    """Seconds for each file of a report of 20 pages with 12 charts and 400 units: first, and with its charts drawn."""
    makers: dict[str, Callable[[Report], bytes]] = {"pdf": pdf.made, "slides": slides.made, "sheet": sheets.made}
    pages = len(PAGE.findall(pdf.made(model(units=20, charts=1))))
    proof.progress(f"reports: a first PDF of {pages} pages, so that fonts are read")
    with tempfile.TemporaryDirectory() as folder, override_settings(DATA_DIR=Path(folder)):
        for again in ("first", "again"):
            for name, make in makers.items():
                report = model()
                begun = time.perf_counter()
                content = make(report)
                seconds = time.perf_counter() - begun
                told = {"bytes": len(content), "broken": sum(len(one.broken) for one in report.sections)}
                yield proof.bench_line(
                    name=f"reports.{name}.{again}", value=seconds, unit="s", size=len(PAGE.findall(content)), **told
                )


def sending_them() -> Iterator[str]:
    """Seconds from 200 subscriptions that are due to 200 mails, five languages, three formats, one worker."""
    if not Employee.objects.filter(email="hr@meridian.example").exists():
        proof.progress("reports: building the demo with 120 people")
        call_command("demo", employees=120, waves=2, verbosity=0)
    now = timezone.now()
    program = Program.objects.launched().first()
    assert program is not None
    people = list(Employee.objects.filter(is_active=True, email__isnull=False).order_by("pk")[:SUBSCRIPTIONS])
    people += _more_people(SUBSCRIPTIONS - len(people))
    for place, person in enumerate(people):
        Grant.objects.get_or_create(employee=person, role=Role.EXECUTIVE, unit=None, ended_at=None)
        Subscription.objects.create(
            reader=person,
            program=program,
            rule="FREQ=MONTHLY",
            first_on=clock.today(),
            next_on=clock.today(),
            language=LANGUAGES[place % 5],
            format=Format.values[place % 3],
            made_at=now,
        )
    moment = hours.moment(clock.today() + dt.timedelta(days=(7 - clock.today().weekday()) % 7 or 7), "UTC", 12)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        begun = time.perf_counter()
        sending.plan(now=moment)
        sent = 0
        while some := sending.send_due(now=moment):
            sent += some
        seconds = time.perf_counter() - begun
    left = ReportDelivery.objects.exclude(state=ReportDelivery.State.SENT).count()
    yield proof.bench_line(name="reports.sent", value=seconds, unit="s", size=sent, left=left)


def _more_people(count: int) -> list[Employee]:
    unit = Unit.objects.filter(parent__isnull=True).first()
    return [
        Employee.objects.create_user(
            number=f"RB{n}", email=f"reader{n}@bench.example", given_name="Reader", family_name=str(n), unit=unit
        )
        for n in range(max(0, count))
    ]
