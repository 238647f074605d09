"""My data: everybody sees all about himself, nobody else's, and nothing that helps a boss standing behind him."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.audit import record
from culture.access.models import AuditEntry, Grant, Role
from culture.framework.models import Behaviour
from culture.people import erasure_text, rights
from culture.people.models import Employee
from culture.people.rights_models import LegalHold
from programs.training.models import Completion, Course, CourseVersion
from surveys.waves.models import Invitation, Message, Series, Wave
from tests.programs.thanks import thank

FILES = ("my-data.json", "my-data.html", "my-data.zip")


@pytest.fixture
def thanked(employee: Employee, manager: Employee) -> None:
    call_command("load_catalogue", stdout=io.StringIO())
    behaviour = Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE)[0]
    for giver, receiver, story in ((manager, employee, "You listened."), (employee, manager, "You helped.")):
        thank(giver, receiver, behaviour=behaviour, story=story, public=False, arrived=True)


@pytest.fixture
def invited(employee: Employee, client_of: Any) -> Wave:
    from surveys.instruments.loading import load_library

    series = Series.objects.create(
        name="Service culture", instrument=load_library(), first_opens_on=timezone.localdate()
    )
    wave = Wave.objects.create(
        series=series, number=1, opens_on=timezone.localdate(), closes_on=timezone.localdate() + dt.timedelta(days=9)
    )
    invitation = Invitation.objects.create(wave=wave, employee=employee, block=1, state="answered")
    Message.objects.create(invitation=invitation, kind="invitation", number=0, state="sent", due_at=timezone.now())
    Message.objects.create(invitation=invitation, kind="reminder", number=1, state="skipped", due_at=timezone.now())
    return wave


@pytest.mark.django_db
def test_everything_about_oneself(thanked: None, employee: Employee, client_of: Callable[..., Client]) -> None:
    version = CourseVersion.objects.create(course=Course.objects.create(name="Greeting"))
    Completion.objects.create(employee=employee, version=version, done_on=timezone.localdate(), score=90)
    Grant.objects.create(employee=employee, role=Role.TRAINER, reason="Teaches well")
    LegalHold.objects.create(employee=employee, reason="A dispute")
    text = client_of(employee).get("/me/data/").content.decode()
    for words in (
        "Who I am", employee.number, employee.email, "Branch A", "Marco Neri", "Greeting", "You listened.",
        "You helped.", "Trainer", "Teaches well", "A dispute", "thanked a colleague", "Kept:", "Seen by:",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.django_db
def test_not_whether_he_answered(invited: Wave, employee: Employee, client_of: Callable[..., Client]) -> None:
    """The same page whether he answered, declined or was reminded: nothing to demand."""
    client, seen = client_of(employee), set()
    for state, mail in (("asked", "sent"), ("answered", "skipped"), ("declined", "skipped")):
        Invitation.objects.update(state=state)
        Message.objects.filter(kind="reminder").update(state=mail)
        page = client.get("/me/data/").content.decode()
        seen.add(page[page.index('id="surveys"') : page.index('id="access"') if 'id="access"' in page else None][:3000])
        assert "Service culture" in page
    assert len(seen) == 1
    data = json.dumps(json.loads(client.get("/me/data/my-data.json").content))
    assert "answered" not in data.replace("whether you answered", "").replace("what you answered", "").replace(
        "Whether you answered", ""
    )


@pytest.mark.django_db
def test_downloads_hold_the_same_and_leave_a_trace(
    thanked: None, employee: Employee, client_of: Callable[..., Client]
) -> None:
    client = client_of(employee)
    data = json.loads(client.get("/me/data/my-data.json").content)
    models = {holding["model"] for group in data["groups"] for holding in group["holdings"]}
    assert {"culture.Employee", "culture.Membership", "programs.Kudos", "programs.LedgerEntry"} <= models
    answer = client.get("/me/data/my-data.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["my-data.html", "my-data.json"]
    page = archive.read("my-data.html").decode()
    assert "You listened." in page and "http" not in page.replace("http-equiv", "")
    assert [group["key"] for group in json.loads(archive.read("my-data.json"))["groups"]] == [
        group["key"] for group in data["groups"]
    ]
    entries = AuditEntry.objects.filter(verb="rights.download", actor=employee)
    assert [entry.detail["format"] for entry in entries.order_by("pk")] == ["json", "zip"]


@pytest.mark.django_db
def test_the_ledger_tells_points_not_people(thanked: None, employee: Employee) -> None:
    holding = next(one for one in rights.holdings() if one.model == "programs.LedgerEntry")
    amounts = sorted(row["Points"] for row in ({str(k): v for k, v in r.items()} for r in holding.shown(employee)))
    assert amounts == [-5, 5, 100]


@pytest.mark.django_db
def test_who_acted_on_him_is_not_told(hr: Employee, employee: Employee, client_of: Callable[..., Client]) -> None:
    record(hr, "grant.ended", employee, role="trainer")
    text = client_of(employee).get("/me/data/").content.decode()
    assert "ended the role Trainer for the whole organisation of you" in text
    assert "Hanna" not in text and "Rossi" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", *FILES])
def test_each_his_own(address: str, employee: Employee, stranger: Employee, client_of: Callable[..., Client]) -> None:
    """There is no address that takes a person; a visitor without account is sent to sign in."""
    assert client_of(None).get(f"/me/data/{address}").status_code == 302
    own = client_of(employee).get(f"/me/data/{address}")
    assert own.status_code == 200 and "no-store" in own["Cache-Control"]
    other = client_of(stranger).get(f"/me/data/{address}?employee={employee.pk}&number={employee.number}")
    if not address.endswith("zip"):
        assert employee.email not in other.content.decode()
    assert client_of(employee).post(f"/me/data/{address}").status_code == 405


@pytest.mark.django_db
def test_stable_number_of_queries(employee: Employee, client_of: Callable[..., Client]) -> None:
    client = client_of(employee)
    client.get("/me/data/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/me/data/")
    for n in range(3):
        record(employee, "rights.download", employee, n=n)
        course = Course.objects.create(name=f"Course {n}")
        Completion.objects.create(
            employee=employee, version=CourseVersion.objects.create(course=course), done_on=timezone.localdate()
        )
    with CaptureQueriesContext(connection) as three:
        client.get("/me/data/")
    assert len(three) == len(one)


@pytest.mark.django_db
def test_long_lists_go_on_in_the_download(employee: Employee, client_of: Callable[..., Client]) -> None:
    for n in range(60):
        record(employee, "rights.download", f"entry-{n}")
    client = client_of(employee)
    page = client.get("/me/data/").content.decode()
    assert "entry-59" in page and "entry-3<" not in page and "more, in the download" in page
    assert "entry-3<" in client.get("/me/data/my-data.html").content.decode()


def test_names_are_covered_as_whole_words_only() -> None:
    names = erasure_text.names_of("Ana", "Pop")
    found = erasure_text.pattern(erasure_text.needles(number="12345", email="ana@x.test", names=names))
    assert found is not None
    text = "Ana Pop, POP ANA and Pop, Ana; Ana Popescu, Banana Pop; 12345, 912345; to ana@x.test. not dana@x.test"
    assert erasure_text.cover(text, found, "#") == (
        "#, # and #; Ana Popescu, Banana Pop; #, 912345; to #. not dana@x.test"
    )


def test_names_without_spaces_are_covered_inside_a_sentence() -> None:
    names = erasure_text.names_of("芳", "王")
    found = erasure_text.pattern(erasure_text.needles(number="1", email=None, names=names))
    assert found is not None
    assert erasure_text.cover({"a": ["感谢王芳的帮助"], "王芳": 1}, found, "#") == {"a": ["感谢#的帮助"], "#": 1}


def test_short_numbers_and_single_names_are_not_searched() -> None:
    assert erasure_text.needles(number="12", email=None, names=erasure_text.names_of("Ana", "")) == []
    assert erasure_text.pattern([]) is None
