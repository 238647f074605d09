"""`manage.py bench reports`: a report of 20 pages and 12 charts as PDF, slides, sheet; and 200 subscriptions sent."""

from __future__ import annotations

import datetime as dt
import random
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from config import proof
from config.bench_wave import start_worker
from config.smtp_sink import SinkProcess
from culture.access import clock
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import pdf, report_tasks, sheets, slides
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
from programs.reports.report_models import Format, ReportDelivery, ReportProblem, Subscription
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

SUBSCRIPTIONS, UNITS = 200, 5
# Seconds after which sending is given up.
LONGEST = 900
# In one of them it is day, whatever the hour here.
ZONES = ("Europe/Rome", "America/New_York", "America/Los_Angeles", "Pacific/Auckland", "Asia/Tokyo", "Asia/Dubai")
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
                begun, used = time.perf_counter(), time.process_time()
                content = make(report)
                seconds, cpu = time.perf_counter() - begun, time.process_time() - used
                told = {
                    "cpu_s": round(cpu, 2),
                    "bytes": len(content),
                    "broken": sum(len(one.broken) for one in report.sections),
                }
                yield proof.bench_line(
                    name=f"reports.{name}.{again}", value=seconds, unit="s", size=len(PAGE.findall(content)), **told
                )


def sending_them() -> Iterator[str]:
    """Seconds from 200 subscriptions that are due to 200 mails at the server: one tick, one worker of two processes.

    Of the whole program and of five units, in five languages and three formats: six reports of fifteen files each.
    """
    if not Employee.objects.filter(email="hr@meridian.example").exists():
        proof.progress("reports: building the demo with 120 people")
        call_command("demo", employees=120, waves=2, verbosity=0)
    zone = _where_it_is_day()
    if zone is None:
        proof.progress("reports: nobody on earth is at work now, and no mail leaves: not measured")
        return
    program = Program.objects.launched().exclude(name__startswith="Bench").first()
    assert program is not None
    _subscribe(program, zone)
    sink, worker = SinkProcess(), None
    try:
        worker = start_worker(sink.url, "mail,reports")
        begun, limit = time.perf_counter(), time.monotonic() + LONGEST
        while sink.count() < SUBSCRIPTIONS and time.monotonic() < limit and worker.poll() is None:
            report_tasks.tick_reports(now=timezone.now())
            time.sleep(1)
        got, waited = sink.got(), time.perf_counter() - begun
    finally:
        if worker:
            worker.terminate()
            worker.wait()
        sink.stop()
    again = sum(got.by.values()) - len(got.by)
    left = ReportDelivery.objects.exclude(state=ReportDelivery.State.SENT).count()
    problems = ReportProblem.objects.filter(day=clock.today(), kind__in=["report", "mail"]).count()
    worker_mb = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)
    told = {"left": left, "again": again, "problems": problems, "worker_mb": worker_mb}
    yield proof.bench_line(name="reports.sent", value=waited, unit="s", size=got.mails, **told)


def _where_it_is_day() -> str | None:
    """A zone in which mails may leave now, and for an hour at least."""
    now = timezone.now()
    for name in ZONES:
        if hours.is_working(now, name) and hours.is_working(now + dt.timedelta(hours=1), name):
            return name
    return None


def _subscribe(program: Program, zone: str) -> None:
    """``SUBSCRIPTIONS`` readers there, one subscription each, due today; those of the demo wait for another day."""
    Subscription.objects.update(next_on=None)
    top = Unit.objects.filter(parent__isnull=True).exclude(name__startswith="Bench").first()
    parts = list(Unit.objects.filter(parent=top).order_by("pk")[:UNITS])
    for place in range(SUBSCRIPTIONS):
        reader = Employee.objects.create_user(
            number=f"RB{place}",
            email=f"reader{place}@bench.example",
            given_name="Reader",
            family_name=str(place),
            unit=top,
            time_zone=zone,
        )
        Grant.objects.create(employee=reader, role=Role.EXECUTIVE)
        Subscription.objects.create(
            reader=reader,
            program=program,
            # One in four is about a part of the organisation.
            unit=parts[place // 4 % len(parts)] if parts and place % 4 == 0 else None,
            rule="FREQ=MONTHLY",
            first_on=clock.today(),
            next_on=clock.today(),
            language=LANGUAGES[place % 5],
            format=Format.values[place % 3],
            made_at=timezone.now(),
        )
