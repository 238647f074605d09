"""The audit trail: from where, in words, searched, as a file; and never an answer in it."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.access import audit, grants, trail, where
from culture.access.models import AuditEntry
from culture.access.sentences import KEYS, SENTENCES, TOPICS, names_of, sentence
from surveys.results import releasing
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_unit
from tests.culture.test_access_pages import program
from tests.guards.addresses import every
from tests.surveys import results_world

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return answer.content.decode()


# -- from where ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("[2001:db8::1]", "2001:db8::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("unix:", ""),
        ("<script>", ""),
    ],
)
def test_an_address_loses_its_last_part(address, expected) -> None:
    assert where.network(address) == expected


def test_behind_proxies_of_our_own_the_caller_is_before_them(settings) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert where.client_address(request) == "10.0.0.1"  # nobody may claim an address
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert where.client_address(request) == "203.0.113.9"


def test_a_page_the_api_and_a_command_are_told_apart(hr, client_of) -> None:
    audit.record(hr, "framework.load", "catalogue")
    client = client_of(hr)
    client.get("/audit/export.csv", REMOTE_ADDR="203.0.113.77")
    page = AuditEntry.objects.get(verb="audit.exported")
    command = AuditEntry.objects.get(verb="framework.load")
    assert (command.channel, command.address) == ("command", "")
    assert (page.channel, page.address) == ("page", "203.0.113.0/24")
    api = where.of_request(RequestFactory().get("/api/v1/grants/", REMOTE_ADDR="203.0.113.77"))
    assert (api.channel, api.address) == ("api", "203.0.113.0/24")
    assert where.current() == where.Where("command")


def test_the_pages_on_which_people_answer_are_never_seen() -> None:
    """Whatever were recorded there would carry neither address nor channel."""
    answering = [address for address in every() if address.name.startswith("answering:")]
    assert answering
    for address in answering:
        assert where.unseen(address.view), address.name
    request = RequestFactory().get("/s/x/", REMOTE_ADDR="203.0.113.77")
    seen: list[where.Where] = []
    middleware = where.Middleware(lambda asked: seen.append(where.current()) or SimpleNamespace())  # type: ignore[arg-type]
    middleware(request)
    assert seen == [where.UNSEEN]
    with where.at(where.UNSEEN):
        middleware.process_view(request, answering[0].view, (), {})
        assert where.current() == where.UNSEEN


# -- in words --------------------------------------------------------------------------------------------------------


def test_an_entry_is_a_sentence(hr, stranger, units, client_of) -> None:
    grants.give(employee=stranger, role="trainer", unit=units["Retail"], by=hr, reason="x")
    audit.record(None, "an.unheard_verb", units["Retail"])
    page = text(client_of(hr).get("/audit/"))
    assert "gave Sven Other the role Trainer for Meridian &gt; Retail" in page
    assert "<strong>Hanna Rossi</strong>" in page
    assert "an unheard verb: Retail" in page
    assert "{" not in page.split("<main")[1].split("</main>")[0]


def test_every_sentence_survives_an_entry_without_details() -> None:
    for verb in SENTENCES:
        assert sentence(AuditEntry(verb=verb, subject="wave:1"), {})
    starts = [start for _label, begun in TOPICS.values() for start in begun]
    homeless = [verb for verb in SENTENCES if not any(verb.startswith(start) for start in starts)]
    assert homeless in ([], [verb for verb in homeless if verb.startswith("readiness")])
    assert all(str(word) for word in KEYS.values())


def test_names_are_read_once_per_kind(hr, stranger, units) -> None:
    subjects = [f"employee:{hr.pk}", f"employee:{stranger.pk}", f"unit:{units['Retail'].pk}", "employee:999999999"]
    with CaptureQueriesContext(connection) as captured:
        names = names_of([*subjects, "service map", "wave:12x", "nothing:1"])
    assert len(captured) == 2
    assert names[subjects[0]] == "Hanna Rossi"
    assert names[subjects[2]] == "Retail"
    assert "999999999" in names["employee:999999999"]


# -- searched --------------------------------------------------------------------------------------------------------


def test_the_trail_is_searched(hr, stranger, units, client_of) -> None:
    grants.give(employee=stranger, role="trainer", by=hr)
    audit.record(None, "framework.load", "catalogue")
    client = client_of(hr)
    for query, found, gone in (
        ("q=sven", "gave Sven", "catalogue"),
        ("q=hanna+rossi", "gave Sven", "catalogue"),
        ("q=loaded", "catalogue", "gave Sven"),
        ("topic=access", "gave Sven", "catalogue"),
        ("topic=framework", "catalogue", "gave Sven"),
        (f"since={timezone.localdate()}", "gave Sven", "Nothing found"),
    ):
        page = text(client.get(f"/audit/?{query}")).split("<main")[1]
        assert found in page, query
        assert gone not in page.replace("framework's catalogue" if found == "catalogue" else "\0", ""), query
    assert "Nothing found" in text(client.get("/audit/?until=2020-01-01"))
    wrong = client.get("/audit/?since=2026-02-01&until=2026-01-01")
    assert wrong.status_code == 422
    assert "before the first" in text(wrong)
    assert client.get("/audit/?q=%00&topic=god&page=zzz").status_code in {200, 422}


def test_a_page_costs_the_same_whatever_its_length(hr, units, client_of) -> None:
    client = client_of(hr)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/audit/")
        return len(captured)

    audit.record(hr, "unit.create", units["Retail"])
    client.get("/audit/")
    one = asked()
    for unit in units.values():
        audit.record(hr, "unit.create", unit)
    assert asked() == one


def test_the_trail_is_a_file(hr, stranger, executive, client_of, monkeypatch) -> None:
    monkeypatch.setattr(trail, "CHUNK", 2)
    for number in range(5):
        audit.record(hr, "framework.load", "=1+1", version=number)
    assert client_of(executive).get("/audit/export.csv").status_code == 403
    answer = client_of(hr).get("/audit/export.csv?topic=framework")
    assert answer.streaming
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 6
    assert rows[1][1:3] == [hr.number, "Hanna Rossi"]
    assert {row[5] for row in rows[1:]} == {"'=1+1"}
    assert [row[8] for row in rows[1:]] == [f'{{"version": {number}}}' for number in (4, 3, 2, 1, 0)]
    assert client_of(hr).get("/audit/export.csv?since=zz").status_code == 422
    assert AuditEntry.objects.filter(verb="audit.exported", actor=hr).count() == 1


def test_reading_reports_leaves_a_trace(hr, client_of) -> None:
    """The scorecard; downloads of results are in the test below."""
    one = program("Read", make_unit("Meridian"), hr)
    client = client_of(hr)
    assert client.get(f"/scorecard/{one.pk}/").status_code == 200
    assert client.get(f"/api/v1/scorecards/{one.pk}/").status_code == 200
    entries = AuditEntry.objects.filter(verb="scorecard.read", actor=hr, subject=f"program:{one.pk}")
    assert sorted(entries.values_list("channel", flat=True)) == ["api", "page"]


# -- never an answer -------------------------------------------------------------------------------------------------


def test_no_answer_comes_into_the_trail(hr, manager, units, client_of) -> None:
    """A whole wave with planted comments: opened, answered, closed, released, downloaded."""
    results_world.people(units)
    world = results_world.open_wave(units)
    before = AuditEntry.objects.count()
    results_world.answer(world)
    assert AuditEntry.objects.count() == before  # answering leaves no trace at all
    releasing.close_wave(world.wave, now=results_world.LATER)
    wave = Wave.objects.get(pk=world.wave.pk)
    assert wave.state == Wave.State.RELEASED
    client = client_of(hr)
    assert client.get(reverse("results:export", args=[wave.pk])).status_code == 200
    assert client.get(f"/api/v1/results/{wave.pk}/").status_code == 200
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"wave.opened", "wave.closed", "wave.released", "results.exported", "results.read"} <= verbs
    written = b"".join(
        chunk.encode() if isinstance(chunk, str) else chunk for chunk in trail.as_csv(AuditEntry.objects.all())
    ).decode()
    assert "wave.opened" in written
    for planted in (results_world.PLANTED, results_world.TOLD):
        assert planted not in written
        assert planted not in text(client.get("/audit/"))
    asked = set(Invitation.objects.filter(wave=wave).values_list("pk", flat=True))
    assert not AuditEntry.objects.filter(subject__startswith="invitation").exists()
    assert all(f"invitation:{pk}" not in written for pk in asked)


def test_details_say_names_and_nothing_of_nobody(hr, stranger, units, client_of) -> None:
    audit.record(hr, "employee.move", stranger, on="2026-03-01", before=units["Retail"], after=units["Branch B"])
    audit.record(hr, "employee.leave", stranger, last_day="2026-03-01", team=0)
    audit.record(hr, "employee.correct", stranger, fields=["given_name", "email"])
    page = text(client_of(hr).get("/audit/")).split("<main")[1]
    assert "before: Retail" in page and "after: Branch B" in page
    assert "people led" not in page and "team: 0" not in page and "unit:" not in page
    assert "(Given name, E-mail)" in page
