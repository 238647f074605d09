"""Whoever is written to at another address than the wave opened with learns nothing of what was done before."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone

from culture.people.models import Employee
from surveys.answering import drafts, submitting
from surveys.instruments.loading import load_library
from surveys.waves import delivery, hours, keys, opening
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Wave
from surveys.waves.texts_mail import MAIL
from tests.surveys.test_codes import submit

pytestmark = pytest.mark.django_db
NEW = "somebody.else@meridian.example"


@pytest.fixture
def wave(hr, manager, employee) -> Wave:
    made = series_service.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=timezone.localdate(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=[4, 9],
    )
    one = made.waves.get()
    opening.open_wave(one, now=timezone.now())
    return one


def link_in(mail) -> str:
    (link,) = set(
        re.findall(re.escape(settings.BASE_URL) + r"(/s/[\w.-]+/)(?!leave)", mail.get_body(("plain",)).get_content())
    )
    return link


def first_mails(smtp_sink) -> dict[str, str]:
    delivery.send_due(now=timezone.now())
    return {mail["To"]: link_in(mail) for mail in smtp_sink.messages}


def remind(smtp_sink, address: str, number: int = 1):
    """The reminder that reaches this address, or None."""
    smtp_sink.messages.clear()
    due = Message.objects.filter(kind="reminder", number=number).order_by("due_at").values_list("due_at", flat=True)[0]
    moment = hours.next_working(due + dt.timedelta(minutes=1), "Europe/Rome")
    assert moment is not None
    delivery.send_due(now=moment)
    return next((mail for mail in smtp_sink.messages if mail["To"] == address), None)


def move(employee: Employee, address: str = NEW) -> None:
    Employee.objects.filter(pk=employee.pk).update(email=address)


def begin(wave: Wave, employee: Employee, client, link: str) -> None:
    """A draft behind this link."""
    invitation = Invitation.objects.get(wave=wave, employee=employee)
    token = link.split("/")[2]
    field = next(f for f in submitting.pages_of(wave, invitation.providers)[0].fields if not f.is_comment)
    drafts.save(token=token, wave_id=wave.pk, invitation_id=invitation.pk, answers={field.name: "1"})
    assert drafts.load(token).answers


def test_the_same_address_keeps_its_link_however_it_is_written(wave, employee, smtp_sink):
    link = first_mails(smtp_sink)[employee.email]
    move(employee, employee.email.upper())
    assert link_in(remind(smtp_sink, employee.email.upper())) == link


def test_a_reminder_to_another_address_opens_a_draft_of_its_own(wave, employee, client_of, smtp_sink):
    link = first_mails(smtp_sink)[employee.email]
    begin(wave, employee, client_of(), link)
    move(employee)
    other = link_in(remind(smtp_sink, NEW))
    assert other != link and not drafts.load(other.split("/")[2]).answers
    assert drafts.load(link.split("/")[2]).answers, "the old link keeps its own"
    assert "resume" not in client_of().get(other).content.decode()
    assert link_in(remind(smtp_sink, NEW, 2)) == other, "and the next one leads to the same place"


def test_neither_page_nor_silence_nor_words_tell_the_new_address_about_an_answer(wave, employee, client_of, smtp_sink):
    links = first_mails(smtp_sink)
    colleague = Employee.objects.exclude(pk=employee.pk).exclude(email=None).order_by("pk").first()
    invitation = Invitation.objects.get(wave=wave, employee=employee)
    submit(client_of(), links[employee.email], invitation)
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"
    move(employee)
    move(colleague, "another@meridian.example")
    told = remind(smtp_sink, NEW)
    other = next(mail for mail in smtp_sink.messages if mail["To"] == "another@meridian.example")
    for mail in (told, other):
        text = mail.get_body(("plain",)).get_content()
        assert MAIL["en"]["again"] not in text and MAIL["en"]["moved"] in text
    pages = [client_of().get(link_in(mail)) for mail in (told, other)]
    assert [page.status_code for page in pages] == [200, 200]
    assert all("thanks" not in page.content.decode().lower() for page in pages)


def test_an_answer_by_the_new_link_ends_the_old_one(wave, employee, client_of, smtp_sink):
    link = first_mails(smtp_sink)[employee.email]
    move(employee)
    other = link_in(remind(smtp_sink, NEW))
    submit(client_of(), other, Invitation.objects.get(wave=wave, employee=employee))
    assert Invitation.objects.get(wave=wave, employee=employee).state == "answered"
    page = client_of().get(link).content.decode()
    assert "already" in page.lower()


def test_who_had_no_address_at_the_opening_gets_a_link_of_its_own(wave, employee, smtp_sink):
    secrets = keys.load(wave.pk)
    Invitation.objects.filter(employee=employee).update(address_mark=keys.address_mark(secrets, ""))
    assert keys.is_visit(first_mails(smtp_sink)[employee.email].split("/")[2])


def test_a_wave_from_before_goes_on_with_its_links(wave, employee, smtp_sink):
    Invitation.objects.update(address_mark=None)
    invitation = Invitation.objects.get(employee=employee)
    assert first_mails(smtp_sink)[employee.email] == f"/s/{keys.link_token(wave.pk, invitation.pk)}/"


def test_the_mark_in_the_database_leads_to_no_address_without_the_secret(wave, employee):
    marks = {bytes(mark) for mark in Invitation.objects.values_list("address_mark", flat=True)}
    assert len(marks) == Invitation.objects.count() and all(len(mark) == 12 for mark in marks)
    one, other = keys.load(wave.pk), keys.WaveKeys(b"p" * 32, b"s" * 32)
    assert keys.address_mark(one, employee.email) in marks
    assert keys.address_mark(other, employee.email) not in marks


def test_back_at_the_first_address_the_first_link_is_used_again(wave, employee, smtp_sink):
    address = employee.email
    link = first_mails(smtp_sink)[address]
    move(employee)
    remind(smtp_sink, NEW)
    move(employee, address)
    assert link_in(remind(smtp_sink, address, 2)) == link
