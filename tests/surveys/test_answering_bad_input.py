"""Answers, links and moments that are not as they should be: refused, or kept as plain text, in plain words."""

# ruff: noqa: F811  (fixtures of answering_room)
from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from surveys.answering import pages as rules
from surveys.answering import submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from tests.surveys.answering_room import client, envelopes, fill, invitation, link, questionnaire, state, wave  # noqa: F401


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
