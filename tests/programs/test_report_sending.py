"""Subscribed reports: planned by rule, made once, sent once, to who may see them when they leave; confirmed by link."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.access import clock
from culture.access.models import AuditEntry, Grant
from programs.planning.models import Program
from programs.reports import publishing, sending, subscriptions
from programs.reports.report_models import PublishedReport, ReportDelivery, ReportFile, ReportProblem, Subscription
from programs.reports.tick import tick
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, share

pytestmark = pytest.mark.django_db
State = ReportDelivery.State


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Files that take no time, and working hours all day long."""
    monkeypatch.setattr(publishing, "rendered", lambda report, kind, **more: f"{kind} {report.language}".encode())
    monkeypatch.setattr(sending.hours, "next_working", lambda at, zone, blackouts=(): at)


def subscribe(program: Program, by: Any, reader: Any = None, **more: Any) -> Subscription:
    given_ = {
        "unit": None,
        "rule": "FREQ=MONTHLY",
        "first_on": clock.today(),
        "language": "en",
        "format": "pdf",
        "now": timezone.now(),
        **more,
    }
    return subscriptions.start(by=by, reader=reader or by, program=program, **given_)


def run(now: dt.datetime | None = None) -> int:
    now = now or timezone.now()
    sending.plan(now=now)
    return sending.send_due(now=now)


# -- subscribed ------------------------------------------------------------------------------------------------------


def test_an_executive_subscribes_himself_and_hr_others(program, hr, executive, manager, employee, units, client_of):
    client = client_of(executive)
    page = client.get("/reports/subscribe/").content.decode()
    assert "For whom" not in page
    form = {"program": program.pk, "unit": "", "every": "quarter", "rule": "", "first_on": clock.today().isoformat()}
    form |= {"language": "fr", "format": "pptx", "paper": "a4", "confirm": "on"}
    assert client.post("/reports/subscribe/", form).status_code == 302
    row = Subscription.objects.get()
    assert (row.reader, row.language, row.format, row.confirm, row.next_on) == (
        executive, "fr", "pptx", True, clock.today(),
    )  # fmt: skip
    again = client.post("/reports/subscribe/", form).content.decode()
    assert "receives this report already" in again
    for_other = client_of(hr).post("/reports/subscribe/", {**form, "reader": employee.email}).content.decode()
    assert "may not see these results" in for_other and f'value="{employee.email}"' in for_other
    part = {**form, "reader": manager.email, "unit": "Branch A"}
    assert client_of(hr).post("/reports/subscribe/", part).status_code == 302
    assert Subscription.objects.filter(reader=manager, unit=units["Branch A"]).exists()
    mine = client_of(manager)
    assert mine.post(f"/reports/subscriptions/{row.pk}/end/").status_code == 404
    assert mine.get(f"/reports/subscriptions/{row.pk}/").status_code == 404
    assert client.get(f"/reports/subscriptions/{row.pk}/").status_code == 200
    assert client.post(f"/reports/subscriptions/{row.pk}/end/").status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert client_of(employee).get("/reports/subscribe/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("rule", "FREQ=HOURLY", "no rule"),
        ("rule", "every monday", "no rule"),
        ("rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day"),
        ("rule", "", "Write the rule"),
        ("first_on", "2001-01-01", "from today on"),
        ("unit", "Nowhere", "no such unit"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(program, executive, client_of, field, value, words):
    form = {"program": program.pk, "unit": "", "every": "own", "rule": "FREQ=WEEKLY", "language": "en"}
    form |= {"format": "pdf", "paper": "a4", "first_on": clock.today().isoformat(), field: value}
    body = client_of(executive).post("/reports/subscribe/", form).content.decode()
    assert words in body and not Subscription.objects.exists()
    assert not value or value in body


@given(st.sampled_from(["FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=DAILY;COUNT=3"]), st.integers(0, 900))
@settings(max_examples=50)
def test_the_next_day_is_of_the_rule_and_later(rule, days):
    first = dt.date(2026, 1, 5)
    after = first + days * DAY
    found = subscriptions.next_day(rule, first, after=after)
    if found is None:
        assert rule == "FREQ=DAILY;COUNT=3" and days >= 2
    else:
        assert found > after
        assert subscriptions.next_day(rule, first, after=found - DAY) == found


# -- sent ------------------------------------------------------------------------------------------------------------


def test_one_report_for_all_who_get_the_same_and_never_twice(program, hr, executive, units, smtp_sink, client_of):
    subscribe(program, executive)
    subscribe(program, hr, language="it", format="xlsx")
    now = timezone.now()
    assert run(now) == 2 and run(now) == 0 and run(now + 2 * DAY) == 0
    report = PublishedReport.objects.get()
    assert report.by is None and {file.language for file in report.files.all()} == {"en", "it"}
    mails = {mail["To"]: mail for mail in smtp_sink.messages}
    assert set(mails) == {executive.email, hr.email}
    for person, name, content, words in (
        (executive, "en.pdf", b"pdf en", "report no. 1"),
        (hr, "it.xlsx", b"xlsx it", "rapporto n. 1"),
    ):
        mail = mails[person.email]
        file = next(mail.iter_attachments())
        assert file.get_filename().endswith(name) and file.get_content() == content
        assert words in mail["Subject"] and "/reports/1/" in mail.get_body().get_content()
    assert client_of(executive).get("/reports/1/").status_code == 200
    sent = client_of(executive).get(f"/reports/subscriptions/{Subscription.objects.get(reader=executive).pk}/")
    assert "No. 1" in sent.content.decode()
    following = Subscription.objects.get(reader=executive).next_on
    assert following > clock.today()


def test_access_is_asked_when_it_leaves(program, hr, executive, manager, units, smtp_sink):
    subscribe(program, executive)
    subscribe(program, hr, manager, unit=units["Branch A"])
    sending.plan(now=timezone.now())
    Grant.objects.filter(employee=executive).update(ended_at=timezone.now())
    assert sending.send_due(now=timezone.now()) == 1
    assert ReportDelivery.objects.get(subscription__reader=executive).error == "no access"
    assert [mail["To"] for mail in smtp_sink.messages] == [manager.email]
    assert PublishedReport.objects.get().unit == units["Branch A"], "nothing was made for who may not see it"


def test_a_wave_taken_back_between_making_and_sending_stops_the_mail(program, hr, executive, smtp_sink):
    subscribe(program, executive)
    now = timezone.now()
    sending.plan(now=now)
    assert sending.make(now=now) == 1
    share(program, hr)
    assert sending.send_due(now=now) == 0 and not smtp_sink.messages
    assert ReportDelivery.objects.get().error == "no access"


def test_a_refusal_for_now_comes_again_and_one_for_good_is_told_to_hr(program, executive, smtp_sink):
    subscribe(program, executive)
    now = timezone.now()
    smtp_sink.refuse = lambda address: "451 later"
    assert run(now) == 0
    row = ReportDelivery.objects.get()
    assert row.state == State.DUE and row.due_at > now
    smtp_sink.refuse = lambda address: "550 nobody"
    assert sending.send_due(now=now + DAY) == 0
    row.refresh_from_db()
    assert row.state == State.FAILED and ReportProblem.objects.get().kind == "mail"
    smtp_sink.refuse = lambda address: None
    assert sending.send_due(now=now + 2 * DAY) == 0 and not smtp_sink.messages


def test_a_dead_server_loses_nothing(program, executive, settings, smtp_sink):
    subscribe(program, executive)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = timezone.now()
    assert run(now) == 0 and ReportDelivery.objects.get().state == State.DUE
    settings.EMAIL_PORT = port
    assert sending.send_due(now=now + DAY) == 1


def test_a_worker_that_died_while_sending_is_replaced(program, executive, smtp_sink):
    subscribe(program, executive)
    now = timezone.now()
    sending.plan(now=now)
    sending.make(now=now)
    assert len(sending.claim(now, 10)) == 1 and sending.claim(now, 10) == []
    later = now + sending.OUTBOX.stale + dt.timedelta(seconds=1)
    assert sending.anything_due(later) and sending.send_due(now=later) == 1


def test_a_report_that_cannot_be_made_is_told_to_hr_and_not_to_the_reader(program, executive, smtp_sink, monkeypatch):
    subscribe(program, executive)
    monkeypatch.setattr(publishing, "publish", lambda **more: 1 / 0)
    now = timezone.now()
    sending.plan(now=now)
    for n in range(sending.OUTBOX.most_attempts):
        sending.send_due(now=now + n * DAY)
    assert ReportDelivery.objects.get().state == State.FAILED and not smtp_sink.messages
    assert {row.kind for row in ReportProblem.objects.all()} == {"report"}


def test_a_report_that_kills_its_worker_comes_later_and_lets_others_pass(
    program, hr, executive, units, smtp_sink, monkeypatch
):
    """Killed, a worker catches nothing: what it wrote down before is all that is left."""
    subscribe(program, executive)
    subscribe(program, hr, unit=units["Branch A"])
    now, publish, killed = timezone.now(), publishing.publish, []

    def kill(**more: Any) -> Any:
        if more["unit"] is None:
            killed.append(now)
            raise KeyboardInterrupt
        return publish(**more)

    monkeypatch.setattr(publishing, "publish", kill)
    sending.plan(now=now)
    with pytest.raises(KeyboardInterrupt):
        sending.make(now=now)
    deadly = ReportDelivery.objects.get(subscription__unit=None)
    assert deadly.attempts == 1 and deadly.due_at > now
    now += dt.timedelta(minutes=1)
    assert sending.send_due(now=now) == 1 and [mail["To"] for mail in smtp_sink.messages] == [hr.email]
    for _day in range(9):
        now += DAY
        with contextlib.suppress(KeyboardInterrupt):
            sending.send_due(now=now)
    deadly.refresh_from_db()
    assert len(killed) == sending.OUTBOX.most_attempts and deadly.state == State.FAILED
    assert deadly.error == publishing.DIED and not sending.anything_due(now)
    assert {row.detail for row in ReportProblem.objects.filter(kind="report", unit=None)} == {publishing.DIED}


def test_a_report_that_was_made_late_has_all_tries_of_its_mail(program, executive, smtp_sink, monkeypatch):
    subscribe(program, executive)
    now = timezone.now()
    sending.plan(now=now)
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "publish", lambda **more: 1 / 0)
        for n in range(sending.OUTBOX.most_attempts - 1):
            sending.send_due(now=now + n * DAY)
    smtp_sink.refuse = lambda address: "451 later"
    sending.send_due(now=now + 9 * DAY)
    smtp_sink.refuse = lambda address: None
    assert sending.send_due(now=now + 10 * DAY) == 1


def test_two_workers_do_not_make_the_same(program, executive):
    subscribe(program, executive)
    now = timezone.now()
    sending.plan(now=now)
    rows = list(ReportDelivery.objects.select_related("subscription"))
    assert len(sending._taken(rows, now)) == 1 and sending._taken(rows, now) == []


@pytest.mark.parametrize(
    ("zone", "leaves"),
    [
        ("America/Los_Angeles", "2031-05-01T16:00:00+00:00"),
        ("Pacific/Auckland", "2031-04-30T22:00:00+00:00"),
        ("Europe/Rome", "2031-05-01T07:00:00+00:00"),
    ],
)
def test_it_leaves_on_its_day_where_the_reader_is(program, executive, monkeypatch, zone, leaves):
    """The organisation's day has begun; that of a reader in the west has not."""
    monkeypatch.undo()
    row = subscribe(program, executive)
    executive.__class__.objects.filter(pk=executive.pk).update(time_zone=zone)
    Subscription.objects.filter(pk=row.pk).update(next_on=dt.date(2031, 5, 1))
    monkeypatch.setattr(sending.clock, "today", lambda: dt.date(2031, 5, 1))
    sending.plan(now=dt.datetime(2031, 4, 30, 22, tzinfo=dt.UTC))
    assert ReportDelivery.objects.get().due_at.isoformat() == leaves


def test_a_rule_with_a_gap_of_years_goes_on_and_one_that_is_over_ends(program, executive, hr, smtp_sink, monkeypatch):
    first = clock.today()
    subscribe(program, executive, rule="FREQ=YEARLY;INTERVAL=4")
    once = subscribe(program, hr, rule="FREQ=DAILY;COUNT=1")
    now = timezone.now()
    sending.plan(now=now)
    following = Subscription.objects.get(reader=executive).next_on
    assert following is not None and following.year == first.year + 4
    once.refresh_from_db()
    assert once.next_on is None and once.ended_at is None, "its only report has not left yet"
    assert sending.send_due(now=now) == 2
    sending.plan(now=now + dt.timedelta(minutes=1))
    once.refresh_from_db()
    assert once.ended_at is not None
    assert AuditEntry.objects.filter(verb="report.unsubscribed", actor=None).count() == 1
    assert subscribe(program, hr).pk != once.pk, "it may be ordered anew"
    # One that stood still because nobody had looked far enough goes on.
    Subscription.objects.filter(reader=executive).update(next_on=None)
    sending.plan(now=now)
    assert Subscription.objects.get(reader=executive).next_on == following


def test_a_chart_that_fails_goes_out_with_a_note_and_hr_is_told(program, executive, smtp_sink, settings, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(sending.hours, "next_working", lambda at, zone, blackouts=(): at)
    settings.DRAW_CHART = "tests.programs.test_report_files.broken"
    subscribe(program, executive)
    assert run() == 1
    assert next(smtp_sink.messages[0].iter_attachments()).get_content()[:5] == b"%PDF-"
    kinds = {row.kind for row in ReportProblem.objects.all()}
    assert kinds == {"chart"} and PublishedReport.objects.get().problems


def test_a_forged_file_is_not_mailed(program, executive, smtp_sink):
    subscribe(program, executive)
    now = timezone.now()
    sending.plan(now=now)
    sending.make(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE programs_reportfile DISABLE TRIGGER append_only_row")
        ReportFile.objects.filter(format="pdf").update(content=b"forged")
        cursor.execute("ALTER TABLE programs_reportfile ENABLE TRIGGER append_only_row")
    assert sending.send_due(now=now) == 0 and not smtp_sink.messages
    assert ReportDelivery.objects.get().error == "Damaged"


def test_who_ended_it_left_or_has_no_address_gets_none(program, hr, executive, smtp_sink):
    row = subscribe(program, executive)
    sending.plan(now=timezone.now())
    subscriptions.end(by=hr, row=row, now=timezone.now())
    assert sending.send_due(now=timezone.now()) == 0
    assert ReportDelivery.objects.get().error == "ended"
    with pytest.raises(ValidationError):
        executive.email = None
        subscribe(program, executive)


def test_the_reader_confirms_by_a_signed_link(program, executive, smtp_sink, client_of):
    subscribe(program, executive, confirm=True, language="ro")
    run()
    body = smtp_sink.messages[0].get_body().get_content()
    link = "/" + next(line for line in body.splitlines() if "/reports/read/" in line).split("/", 3)[3]
    client = client_of(None)
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200 and b"L-am citit" not in b"" and "Am" not in page["Content-Type"]
    row = ReportDelivery.objects.get()
    assert row.read_at is None, "mail programs open links"
    assert "Mulțumim" in client.post(link).content.decode()
    row.refresh_from_db()
    first = row.read_at
    client.post(link)
    row.refresh_from_db()
    assert first is not None and row.read_at == first
    for bad in ("/reports/read/x/", link[:-2] + "/", "/reports/read/MQ:1abc:def/"):
        assert client.get(bad).status_code == client.post(bad).status_code == 404


def test_without_asking_there_is_no_link(program, executive, smtp_sink, client_of):
    subscribe(program, executive)
    run()
    assert "/reports/read/" not in smtp_sink.messages[0].get_body().get_content()
    token = sending.token(ReportDelivery.objects.get())
    assert client_of(None).post(f"/reports/read/{token}/").status_code == 404


def test_the_tick_plans_once(program, executive):
    subscribe(program, executive)
    for _ in range(2):
        tick(now=timezone.now())
    assert ReportDelivery.objects.count() == 1
