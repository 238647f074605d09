"""Answering by the personal link, through its own pages."""

from __future__ import annotations

import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import pages as rules
from surveys.answering import submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.models import Instrument
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Series, Wave

LIBRARY = Path(django_settings.BASE_DIR) / "surveys/instruments/library/service_culture.json"
RULES = {"k": 7, "band_to": 7, "distribution_from": 20, "comment_home": 12, "score_detail_from": 8}


def _items() -> list[dict[str, Any]]:
    dimensions = {"W": "want", "K": "know", "C": "can"}
    items = json.loads(LIBRARY.read_text())["items"]
    return [{"about": "own", "dimension": dimensions.get(item["code"][0], ""), **item} for item in items]


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    today = timezone.localdate()
    instrument = Instrument.objects.create(key="asked", name={"en": "Asked"})
    series = Series.objects.create(name="Pulse", instrument=instrument, first_opens_on=today)
    wave = Wave.objects.create(
        series=series,
        number=1,
        state=Wave.State.OPEN,
        opens_on=today - dt.timedelta(days=1),
        closes_on=today + dt.timedelta(days=13),
        rules=RULES,
        snapshot={
            "items": _items(),
            "units": [{"id": u.pk, "name": u.name, "parent": None, "block": 1} for u in units.values()],
            "blocks": [],
        },
    )
    wave.public_key = keys.create(wave.pk)
    wave.save()
    partitions.create(partitions.INBOX, wave.pk)
    return wave


@pytest.fixture
def invitation(wave: Wave, employee: Employee, units: dict[str, Any]) -> Invitation:
    providers = [units["Services"].pk, units["Branch B"].pk]
    return Invitation.objects.create(wave=wave, employee=employee, block=41, providers=providers)


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


@pytest.fixture
def client() -> Client:
    """A phone without any cookie, which does not follow referrers."""
    return Client()


def questionnaire(invitation: Invitation) -> list[rules.Page]:
    return submitting.pages_of(invitation.wave, invitation.providers)


def fill(client: Client, link: str, invitation: Invitation, value: str = "4", **comment: str) -> None:
    for page in questionnaire(invitation):
        answers = {field.name: value for field in page.fields if not field.is_comment}
        if page.kind == "end":
            answers |= {"c.comment": comment.get("comment", "")}
        assert client.post(f"{link}{page.number}/", answers).status_code == 303


def envelopes(wave: Wave) -> list[dict[str, Any]]:
    box = SealedBox(keys.private_key(wave.pk))
    return [json.loads(box.decrypt(bytes(row.sealed))) for row in InboxEnvelope.objects.filter(wave=wave)]


def state(invitation: Invitation) -> str:
    return Invitation.objects.get(pk=invitation.pk).state


# -- from the first page to the envelope -----------------------------------------------------------------------------


def test_first_page_promises_what_the_wave_froze(client: Client, link: str) -> None:
    body = client.get(link).content.decode()
    assert "at least 7 people answered it" in body
    assert "in groups of at least 12" in body
    assert "about 5 min" in body


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


# -- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "6", "-1", "4.5", "٣", "", "null", "4\x00", "1" * 5000, "yes"])
def test_value_off_the_scale_changes_nothing(client: Client, link: str, value: str) -> None:
    client.post(f"{link}1/", {"own.W1": "3"})
    response = client.post(f"{link}1/", {"own.W1": value, "own.W2": "5"})
    assert response.status_code == 400
    body = response.content.decode()
    assert "not one of the possible answers" in body
    assert 'name="own.W2" value="5" checked' in body
    assert 'name="own.W1" value="3" checked' in client.get(f"{link}1/").content.decode()


@pytest.mark.parametrize("name", ["own.K1", "own.XX", "own.__class__", "p.999999.p_effort", "c.comment", "own.\x00"])
def test_question_of_another_page_is_refused(client: Client, link: str, name: str) -> None:
    assert client.post(f"{link}1/", {name: "3"}).status_code == 400
    assert client.post(f"{link}1/", {name: "3"}, headers={"X-Autosave": "1"}).status_code == 400
    assert not Draft.objects.exists()


def test_a_comment_too_long_is_said_and_typed_again(client: Client, link: str, invitation: Invitation) -> None:
    last = f"{link}{len(questionnaire(invitation))}/"
    response = client.post(last, {"own.talk": "2", "c.comment": "long " * 200_000})
    assert response.status_code == 400
    assert "shorten it to 2000 characters" in response.content.decode()
    assert "long long long" in response.content.decode()
    assert len(response.content) < 60_000
    assert client.post(last, {"c.comment": "x" * 4_000_000}).status_code == 413
    assert not Draft.objects.exists()


def test_a_comment_may_hold_anything_readable(client: Client, link: str, invitation: Invitation, wave: Wave) -> None:
    fill(
        client,
        link,
        invitation,
        comment='a\x00b\x1b </textarea><script>"\r\n👩‍👩‍👧 שלום \ud800'.encode("utf-8", "replace").decode(),
    )
    body = client.get(f"{link}check/").content.decode()
    assert "<script>&quot;" not in body
    client.post(f"{link}check/")
    assert envelopes(wave)[0]["comment"]["comment"] == 'ab </textarea><script>"\n👩👩👧 שלום ?'.replace(
        "👩👩👧", "👩‍👩‍👧"
    )


@pytest.mark.parametrize("bad", ["", "x", "A" * 40, "é" * 40, "%00", "../admin", "A" * 5000, "a/b/c/"])
def test_forged_link_gets_a_clear_page(client: Client, bad: str, link: str) -> None:
    response = client.get(f"/s/{bad}/" if bad else "/s/")
    assert response.status_code == 404
    assert "does not lead to a survey" in response.content.decode()


def test_truncated_and_altered_links_are_lost(client: Client, link: str) -> None:
    for bad in (link[:-2] + "/", link[:-2] + ("A" if link[-2] != "A" else "B") + "/", link[:20] + "/"):
        assert client.get(bad).status_code == 404
    assert client.post(f"{link[:-2]}/1/", {"own.W1": "1"}).status_code == 404
    assert client.get(f"{link}99/").status_code == 404
    assert client.get(f"{link}0/").status_code == 404
    assert client.get(link[:-1])["Location"] == link


def test_link_of_another_wave_or_without_keys_is_foreign(client: Client, link: str, wave: Wave) -> None:
    assert client.get(f"/s/{keys.link_token(wave.pk, 10**9)}/").status_code == 410
    keys.destroy(wave.pk)
    assert client.get(link).status_code == 404


def test_closed_wave_takes_nothing(client: Client, link: str, invitation: Invitation, wave: Wave) -> None:
    fill(client, link, invitation)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    for response in (
        client.get(link),
        client.post(f"{link}1/", {"own.W1": "1"}),
        client.post(f"{link}check/"),
        client.post(link, {"go": "decline"}),
    ):
        assert response.status_code == 410
        assert "This survey is closed" in response.content.decode()
    assert state(invitation) == "asked"
    assert not InboxEnvelope.objects.exists()


def test_wave_that_closes_during_the_submit_takes_nothing(invitation: Invitation, wave: Wave) -> None:
    """The view read "open"; the wave closed before the answers were written."""
    answers = rules.nest(
        questionnaire(invitation), {f.name: 3 for p in questionnaire(invitation) for f in p.fields if not f.is_comment}
    )
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
    with pytest.raises(submitting.Closed):
        submitting.submit(invitation=invitation, answers=answers, now=timezone.now())
    assert not InboxEnvelope.objects.exists()


def test_scheduled_wave_says_when(client: Client, link: str, wave: Wave) -> None:
    with connection.cursor() as cursor:
        # A wave does not go back; this one is to be one that never opened.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE surveys_wave SET state = 'scheduled' WHERE id = %s", [wave.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    response = client.get(link)
    assert response.status_code == 404
    assert "not opened yet" in response.content.decode()


def test_second_submit_is_told_and_counts_once(client: Client, link: str, invitation: Invitation, wave: Wave) -> None:
    fill(client, link, invitation)
    client.post(f"{link}check/")
    again = client.post(f"{link}check/")
    assert again.status_code == 200
    assert "already sent" in again.content.decode()
    assert "already sent" in client.post(f"{link}1/", {"own.W1": "1"}).content.decode()
    assert client.post(f"{link}1/", {"own.W1": "1"}, headers={"X-Autosave": "1"}).status_code == 409
    client.post(link, {"go": "decline"})
    assert (state(invitation), len(envelopes(wave)), Draft.objects.count()) == ("answered", 1, 0)


def test_submit_with_a_stale_invitation_loses(invitation: Invitation, wave: Wave) -> None:
    flat = {f.name: 3 for p in questionnaire(invitation) for f in p.fields if not f.is_comment}
    answers = rules.nest(questionnaire(invitation), flat)
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.ANSWERED)
    outcome = submitting.submit(invitation=invitation, answers=answers, now=timezone.now())
    assert outcome is submitting.Outcome.ALREADY
    assert not InboxEnvelope.objects.exists()


def test_submit_many_seals_the_same_envelopes(invitation: Invitation, wave: Wave) -> None:
    answers = {"own": {"W1": 5}, "providers": {str(invitation.providers[0]): {"p_effort": 1}}, "comment": {}}
    assert submitting.submit_many(wave, [(invitation.pk, answers)]) == 1
    assert submitting.submit_many(wave, [(invitation.pk, answers)]) == 0
    (envelope,) = envelopes(wave)
    assert (envelope["own"]["W1"], envelope["own"]["W2"]) == (5, None)
    with pytest.raises(rules.BadAnswer):
        rules.check(questionnaire(invitation), {"own": {"W1": True}}, complete=False)


# -- nothing leaks ---------------------------------------------------------------------------------------------------


def test_rows_are_unreadable_and_all_equally_long(client: Client, link: str, invitation: Invitation) -> None:
    client.post(f"{link}1/", {"own.W1": "3"})
    short = bytes(Draft.objects.get().sealed)
    fill(client, link, invitation, comment="PLANTED " + "客" * 1900)
    full = Draft.objects.get()
    assert len(short) == len(bytes(full.sealed))
    client.post(f"{link}check/")
    sealed = bytes(InboxEnvelope.objects.get().sealed)
    assert (len(sealed) - 48) % 4096 == 0
    for blob in (bytes(full.sealed), bytes(full.key), sealed):
        assert b"PLANTED" not in blob
        assert b'"providers"' not in blob


def test_get_changes_nothing_and_no_cookie_is_set(client: Client, link: str, invitation: Invitation) -> None:
    for path in ("", "?lang=it", "1/", "1/?lang=it", "check/", "thanks/", "nothing/"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(link + path)
        assert all(q["sql"].startswith("SELECT") for q in queries)
        assert not response.cookies
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"].startswith("no-store")
        assert "'unsafe" not in response["Content-Security-Policy"]
    assert not client.post(f"{link}1/", {"own.W1": "1"}).cookies
    assert state(invitation) == "asked"


def test_works_without_csrf_cookie_and_in_a_signed_in_browser(link: str, client_of: Any, hr: Employee) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{link}1/", {"own.W1": "1", "go": "skip"}).status_code == 303
    assert client_of(hr).get(link).status_code == 200


def test_logs_learn_neither_link_nor_answer(
    client: Client, link: str, invitation: Invitation, caplog: Any, monkeypatch: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("django.request", "django.server", "surveys.answering.doors"):
        monkeypatch.setattr(logging.getLogger(logger), "propagate", True)
    client.get(f"{link}nothing/")
    client.post(f"{link}1/", {"own.W1": "PLANTED"})

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("PLANTED")

    monkeypatch.setattr("surveys.answering.drafts.save", broken)
    assert client.post(f"{link}1/", {"own.W1": "1"}).status_code == 500
    assert "An answering page failed: RuntimeError" in caplog.text
    assert "PLANTED" not in caplog.text
    assert link not in "".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))


def test_pages_are_light(client: Client, link: str, invitation: Invitation) -> None:
    static = Path(django_settings.BASE_DIR) / "config/static"
    assets = sum((static / name).stat().st_size for name in ("answering.css", "answering.js"))
    heaviest = max(len(client.get(f"{link}{page.number}/?lang=zh-hans").content) for page in questionnaire(invitation))
    assert heaviest + assets < 60_000
    assert len(client.get(link).content) + assets < 60_000


def test_queries_do_not_grow_with_providers(client: Client, link: str, invitation: Invitation) -> None:
    client.get(f"{link}check/")  # what the wave froze is read once per process
    counts = []
    for providers in (invitation.providers[:1], invitation.providers):
        Invitation.objects.filter(pk=invitation.pk).update(providers=providers)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{link}check/")
        counts.append(len(queries))
    assert counts == [2, 2]
