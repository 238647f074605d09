"""The charter: written in languages, published for good, read and acknowledged, and who has not."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from culture.access import clock
from culture.access.models import AuditEntry, Grant, Role
from culture.framework import charter
from culture.framework.charter import StandardInput
from culture.framework.charter_models import CharterAcknowledgement, CharterVersion, ServiceStandard
from culture.people.models import Employee
from tests.conftest import make_person

ClientOf = Callable[[Employee | None], Client]
GREET = StandardInput(None, "We greet at once", "time to the greeting", "at_most", Decimal(10), "seconds")


def today() -> dt.date:
    return clock.today()


def publish(hr: Employee, mission: str = "We serve.", days: int = 0, standards: Any = None) -> CharterVersion:
    version = charter.draft(by=hr)
    kept = [
        StandardInput(s.key, s.text["en"], s.measure["en"], s.direction, s.target, s.unit)
        for s in version.standards.all()
    ]
    words = {"mission": mission, "philosophy": "Inside first.", "strategy": "Step by step."}
    version = charter.save_draft(
        by=hr, revision=version.revision, language="en", texts=words, standards=standards or kept or [GREET]
    )
    day = today() + dt.timedelta(days=days)
    return charter.publish(by=hr, revision=version.revision, effective_on=day, today=today())


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def form_of(version: CharterVersion, language: str = "en", **changed: Any) -> dict[str, Any]:
    """What HR's browser would send from the draft."""
    values: dict[str, Any] = {"revision": version.revision, "language": language}
    for part in charter.PARTS:
        values[part] = getattr(version, part).get(language, "")
    for n, s in enumerate(version.standards.all()):
        values |= {
            f"standard_{n}_key": str(s.key),
            f"standard_{n}_text": s.text.get(language, ""),
            f"standard_{n}_measure": s.measure.get(language, ""),
            f"standard_{n}_direction": s.direction,
            f"standard_{n}_target": "" if s.target is None else str(s.target),
            f"standard_{n}_unit": s.unit,
        }
    return {**values, "standard_count": version.standards.count(), **changed}


# -- which version counts --------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestVersions:
    def test_a_version_counts_from_its_day(self, hr: Employee) -> None:
        first, second = publish(hr), publish(hr, "We serve better.", days=10)
        assert charter.in_force(today()) == first
        assert charter.in_force(today() + dt.timedelta(days=9)) == first
        assert charter.in_force(today() + dt.timedelta(days=10)) == second
        assert charter.coming(today()) == second
        assert charter.in_force(today() - dt.timedelta(days=1)) is None

    def test_a_newer_version_with_an_earlier_day_takes_the_place_of_a_coming_one(self, hr: Employee) -> None:
        publish(hr)
        late, early = publish(hr, "Late.", days=30), publish(hr, "Early.", days=5)
        versions = list(CharterVersion.objects.published())
        assert charter.standing(late, versions, today()) == "never"
        assert charter.standing(early, versions, today()) == "coming"
        assert charter.in_force(today() + dt.timedelta(days=60)) == early
        assert charter.coming(today()) == early

    @pytest.mark.parametrize("days", [-1, 6 * 366])
    def test_not_in_the_past_and_not_in_a_far_future(self, days: int, hr: Employee) -> None:
        with pytest.raises(ValidationError) as caught:
            publish(hr, days=days)
        assert "effective_on" in caught.value.message_dict
        assert not CharterVersion.objects.published().exists()

    def test_an_unfinished_draft_says_what_is_missing(self, hr: Employee) -> None:
        version = charter.draft(by=hr)
        standard = StandardInput(None, "We greet", "", "at_most", None, "seconds")
        words = {"mission": "We serve.", "philosophy": "", "strategy": "S"}
        version = charter.save_draft(by=hr, revision=1, language="it", texts=words, standards=[standard])
        with pytest.raises(ValidationError) as caught:
            charter.publish(by=hr, revision=version.revision, effective_on=today(), today=today())
        told = " ".join(caught.value.messages)
        assert "Standard 1 has no target" in told
        assert "Nearest is Italiano, where these are missing: Philosophy, Standard 1." in told

    def test_a_version_that_changes_nothing_is_refused(self, hr: Employee) -> None:
        publish(hr)
        with pytest.raises(ValidationError, match="Nothing differs from version 1"):
            publish(hr)

    def test_there_is_one_draft(self, hr: Employee) -> None:
        assert charter.draft(by=hr) == charter.draft(by=hr)
        with pytest.raises(IntegrityError), transaction.atomic():
            CharterVersion.objects.create()

    def test_a_draft_starts_as_a_copy_whose_standards_keep_their_keys(self, hr: Employee) -> None:
        first = publish(hr)
        copy = charter.draft(by=hr)
        assert copy.mission == first.mission
        assert [s.key for s in copy.standards.all()] == [s.key for s in first.standards.all()]
        charter.discard(by=hr)
        assert first.standards.count() == 1


@pytest.mark.django_db
class TestPublishedStays:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE culture_charterversion SET mission = '{}'",
            "UPDATE culture_charterversion SET effective_on = '2020-01-01'",
            "UPDATE culture_charterversion SET state='draft', number=NULL, effective_on=NULL, published_at=NULL",
            "UPDATE culture_charterversion SET published_by_id = (SELECT max(id) FROM culture_employee)",
            "UPDATE culture_servicestandard SET target = 99",
            "INSERT INTO culture_servicestandard (version_id, key, position, text, measure, direction, unit)"
            " SELECT id, gen_random_uuid(), 9, '{}', '{}', 'at_most', 'days' FROM culture_charterversion",
            "DELETE FROM culture_servicestandard",
            "DELETE FROM culture_charteracknowledgement; DELETE FROM culture_charterversion",
            "UPDATE culture_charteracknowledgement SET at = '2020-01-01'",
        ],
    )
    def test_the_database_refuses(self, statement: str, hr: Employee, stranger: Employee) -> None:
        version = publish(hr)
        charter.acknowledge(by=stranger, number=1, today=today())
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        version.refresh_from_db()
        assert (version.mission, version.standards.get().target) == ({"en": "We serve."}, Decimal(10))

    def test_only_who_did_it_may_be_forgotten(self, hr: Employee) -> None:
        version = publish(hr)
        CharterVersion.objects.filter(pk=version.pk).update(published_by=None, changed_by=None)
        version.refresh_from_db()
        assert version.published_by is None

    def test_a_draft_cannot_be_acknowledged(self, hr: Employee) -> None:
        draft = charter.draft(by=hr)
        with pytest.raises(DatabaseError), transaction.atomic():
            CharterAcknowledgement.objects.create(version=draft, employee=hr)

    @pytest.mark.parametrize(("unit", "target"), [("percent", 101), ("days", -1)])
    def test_an_impossible_target_is_refused(self, unit: str, target: int, hr: Employee) -> None:
        draft = charter.draft(by=hr)
        with pytest.raises(IntegrityError), transaction.atomic():
            ServiceStandard.objects.create(version=draft, position=1, unit=unit, target=target)


# -- reading and acknowledging ---------------------------------------------------------------------------------------

EVERYBODY = ["/charter/", "/charter/1/", "/charter/2/changes/"]
RUNS = ["/charter/1/readers/", "/charter/1/readers/unread/", "/charter/1/readers.csv"]
WRITES = ["/charter/manage/", "/charter/draft/", "/charter/draft/publish/", "/charter/draft/discard/"]


@pytest.mark.django_db
def test_who_may_see_what(hr, manager, executive, stranger, units, client_of: ClientOf) -> None:
    publish(hr)
    publish(hr, "We serve better.")
    charter.draft(by=hr)
    unit_hr = make_person("HR2", units["Services"])
    Grant.objects.create(employee=unit_hr, role=Role.HR_ADMIN, unit=units["Services"])
    lead = make_person("PL", units["Services"])
    Grant.objects.create(employee=lead, role=Role.PROGRAM_LEAD)
    may = {"hr": EVERYBODY + RUNS + WRITES, "unit_hr": EVERYBODY + RUNS, "lead": EVERYBODY + WRITES}
    people = {"hr": hr, "unit_hr": unit_hr, "lead": lead, "manager": manager, "executive": executive, "x": stranger}
    for name, person in people.items():
        for address in EVERYBODY + RUNS + WRITES:
            expected = 200 if address in may.get(name, EVERYBODY) else 403
            assert client_of(person).get(address).status_code == expected, (name, address)
    for address in EVERYBODY + RUNS + WRITES:
        assert "/accounts/login/" in client_of(None).get(address)["Location"]
    for address in ["/charter/draft/", "/charter/draft/publish/", "/charter/draft/discard/", "/charter/draft/begin/"]:
        assert client_of(unit_hr).post(address).status_code == 403
        assert client_of(stranger).post(address).status_code == 403
    assert client_of(stranger).post("/charter/1/readers/unread/").status_code == 403


@pytest.mark.django_db
def test_without_a_charter(hr, employee, client_of: ClientOf) -> None:
    assert "HR is writing it" in client_of(employee).get("/charter/").content.decode()
    assert "Write the charter" in client_of(hr).get("/charter/").content.decode()
    publish(hr, days=3)
    assert "Read it already" not in client_of(employee).get("/charter/").content.decode()
    assert "comes into force on" in client_of(employee).get("/charter/").content.decode()
    assert "Not in force yet" in client_of(employee).get("/charter/1/").content.decode()


@pytest.mark.django_db
def test_reading_and_acknowledging_once(hr, employee, client_of: ClientOf) -> None:
    publish(hr, "We **serve**. <script>alert(1)</script>")
    client = client_of(employee)
    page = text_of(client.get("/charter/"))
    assert "<strong>serve</strong>" in page
    assert "<script>alert" not in page
    assert "at most 10 seconds" in page
    assert "I have read it" in page
    for times in (1, 2):
        answer = client.post("/charter/acknowledge/", {"number": "1"}, follow=True)
        assert ("Thank you" if times == 1 else "already acknowledged") in text_of(answer)
        assert CharterAcknowledgement.objects.filter(employee=employee).count() == 1
    assert AuditEntry.objects.filter(verb="charter.acknowledge", actor=employee).count() == 1
    assert "You have read it" in text_of(client.get("/charter/"))
    publish(hr, "We serve better.")
    page = text_of(client.get("/charter/"))
    assert "You acknowledged version 1. This one is new" in page
    assert "I have read it" in page


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["1", "3", "", "x", "99999999999999999999"])
def test_acknowledging_what_is_not_in_force_notes_nothing(number, hr, employee, client_of: ClientOf) -> None:
    publish(hr)
    publish(hr, "We serve better.")
    publish(hr, "We serve best.", days=5)
    answer = client_of(employee).post("/charter/acknowledge/", {"number": number})
    assert answer.status_code == 409
    assert "version 2 came into force" in text_of(answer)
    assert not CharterAcknowledgement.objects.exists()


@pytest.mark.django_db
def test_each_reads_in_the_own_language_and_is_told_what_is_not_translated(hr, employee, client_of: ClientOf) -> None:
    version = charter.draft(by=hr)
    words = {"mission": "We serve.", "philosophy": "P", "strategy": "S"}
    version = charter.save_draft(by=hr, revision=1, language="en", texts=words, standards=[GREET])
    words = {"mission": "Serviamo.", "philosophy": "", "strategy": ""}
    kept = [StandardInput(version.standards.get().key, "", "", "at_most", Decimal(10), "seconds")]
    version = charter.save_draft(by=hr, revision=version.revision, language="it", texts=words, standards=kept)
    assert version.mission == {"en": "We serve.", "it": "Serviamo."}
    assert version.standards.get().text == {"en": "We greet at once"}
    charter.publish(by=hr, revision=version.revision, effective_on=today(), today=today())
    client = client_of(employee)
    assert "Serviamo" not in text_of(client.get("/charter/"))
    type(employee).objects.filter(pk=employee.pk).update(language="it")
    page = text_of(client.get("/charter/"))
    assert "Serviamo." in page
    assert "We serve." not in page
    assert '<div class="prose" lang="en"><p>P</p>' in page
    assert "è mostrata in: " in page


@pytest.mark.django_db
def test_what_changed_is_shown(hr, employee, client_of: ClientOf) -> None:
    publish(hr, "We serve well.")
    key = CharterVersion.objects.get().standards.get().key
    longer = StandardInput(key, "We greet at once", "time to the greeting", "at_most", Decimal(5), "seconds")
    new = StandardInput(None, "We call back", "time to the call", "at_most", Decimal(8), "hours")
    publish(hr, "We serve gladly.", standards=[longer, new])
    page = text_of(client_of(employee).get("/charter/2/changes/"))
    assert "We serve <del>well</del><ins>gladly</ins>." in page
    assert "<del>10</del><ins>5</ins>" in page
    assert "We call back" in page
    assert client_of(employee).get("/charter/1/changes/").status_code == 404
    assert client_of(employee).get("/charter/9/").status_code == 404
    assert client_of(employee).get("/charter/99999999999999999999/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_counts(hr, employee) -> None:
    publish(hr)
    firsts: list[bool] = []

    def click() -> None:
        firsts.append(charter.acknowledge(by=employee, number=1, today=today()))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(firsts) == [False] * 5 + [True]
    assert CharterAcknowledgement.objects.count() == 1


# -- writing in the browser ------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestWriting:
    def test_from_nothing_to_published(self, hr: Employee, employee: Employee, client_of: ClientOf) -> None:
        client = client_of(hr)
        assert client.post("/charter/draft/begin/")["Location"] == "/charter/draft/"
        draft = CharterVersion.objects.get()
        client.post("/charter/draft/", form_of(draft, add_standard="1", mission="We serve."))
        draft.refresh_from_db()
        assert (draft.mission, draft.standards.count(), draft.revision) == ({"en": "We serve."}, 1, 2)
        filled = form_of(
            draft, philosophy="P", strategy="S", standard_0_text="We greet", standard_0_measure="time",
            standard_0_target="10", standard_0_unit="seconds", publish="1",
        )  # fmt: skip
        assert client.post("/charter/draft/", filled)["Location"] == "/charter/draft/publish/"
        page = text_of(client.get("/charter/draft/publish/"))
        assert "Ready to publish" in page
        assert "at most 10 seconds" in page
        assert client_of(employee).get("/charter/").content.decode().count("We greet") == 0
        draft.refresh_from_db()
        sent = {"effective_on": today().isoformat(), "revision": draft.revision}
        answer = client.post("/charter/draft/publish/", sent)
        assert answer.status_code == 302
        assert "We greet" in text_of(client_of(employee).get("/charter/"))
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
        assert {"charter.draft", "charter.save", "charter.publish"} <= verbs

    def test_standards_move_and_go(self, hr: Employee, client_of: ClientOf) -> None:
        draft = charter.draft(by=hr)
        rows = [StandardInput(None, name, name, "at_most", Decimal(1), "days") for name in "abc"]
        words = dict.fromkeys(charter.PARTS, "x")
        draft = charter.save_draft(by=hr, revision=1, language="en", texts=words, standards=rows)
        client_of(hr).post("/charter/draft/", form_of(draft, up_standard="2"))
        assert [str(s) for s in draft.standards.all()] == ["a", "c", "b"]
        draft.refresh_from_db()
        client_of(hr).post("/charter/draft/", form_of(draft, remove_standard="0"))
        assert [str(s) for s in draft.standards.all()] == ["c", "b"]

    def test_two_at_once_lose_nothing_unseen(self, hr: Employee, client_of: ClientOf) -> None:
        draft = charter.draft(by=hr)
        stale = form_of(draft, mission="Mine.")
        client_of(hr).post("/charter/draft/", form_of(draft, mission="Theirs."))
        answer = client_of(hr).post("/charter/draft/", stale)
        assert answer.status_code == 409
        assert "Mine." in text_of(answer)
        draft.refresh_from_db()
        assert draft.mission == {"en": "Theirs."}
        again = {**stale, "revision": draft.revision}
        client_of(hr).post("/charter/draft/", again)
        draft.refresh_from_db()
        assert draft.mission == {"en": "Mine."}

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"standard_0_target": "ten"}, "Enter a number"),
            ({"standard_0_target": "101", "standard_0_unit": "percent"}, "cannot be more than 100 %"),
            ({"standard_0_target": "-1"}, "greater than or equal to 0"),
            ({"mission": "x" * 20001}, "at most 20000 characters"),
            ({"standard_0_unit": "moons"}, "Select a valid choice"),
            ({"revision": "x"}, "Enter a whole number"),
        ],
    )
    def test_bad_input_is_told_and_kept(self, wrong: Any, says: str, hr: Employee, client_of: ClientOf) -> None:
        draft = charter.draft(by=hr)
        words = dict.fromkeys(charter.PARTS, "x")
        draft = charter.save_draft(by=hr, revision=1, language="en", texts=words, standards=[GREET])
        answer = client_of(hr).post("/charter/draft/", form_of(draft, philosophy="kept as typed", **wrong))
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert "kept as typed" in text_of(answer)
        draft.refresh_from_db()
        assert draft.philosophy == {"en": "x"}

    def test_publishing_what_was_changed_meanwhile_is_refused(self, hr: Employee, client_of: ClientOf) -> None:
        draft = charter.draft(by=hr)
        words = dict.fromkeys(charter.PARTS, "x")
        charter.save_draft(by=hr, revision=1, language="en", texts=words, standards=[GREET])
        sent = {"effective_on": today().isoformat(), "revision": 1}
        assert client_of(hr).post("/charter/draft/publish/", sent).status_code == 409
        draft.refresh_from_db()
        assert draft.state == "draft"
        past = {"effective_on": "2020-01-01", "revision": draft.revision}
        answer = client_of(hr).post("/charter/draft/publish/", past)
        assert answer.status_code == 422
        assert "in the past" in text_of(answer)

    def test_discarding_asks_first(self, hr: Employee, client_of: ClientOf) -> None:
        charter.draft(by=hr)
        assert "Discard the draft?" in text_of(client_of(hr).get("/charter/draft/discard/"))
        assert CharterVersion.objects.count() == 1
        client_of(hr).post("/charter/draft/discard/")
        assert CharterVersion.objects.count() == 0
        assert client_of(hr).get("/charter/draft/").status_code == 302
