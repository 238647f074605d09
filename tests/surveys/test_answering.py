"""Answering by the personal link, through its own pages."""

# ruff: noqa: F811  (fixtures of answering_room)
from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from culture.people.models import Employee
from surveys.answering.models import Draft
from surveys.waves.models import Invitation, Wave
from tests.surveys.answering_room import client, envelopes, fill, invitation, link, questionnaire, state, wave  # noqa: F401


def test_first_page_promises_what_the_wave_froze(client: Client, link: str) -> None:
    body = client.get(link).content.decode()
    assert "at least 7 people answered it" in body
    assert "in groups of at least 12" in body
    assert "to the people of that group themselves" in body
    assert "HR or a moderator may read them to black out names" in body
    assert "about 5 min" in body


def test_a_wave_opened_under_older_words_keeps_them(client: Client, link: str, wave: Wave) -> None:
    del wave.rules["words"]
    wave.save()
    body = client.get(link).content.decode()
    assert "and to HR." in body
    assert "people of that group themselves" not in body
    assert "moderator" not in body


def test_whole_questionnaire_arrives_sealed(client: Client, link: str, invitation: Invitation, wave: Wave) -> None:
    fill(client, link, invitation, comment="Kürzere Wege 🚲")
    response = client.post(f"{link}check/")
    assert (response.status_code, urlsplit(response["Location"]).path) == (303, f"{link}thanks/")
    assert "Thank you. It is sent." in client.get(f"{link}thanks/").content.decode()
    (envelope,) = envelopes(wave)
    assert envelope["block"] == 41
    assert set(envelope["providers"]) == {str(unit) for unit in invitation.providers}
    assert all(len(answers) == 6 and set(answers.values()) == {4} for answers in envelope["providers"].values())
    assert envelope["own"]["W1"] == envelope["own"]["C5"] == envelope["own"]["talk"] == 4
    assert envelope["comment"] == {"comment": "Kürzere Wege 🚲"}
    assert state(invitation) == "answered"
    assert not Draft.objects.exists()


def test_next_and_back_follow_the_pages(client: Client, link: str, invitation: Invitation) -> None:
    page = questionnaire(invitation)[1]
    answers = {field.name: "none" for field in page.fields}
    assert client.post(f"{link}2/", answers | {"go": "next"})["Location"] == f"{link}3/"
    assert client.post(f"{link}2/", {"go": "back"})["Location"] == f"{link}1/"
    assert client.post(f"{link}1/", {"go": "back"})["Location"] == link
    last = len(questionnaire(invitation))
    assert client.post(f"{link}{last}/", {"own.talk": "5"})["Location"] == f"{link}check/"


def test_provider_name_is_piped_and_escaped(client: Client, link: str, invitation: Invitation, wave: Wave) -> None:
    wave.snapshot["units"] = [{"id": invitation.providers[0], "name": "R&D <b>"}]
    wave.save()
    page = next(page for page in questionnaire(invitation) if page.kind == "provider")
    body = client.get(f"{link}{page.number}/").content.decode()
    assert "R&amp;D &lt;b&gt; treats us kindly" in body
    assert "{provider}" not in body


def test_open_questions_are_marked_kept_and_named_at_the_end(client: Client, link: str, invitation: Invitation) -> None:
    response = client.post(f"{link}1/", {"own.W1": "5"})
    assert response["Location"] == f"{link}1/?open#open"
    body = client.get(f"{link}1/?open").content.decode()
    assert "Still open on this page: 2" in body
    assert '<input type="radio" name="own.W1" value="5" checked>' in body
    assert client.post(f"{link}1/", {"go": "skip"})["Location"] == f"{link}2/"
    summary = client.get(f"{link}check/").content.decode()
    assert f'href="{link}1/#q-own.W2"' in summary
    assert "Send my answers" not in summary
    assert client.post(f"{link}check/").status_code == 400
    assert state(invitation) == "asked"


def test_draft_resumes_on_another_device(client: Client, link: str) -> None:
    client.post(f"{link}1/", {"own.W1": "2", "go": "skip"})
    other = Client()
    assert "1 of 34 questions answered" in other.get(link).content.decode()
    assert 'name="own.W1" value="2" checked' in other.get(f"{link}1/").content.decode()


def test_two_tabs_do_not_undo_each_other(client: Client, link: str) -> None:
    client.post(f"{link}1/", {"own.W1": "2"}, headers={"X-Autosave": "1"})
    client.post(f"{link}2/", {"own.W4": "3"}, headers={"X-Autosave": "1"})
    assert 'name="own.W1" value="2" checked' in client.get(f"{link}1/").content.decode()
    assert 'name="own.W4" value="3" checked' in client.get(f"{link}2/").content.decode()


@pytest.mark.parametrize(
    ("language", "title", "label"),
    [
        ("it", "Che cosa ti muove", "Pienamente d&#x27;accordo"),
        ("ro", "Ce te motivează", "Total de acord"),
        ("zh-hans", "您的意愿", "非常同意"),
        ("fr", "Ce qui vous motive", "Tout à fait d&#x27;accord"),
    ],
)
def test_language_is_chosen_and_kept_in_the_draft(
    client: Client, link: str, language: str, title: str, label: str
) -> None:
    body = client.get(f"{link}1/?lang={language}").content.decode()
    assert f'<html lang="{language}"' in body
    assert title in body
    assert label in body
    assert not Draft.objects.exists()
    response = client.post(f"{link}1/", {"own.W1": "1", "lang": language})
    assert response["Location"] == f"{link}1/"
    assert title in Client().get(f"{link}1/").content.decode()


def test_language_is_the_employees_at_first(client: Client, link: str, employee: Employee) -> None:
    Employee.objects.filter(pk=employee.pk).update(language="fr")
    assert "Notre promesse" in client.get(link).content.decode()


def test_declining_deletes_the_draft_and_may_be_taken_back(client: Client, link: str, invitation: Invitation) -> None:
    client.post(f"{link}1/", {"own.W1": "1"})
    assert client.post(link, {"go": "decline"}).status_code == 303
    assert state(invitation) == "declined"
    assert not Draft.objects.exists()
    assert "you are not taking part" in client.get(f"{link}2/").content.decode()
    assert client.post(f"{link}check/")["Location"] == link
    client.post(link, {"go": "rejoin"})
    assert state(invitation) == "asked"
