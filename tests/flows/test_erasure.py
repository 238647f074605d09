"""A leaver is erased: nothing anywhere names him any more, and nothing that counts has changed."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from culture.access import tokens
from culture.access.models import Grant, Role
from culture.access.token_models import ApiToken
from culture.framework.models import Behaviour
from culture.people import erasure, retention
from culture.people.import_models import DraftRow, ImportDraft, ImportEffect, PeopleImport
from culture.people.models import Employee, Leave, Membership, Reporting, Unit
from culture.people.rights_models import Erasure
from culture.people.units import headcounts
from programs.planning.models import Cohort, Enrolment, Program
from programs.recognition import proving
from programs.recognition.models import Account, Kudos, LedgerEntry
from programs.training.models import Assignment, Completion, Course, CourseVersion, QuizAttempt
from surveys.answering import drafts
from surveys.answering.models import Draft
from surveys.results.releasing import close_wave
from surveys.waves import keys, opening
from surveys.waves.models import Invitation, Message, Wave
from tests.conftest import make_person
from tests.programs.thanks import thank
from tests.surveys import results_world

NUMBER = "PLANT-7391"
GIVEN, FAMILY = "Zephyrina", "Quillfeather"
EMAIL = "zephyrina.quillfeather@planted.test"
TODAY = dt.date(2026, 3, 21)
NEEDLES = [NUMBER, FAMILY, EMAIL, "Planted job", "Planted site"]


@pytest.fixture
def leaver(units: dict[str, Unit], manager: Employee) -> Employee:
    person = make_person(
        NUMBER,
        units["Branch A"],
        given_name=GIVEN,
        family_name=FAMILY,
        email=EMAIL,
        job_title="Planted job",
        site="Planted site",
        job_family="Planted job family",
        manager=manager,
    )
    Employee.objects.filter(number="A2").update(manager=person)
    return person


def leave(person: Employee) -> None:
    Employee.objects.filter(pk=person.pk).update(left_on=TODAY - dt.timedelta(days=1))
    Membership.objects.filter(employee=person).update(until=TODAY - dt.timedelta(days=1))
    person.refresh_from_db()


@pytest.fixture
def released(units: dict[str, Unit], leaver: Employee) -> results_world.World:
    """A wave he was asked in and that is released."""
    results_world.people(units)
    world = results_world.open_wave(units)
    results_world.answer(world)
    close_wave(world.wave, now=results_world.LATER)
    world.wave.refresh_from_db()
    return world


@pytest.fixture
def open_now(released: results_world.World, leaver: Employee) -> Invitation:
    """The next wave is open; he has begun to answer."""
    wave = released.wave.series.waves.exclude(pk=released.wave.pk).order_by("number")[0]
    Wave.objects.filter(pk=wave.pk).update(opens_on=TODAY - dt.timedelta(days=2), closes_on=dt.date(2030, 1, 1))
    wave.refresh_from_db()
    opening.open_wave(wave, now=dt.datetime(2026, 3, 19, 9, tzinfo=dt.UTC))
    mine = Invitation.objects.get(wave=wave, employee=leaver)
    drafts.save(token=keys.link_token(wave.pk, mine.pk), wave_id=wave.pk, invitation_id=mine.pk, answers={})
    Message.objects.update_or_create(
        invitation=mine,
        kind="invitation",
        number=0,
        defaults={"state": "failed", "due_at": timezone.now(), "error": f"550 <{EMAIL}> unknown"},
    )
    Message.objects.update_or_create(
        invitation=mine, kind="reminder", number=1, defaults={"state": "due", "due_at": timezone.now()}
    )
    return mine


def _thanks(giver: Employee, receiver: Employee, story: str, public: bool = True) -> Kudos:
    behaviour = Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE).first()
    if behaviour is None:
        call_command("load_catalogue", stdout=io.StringIO())
        behaviour = Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE).first()
    assert behaviour is not None
    now = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
    return thank(giver, receiver, behaviour=behaviour, story=story, points=10, public=public, now=now, arrived=True)


@pytest.fixture
def planted(open_now: Invitation, leaver: Employee, hr: Employee, client_of: Any) -> dict[str, Any]:
    """Name, number and address in every wing, each where people really leave them."""
    boss, other = Employee.objects.get(number="M1"), Employee.objects.get(number="A3")
    third = Employee.objects.get(number="A4")
    received = _thanks(boss, leaver, f"{GIVEN} {FAMILY} called the customer twice.")
    given = _thanks(leaver, other, f"Thank you from {FAMILY}, {GIVEN} and all of us.")
    about = _thanks(other, third, f"You helped {GIVEN.upper()}  {FAMILY} ({NUMBER}); write to {EMAIL}.", public=False)
    EmailAddress.objects.create(user=leaver, email=EMAIL, verified=True, primary=True)
    tokens.make(employee=leaver, name="Report", days=7, may_change=False, second_factor=True)
    client_of(leaver).get("/me/data/")
    Grant.objects.create(employee=leaver, role=Role.EXECUTIVE, reason=f"{GIVEN} {FAMILY} leads", granted_by=hr)
    LogEntry.objects.create(
        user=hr,
        content_type=ContentType.objects.get_for_model(Employee),
        object_id=str(leaver.pk),
        object_repr=f"{GIVEN} {FAMILY}",
        action_flag=CHANGE,
        change_message=f"Changed {EMAIL}",
    )
    done = PeopleImport.objects.create(by=hr, file_name=f"only-{NUMBER}.csv", sha256="0" * 64)
    done.undo_refused = [f"{GIVEN} {FAMILY} was changed since."]
    done.save()
    ImportEffect.objects.create(
        done=done, kind="changed", employee=leaver, name=f"{GIVEN} {FAMILY}",
        before={"email": EMAIL, "job_title": "Planted job"}, after={"site": "Planted site"},
    )  # fmt: skip
    ImportEffect.objects.create(done=done, kind="changed", employee=other, before={"manager": NUMBER})
    upload = ImportDraft.objects.create(
        by=hr, file_name="people.csv", sha256="1" * 64, content=f"{NUMBER};{GIVEN};{FAMILY}".encode(), state="ready"
    )
    DraftRow.objects.create(draft=upload, kind="changed", line=2, number=NUMBER, name=f"{GIVEN} {FAMILY}")
    Leave.objects.create(employee=leaver, kind="study", since=dt.date(2022, 1, 1), until=dt.date(2022, 2, 1))
    hold = retention.place_hold(employee=leaver, reason=f"Case {GIVEN} {FAMILY} ./. Meridian", by=hr)
    retention.lift_hold(hold=hold, by=hr)
    program = Program.objects.create(
        name="Service first", charter="c", starts_on=TODAY, ends_on=dt.date(2028, 1, 1), created_by=leaver
    )
    cohort = Cohort.objects.create(program=program, name="One", starts_on=TODAY)
    Enrolment.objects.create(cohort=cohort, program=program, employee=leaver, since=TODAY)
    course = Course.objects.create(name="Greeting")
    version = CourseVersion.objects.create(course=course)
    Assignment.objects.create(course=course, employee=leaver, assigned_on=TODAY, due_on=TODAY)
    QuizAttempt.objects.create(
        employee=leaver, version=version, answers=[f"I am {GIVEN} {FAMILY}"], score=100, passed=True, at=timezone.now()
    )
    Completion.objects.create(
        employee=leaver, version=version, done_on=TODAY, score=100, evidence={"seen_by": f"signed by {GIVEN} {FAMILY}"}
    )
    leave(leaver)
    return {"received": received, "given": given, "about": about, "course": course}


def tables_with(needle: str) -> set[str]:
    """Every table of the database in which a row, in any column of any type, holds ``needle`` (in any case)."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname) FILTER (WHERE a.atttypid = 'bytea'::regtype) "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname"
        )
        for table, binary in cursor.fetchall():
            tests = ["t::text ILIKE %s"] + [f'position(%s::bytea in "{column}") > 0' for column in binary or []]
            values: list[Any] = [f"%{needle}%"] + [needle.encode()] * len(binary or [])
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE ' + " OR ".join(tests), values)
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def rows_of(*tables: str) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        dumped = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY t::text')
            dumped[table] = [row[0] for row in cursor.fetchall()]
    return dumped


@pytest.mark.django_db
def test_nothing_names_him_any_more(planted: dict[str, Any], leaver: Employee, hr: Employee) -> None:
    before = {table for needle in NEEDLES for table in tables_with(needle)}
    assert {
        "culture_employee", "culture_grant", "culture_legalhold", "culture_peopleimport", "culture_importeffect",
        "culture_importdraft", "culture_draftrow", "account_emailaddress", "django_admin_log", "surveys_message",
        "programs_kudos", "programs_quizattempt", "programs_completion",
    } <= before  # fmt: skip
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    left = {needle: found for needle in [*NEEDLES, GIVEN] if (found := tables_with(needle))}
    assert left == {}


@pytest.mark.django_db
def test_what_counts_is_as_before(planted: dict[str, Any], leaver: Employee, hr: Employee) -> None:
    frozen = (
        "surveys_cellgroup", "surveys_release", "surveys_wave", "surveys_sealedown", "surveys_sealedrating",
        "surveys_sealedcomment", "surveys_inboxenvelope", "programs_ledgerentry", "programs_account",
        "culture_membership", "culture_reporting", "programs_enrolment", "programs_assignment",
    )  # fmt: skip
    before, heads = rows_of(*frozen), headcounts(dt.date(2026, 1, 15))
    assert all(before[table] for table in ("surveys_cellgroup", "surveys_sealedown", "programs_ledgerentry"))
    trail = rows_of("culture_auditentry")["culture_auditentry"]
    invited = Invitation.objects.count()
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    assert rows_of(*frozen) == before
    assert headcounts(dt.date(2026, 1, 15)) == heads
    assert set(trail) < set(rows_of("culture_auditentry")["culture_auditentry"])
    assert proving.findings() == []
    assert Invitation.objects.count() == invited
    assert Completion.objects.filter(employee=leaver).count() == 1
    assert LedgerEntry.objects.exists() and Account.objects.filter(employee=leaver).exists()


@pytest.mark.django_db
def test_stories_keep_what_is_others(planted: dict[str, Any], leaver: Employee, hr: Employee) -> None:
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    for kudos in planted.values():
        kudos.refresh_from_db()
    assert planted["received"].story == "(The story is gone with the colleague it was about.)"
    assert planted["received"].points == 10
    assert planted["given"].story == "Thank you from a former colleague and all of us."
    assert planted["about"].story == (
        "You helped a former colleague (a former colleague); write to a former colleague."
    )
    assert planted["given"].giver.name == "Former colleague"


@pytest.mark.django_db
def test_the_open_wave_goes_on_without_him(
    planted: dict[str, Any], open_now: Invitation, leaver: Employee, hr: Employee, client_of: Any
) -> None:
    assert Draft.objects.count() == 1
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    open_now.refresh_from_db()
    assert open_now.state == Invitation.State.DECLINED
    assert not Draft.objects.exists()
    mails = Message.objects.filter(invitation=open_now)
    assert mails.count() >= 2
    assert set(mails.values_list("state", "error")) == {("failed", ""), ("skipped", "")}
    close_wave(open_now.wave, now=timezone.now())
    assert not Invitation.objects.filter(employee=leaver).exists()


@pytest.mark.django_db
def test_nobody_enters_with_his_keys(planted: dict[str, Any], leaver: Employee, hr: Employee, client_of: Any) -> None:
    session = client_of(leaver)
    assert Session.objects.count() >= 1
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    assert session.get("/me/data/").status_code == 302
    assert not ApiToken.objects.filter(employee=leaver).exists()
    assert not Grant.objects.filter(employee=leaver).exists()
    assert not any(s.get_decoded().get("_auth_user_id") == str(leaver.pk) for s in Session.objects.all())
    person = Employee.objects.get(pk=leaver.pk)
    assert not person.is_active and not person.has_usable_password() and person.email is None


@pytest.mark.django_db
def test_his_number_comes_again_and_is_a_new_person(leaver: Employee, hr: Employee, units: dict[str, Unit]) -> None:
    leave(leaver)
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    again = make_person(NUMBER, units["Branch B"], given_name=GIVEN, family_name=FAMILY, email=EMAIL)
    assert again.pk != leaver.pk
    old = Employee.objects.get(pk=leaver.pk)
    assert (old.number, old.name) == (f"erased-{leaver.pk}", "Former colleague")


@pytest.mark.django_db
def test_no_update_brings_the_name_back(leaver: Employee, hr: Employee) -> None:
    """An undo of an import writes old values; the database keeps the neutral ones."""
    leave(leaver)
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    Employee.objects.filter(pk=leaver.pk).update(given_name=GIVEN, family_name=FAMILY, email=EMAIL, number=NUMBER)
    stored = Employee.objects.get(pk=leaver.pk)
    assert (stored.name, stored.email, stored.number) == ("Former colleague", None, f"erased-{leaver.pk}")
    assert tables_with(FAMILY) == set()


@pytest.mark.django_db
def test_a_namesake_keeps_his_name(leaver: Employee, hr: Employee, units: dict[str, Unit]) -> None:
    twin = make_person("TWIN-1", units["Branch B"], given_name=GIVEN, family_name=FAMILY)
    story = _thanks(Employee.objects.get(number="A3"), twin, f"{GIVEN} {FAMILY} did it.")
    leave(leaver)
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    story.refresh_from_db()
    assert story.story == f"{GIVEN} {FAMILY} did it."
    assert Employee.objects.get(pk=twin.pk).name == twin.name


@pytest.mark.django_db
def test_he_stays_the_manager_he_was(leaver: Employee, hr: Employee, manager: Employee) -> None:
    Reporting.objects.filter(employee=leaver).delete()
    Reporting.objects.create(employee=leaver, manager=manager, since=dt.date(2020, 1, 1), until=dt.date(2021, 1, 1))
    leave(leaver)
    erasure.erase(employee=leaver, by=hr, today=TODAY)
    assert Reporting.objects.filter(employee=leaver, manager=manager).count() == 1
    assert Employee.objects.get(number="A2").manager_id == leaver.pk
    assert Erasure.objects.get().employee_id == leaver.pk


@pytest.mark.django_db
def test_what_the_database_refuses_to_change_is_told(leaver: Employee, hr: Employee) -> None:
    """A closed round of judgements, for one, never changes: the erasure goes on and says what it had to leave."""
    other, third = Employee.objects.get(number="A3"), Employee.objects.get(number="A4")
    _thanks(other, third, f"You helped {GIVEN} {FAMILY}.")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_kudos() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'kept' USING ERRCODE = 'restrict_violation'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER kept_row BEFORE UPDATE ON programs_kudos FOR EACH ROW EXECUTE FUNCTION refuse_kudos()"
        )
    leave(leaver)
    done = erasure.erase(employee=leaver, by=hr, today=TODAY)
    assert done.counts["texts of programs.Kudos (unchangeable)"] == 1
    assert tables_with(FAMILY) == {"programs_kudos"}
