"""HR hears by mail of what failed with reports: in his language, once for each problem; executives never."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.people.models import Employee
from programs.reports import publishing, report_problem_mails, report_problems, report_tasks, sending
from programs.reports.problem_mail_models import ProblemMail, ProblemMailLine
from programs.reports.report_models import ReportProblem
from programs.reports.texts_problem import MAIL
from programs.reports.tick import tick
from surveys.waves import hours
from tests.programs.report_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.report_world import DAY
from tests.programs.test_report_sending import subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def always_at_work(monkeypatch: Any) -> None:
    monkeypatch.setattr(hours, "next_working", lambda at, zone, blackouts=(): at)


def send(now: dt.datetime) -> int:
    report_problem_mails.plan(now=now)
    return report_problem_mails.send_due(now=now)


def fail(program: Any, now: dt.datetime, detail: str = "OSError", kind: str = "report") -> None:
    report_problems.tell(kind=kind, program=program, unit=None, detail=detail, now=now)


@pytest.mark.parametrize("language", list(MAIL))
def test_a_subscription_that_fails_is_told_to_hr_in_his_language_once(
    program, hr, executive, smtp_sink, monkeypatch, client_of, language
):
    Employee.objects.filter(pk=hr.pk).update(language=language)
    subscribe(program, executive)
    monkeypatch.setattr(publishing, "publish", lambda **more: 1 / 0)
    now = timezone.now()
    sending.plan(now=now)
    for n in range(sending.OUTBOX.most_attempts):
        at = now + n * DAY
        sending.send_due(now=at)
        send(at)
    assert smtp_sink.recipients == [hr.email], "once, whatever the day, and not the executive"
    (mail,) = smtp_sink.messages
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert str(mail["Subject"]) == MAIL[language]["subject_one"] and mail["Content-Language"] == language
    for body in (text, html):
        assert MAIL[language]["report"] in body and program.name in body and "/reports/" in body
        assert "ZeroDivision" not in body and "{" not in text
    assert program.name in client_of(hr).get("/reports/").content.decode()


def test_several_in_one_mail_and_again_only_after_somebody_saw_to_it(program, hr, stranger, executive, smtp_sink):
    Grant.objects.create(employee=stranger, role=Role.HR_ADMIN)
    now = timezone.now()
    fail(program, now, "chart one", "chart")
    fail(program, now, "550", "mail")
    assert send(now) == 2 and sorted(smtp_sink.recipients) == sorted([hr.email, stranger.email])
    assert {str(mail["Subject"]) for mail in smtp_sink.messages} == {"2 problems with reports"}
    fail(program, now + DAY, "550", "mail")
    assert ReportProblem.objects.count() == 3 and send(now + DAY) == 0
    for row in ReportProblem.objects.all():
        report_problems.settle(by=hr, problem=row, now=now)
    fail(program, now + 2 * DAY, "550", "mail")
    assert send(now + 2 * DAY) == 2 and str(smtp_sink.messages[-1]["Subject"]) == "A problem with a report"
    assert report_problem_mails.sweep(now=now + 300 * DAY) > 0
    assert ProblemMail.objects.count() == 2, "what stands open is remembered, or it would be told again"


def test_what_was_seen_to_meanwhile_or_concerns_him_no_more_is_not_mailed(program, hr, stranger, smtp_sink):
    now = timezone.now()
    fail(program, now)
    report_problem_mails.plan(now=now)
    fail(program, now, "KeyError")
    report_problem_mails.plan(now=now)
    assert ProblemMail.objects.count() == 1 and ProblemMailLine.objects.count() == 2, "what waits takes in what fails"
    report_problems.settle(by=hr, problem=ReportProblem.objects.first(), now=now)
    report_problems.settle(by=hr, problem=ReportProblem.objects.last(), now=now)
    assert send(now) == 0 and ProblemMail.objects.get().state == "skipped"
    fail(program, now + DAY)
    report_problem_mails.plan(now=now + DAY)
    Grant.objects.filter(employee=hr).update(ended_at=timezone.now())
    Grant.objects.create(employee=hr, role=Role.EXECUTIVE)
    assert send(now + DAY) == 0 and not smtp_sink.messages
    fail(program, now - 30 * DAY, "old")
    assert report_problem_mails.plan(now=now) == 0, "that is no news, and there is nobody to tell"


def test_the_tick_plans_and_asks_for_the_task_once(program, hr, monkeypatch):
    asked: list[bool] = []
    monkeypatch.setattr(report_tasks.send_problem_mails, "delay_on_commit", lambda: asked.append(True))
    now = timezone.now()
    tick(now=now)
    assert not asked
    fail(program, now)
    for _ in range(2):
        tick(now=now)
    assert asked == [True, True] and ProblemMailLine.objects.count() == 1
