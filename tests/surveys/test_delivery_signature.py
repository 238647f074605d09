"""HR's signature stands below the mails, in HTML and in text, in each language."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from culture.access import organisation
from culture.access.models import AuditEntry
from culture.people.models import Employee
from surveys.waves import delivery, signatures
from surveys.waves.models import Message, Wave
from tests.surveys.channels_world import open_wave

pytestmark = pytest.mark.django_db
PAGE = "/survey-mails/"


@pytest.fixture
def wave(hr, manager) -> Wave:
    return open_wave(hr)


def mail_to(person: Employee, smtp_sink):
    smtp_sink.messages.clear()
    Message.objects.filter(kind="invitation").update(state="due", attempts=0)
    delivery.send_due(now=timezone.now())
    return next(mail for mail in smtp_sink.messages if mail["To"] == person.email)


def test_each_language_has_its_own_else_english_else_the_organisation(wave, hr, employee, manager, smtp_sink):
    assert organisation.current().name in mail_to(employee, smtp_sink).get_body(("plain",)).get_content()
    signatures.write({"en": "Ann Ro <b>HR</b>\nExtension 12", "it": "Le Risorse umane"}, by=hr)
    Employee.objects.filter(pk=employee.pk).update(language="it")
    Employee.objects.filter(pk=manager.pk).update(language="fr")
    italian, french = mail_to(employee, smtp_sink), mail_to(manager, smtp_sink)
    assert "-- \nLe Risorse umane\nPulse" in italian.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Ann Ro <b>HR</b>\nExtension 12" in french.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Ann Ro &lt;b&gt;HR&lt;/b&gt;<br>Extension 12" in french.get_body(("html",)).get_content()


def test_hr_signs_sees_the_mail_and_takes_the_signature_back(hr, client_of):
    client = client_of(hr)
    page = client.post(PAGE, {"en": " Ann Ro \n HR ", "fr": "Anne"}, follow=True)
    assert signatures.all_of() == {"en": "Ann Ro\n HR", "fr": "Anne"}
    assert AuditEntry.objects.get(verb="mail.signature").detail["languages"] == ["en", "fr"]
    shown = client.get(PAGE, {"language": "fr", "kind": "reminder"})
    assert page.status_code == shown.status_code == 200
    assert "Rappel" in shown.context["mail"]["subject"] and "Anne" in shown.context["mail"]["text"]
    assert hr.given_name in shown.context["mail"]["text"] and "/s/…/" in shown.context["mail"]["text"]
    client.post(PAGE, {"en": "", "fr": ""})
    assert signatures.all_of() == {}
    assert client.get(PAGE, {"language": "klingon"}).context["language"] == "en"


def test_a_signature_that_is_too_long_is_said_where_and_keeps_what_was_typed(hr, client_of):
    page = client_of(hr).post(PAGE, {"en": "x" * 601, "it": "Anna"})
    assert page.status_code == 400 and list(page.context["form"].errors) == ["en"]
    assert "x" * 601 in page.content.decode() and not signatures.all_of()
    with pytest.raises(ValidationError):
        signatures.write({"en": "\n".join("abcdefghij")}, by=hr)


def test_only_hr_may_see_or_sign(hr, manager, employee, executive, stranger, client_of):
    for person in (manager, employee, executive, stranger):
        assert client_of(person).get(PAGE).status_code == 403
        assert client_of(person).post(PAGE, {"en": "me"}).status_code == 403
    assert client_of().get(PAGE).status_code == 302 and not signatures.all_of()
