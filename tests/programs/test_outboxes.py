"""What all mails of the rooms share, asked of each: once, none lost, whoever refuses, hangs up, dies or sleeps."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.people.models import Employee
from programs.recognition import award_mails, settling
from programs.recognition import telling as thanks
from programs.recognition.award_models import AwardMail, AwardRound
from programs.reports import publishing, report_problem_mails, sending, subscriptions
from programs.reports.report_models import ReportProblem
from programs.training import telling as training
from programs.training.path_models import TrainingMail
from surveys.results import share_mails
from surveys.results.sharing_models import ResultMail
from surveys.waves import hours, outbox
from surveys.waves.message_models import DeadAddress, MailSender
from surveys.waves.models import Wave
from surveys.waves.outbox import Outbox
from tests.programs import award_world
from tests.programs.path_world import make_course, make_path, step
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY, share
from tests.programs.thanks import LATER, thank

pytestmark = pytest.mark.django_db
NUMBERS = ("A1", "M1", "S1")
# A working noon where everybody is at home, not before today.
NOON = hours.moment(hours.next_working_day(timezone.localdate() + DAY)[0], "Europe/Rome", 12)


def people() -> list[Employee]:
    return list(Employee.objects.filter(number__in=NUMBERS).order_by("number"))


def about_training(program: Any, hr: Employee) -> Outbox[Any]:
    day = NOON.date()
    make_path(hr, step(make_course(hr), due_days=25), today=day - 20 * DAY)
    for one in people():
        TrainingMail.objects.create(employee=one, kind="own", day=day, due_at=NOON)
    return training.OUTBOX


def about_thanks(program: Any, hr: Employee) -> Outbox[Any]:
    thank(hr, *people(), now=NOON - LATER, points=0)
    settling.settle(now=NOON)
    return thanks.OUTBOX


def about_awards(program: Any, hr: Employee) -> Outbox[Any]:
    made = award_world.award(hr, people(), budget=0, points=0)
    day = NOON.date()
    days = {"opens_on": day, "closes_on": day, "decide_by": day + DAY}
    round_ = AwardRound.objects.create(award=made, number=1, winners=1, points=0, reason="No need", **days)
    award_mails.write_down(AwardMail.Kind.CANCELLED, [p.pk for p in people()], round_=round_, candidate=None, now=NOON)
    return award_mails.OUTBOX


def about_reports(program: Any, hr: Employee) -> Outbox[Any]:
    for one in people():
        Grant.objects.create(employee=one, role=Role.EXECUTIVE)
        given = {"unit": None, "rule": "FREQ=YEARLY", "first_on": timezone.localdate(), "language": "en"}
        subscriptions.start(by=hr, reader=one, program=program, format="pdf", now=NOON, **given)
    sending.plan(now=NOON)
    assert sending.make(now=NOON) == 3
    return sending.OUTBOX


def about_results(program: Any, hr: Employee) -> Outbox[Any]:
    share(program, hr, leaders=0, managers=0)
    wave = Wave.objects.get(series=program.series_id, number=1)
    for one in people():
        Grant.objects.create(employee=one, role=Role.EXECUTIVE)
        ResultMail.objects.create(wave=wave, employee=one, audience="leaders", retry_at=NOON)
    return share_mails.OUTBOX


def about_problems(program: Any, hr: Employee) -> Outbox[Any]:
    for one in people():
        Grant.objects.create(employee=one, role=Role.HR_ADMIN)
    Grant.objects.filter(employee=hr).update(ended_at=timezone.now())
    ReportProblem.objects.create(kind="report", program=program, detail="x", day=NOON.date(), at=NOON)
    report_problem_mails.plan(now=NOON)
    return report_problem_mails.OUTBOX


ROOMS = [about_training, about_thanks, about_awards, about_reports, about_results, about_problems]


@pytest.fixture(params=ROOMS, ids=[room.__name__.removeprefix("about_") for room in ROOMS])
def box(request, program, hr, smtp_sink, monkeypatch) -> Outbox[Any]:
    """The mails of one room: three, due at ``NOON``."""
    monkeypatch.setattr(publishing, "rendered", lambda report, kind, **more: f"{kind} {report.language}".encode())
    found: Outbox[Any] = request.param(program, hr)
    assert found.model.objects.count() == 3 and found.anything_due(NOON)
    return found


def attempts(box: Outbox[Any]) -> list[int]:
    return list(box.model.objects.order_by("pk").values_list("attempts", flat=True))


@pytest.fixture
def opened(monkeypatch) -> list[bool]:
    """A connection to the mail server each."""
    found: list[bool] = []
    real = EmailBackend.open

    def opening(self: EmailBackend) -> Any:
        new = real(self)
        found.extend([True] * bool(new))
        return new

    monkeypatch.setattr(EmailBackend, "open", opening)
    return found


def test_each_once_over_one_connection_also_when_a_worker_died(box, smtp_sink, opened):
    assert len(box.claim(NOON, 10)) == 3, "and the worker is killed"
    soon, later = NOON + dt.timedelta(minutes=5), NOON + box.stale + dt.timedelta(seconds=1)
    assert box.claim(soon, 10) == [] and box.send_due(now=soon) == 0 and not box.anything_due(soon)
    assert box.anything_due(later) and box.send_due(now=later) == 3
    assert box.send_due(now=later) == 0 and box.send_due(now=later + 3 * DAY) == 0
    assert Counter(smtp_sink.recipients) == Counter({one.email: 1 for one in people()})
    assert len(opened) == 1 and len({mail["Message-ID"] for mail in smtp_sink.messages}) == 3
    assert not MailSender.objects.filter(lease_until__isnull=False).exists(), "the hand is free again"


def test_whoever_refuses_is_told_apart(box, smtp_sink, monkeypatch):
    first, second, third = (one.email for one in people())
    smtp_sink.refuse = lambda address: {first: "450 later", second: "550 5.1.1 nobody"}.get(address)
    assert box.send_due(now=NOON) == 1 and smtp_sink.recipients == [third]
    dead = DeadAddress.objects.get()
    assert (dead.employee.email, dead.code) == (second, "550")
    smtp_sink.refuse = lambda address: "550 5.7.1 you are on our list"
    assert box.send_due(now=NOON + dt.timedelta(minutes=9)) == 0
    assert not box.anything_due(NOON + dt.timedelta(minutes=9)), "it waits longer than that"
    assert box.send_due(now=NOON + dt.timedelta(minutes=11)) == 0
    assert DeadAddress.objects.count() == 1, "we were refused, not the mailbox"
    smtp_sink.refuse = lambda address: None
    assert box.send_due(now=NOON + 3 * DAY) == 0 and smtp_sink.recipients == [third]


def test_a_server_that_is_down_hangs_up_or_knows_us_not_loses_nothing(box, smtp_sink, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = NOON
    for _ in range(8):
        # More often than a mail of its own fault is tried.
        assert box.send_due(now=now) == 0 and attempts(box) == [0, 0, 0]
        now += outbox.FIRST_WAIT
    settings.EMAIL_PORT = port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "wrong"
    assert box.send_due(now=now) == 0 and attempts(box) == [0, 0, 0]
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    now += outbox.FIRST_WAIT
    taken: list[str] = []

    def hang_up(address: str) -> str | None:
        taken.append(address)
        return "421 too many of you" if len(taken) == 2 else None

    smtp_sink.refuse = hang_up
    assert box.send_due(now=now) == 1 and len(smtp_sink.recipients) == 1
    assert box.send_due(now=now) == 2
    assert sorted(smtp_sink.recipients) == sorted(one.email for one in people())


def test_at_night_all_wait_and_one_that_cannot_be_written_holds_nobody_up(box, smtp_sink, monkeypatch):
    night = NOON + dt.timedelta(hours=11)
    assert box.send_due(now=night) == 0 and not box.anything_due(night) and attempts(box) == [0, 0, 0]
    morning = hours.next_working(night, "Europe/Rome")
    write = type(box).write

    def poisoned(self: Any, row: Any, known: Any, now: dt.datetime) -> Any:
        if self.person(row).number == "A1":
            raise KeyError("{planted}")
        return write(self, row, known, now)

    monkeypatch.setattr(type(box), "write", poisoned)
    assert morning is not None and box.send_due(now=morning) == 2
    for n in range(1, box.most_attempts):
        assert box.anything_due(morning + 7 * n * DAY) and box.send_due(now=morning + 7 * n * DAY) == 0
    assert not box.anything_due(morning + 70 * DAY) and len(smtp_sink.messages) == 2


def test_who_lost_a_claim_sends_nothing_of_it(box, smtp_sink, monkeypatch):
    ids = box.claim(NOON, 10)
    later = NOON + dt.timedelta(minutes=1)
    assert box.renew(ids, NOON - DAY, later) == set() and box.renew(ids[1:], NOON, later) == set(ids[1:])
    assert box.renew(ids, NOON, later + DAY) == {ids[0]}
    box.release_stale(NOON + 3 * DAY)
    monkeypatch.setattr(outbox, "RENEW", 0.0)
    monkeypatch.setattr(type(box), "renew", lambda self, ids, token, new: set(ids) if not smtp_sink.messages else set())
    assert box.send_due(now=NOON + 7 * DAY) == 1 and len(smtp_sink.messages) == 1
