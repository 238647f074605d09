"""Paths, assignments, completions and attendance through the API, with the permissions of the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from culture.access.models import Grant, Role
from culture.framework.loading import load_catalogue
from programs.training import importing, sessions
from programs.training.interchange import folder
from programs.training.models import Assignment, Completion, Course
from programs.training.path_models import Path
from tests.conftest import make_person
from tests.programs.course_folders import folder as made_folder
from tests.programs.path_world import DAY, make_course, make_path, step
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db
API = "/api/v1"


def post(client: Any, url: str, data: Any, method: str = "post") -> Any:
    return getattr(client, method)(f"{API}{url}", data, content_type="application/json")


def test_a_course_is_written_and_published(hr: Any, manager: Any, client_of: Any) -> None:
    client, lessons = client_of(hr), [{"title": "One", "body": "Text"}]
    assert post(client_of(manager), "/courses/", {"name": "X", "lessons": lessons}).status_code == 403
    bad = post(client, "/courses/", {"name": "X", "lessons": lessons, "quiz": [], "pass_mark": 101})
    assert bad.status_code == 400 and "pass_mark" in bad.json()["error"]["fields"]
    made = post(client, "/courses/", {"name": "By API", "lessons": lessons})
    assert made.status_code == 201
    pk = made.json()["id"]
    changed = post(client, f"/courses/{pk}/", {"name": "By API", "lessons": [*lessons, *lessons]}, "put")
    assert changed.status_code == 200 and Course.objects.get().versions.get().lessons.count() == 2
    assert post(client, f"/courses/{pk}/publish/", {}).json()["number"] == 1
    assert post(client, f"/courses/{pk}/publish/", {}).status_code == 400


def test_what_is_read_of_a_course_can_be_written_again(hr: Any, client_of: Any) -> None:
    from_folder = importing.take(by=hr, plan=folder.read(made_folder()).course, publish=True)
    pk, client = from_folder.course.pk, client_of(hr)
    read = client.get(f"{API}/courses/{pk}/").json()
    content = read["content"]
    assert [one["title"] for one in content["lessons"]] == ["Say hello", "Use the name"]
    assert content["languages"] == ["en", "it"] and len(content["quiz"]) == 3 and "door.png" in content["files"]
    content["lessons"][0]["body"] += "\n\nLook up."
    keys = ("lessons", "quiz", "pass_mark", "draw", "tries", "cooldown_hours", "shuffled", "sessions")
    sent = {**{key: content[key] for key in keys}, **{key: read[key] for key in ("name", "summary", "requirements")}}
    assert post(client, f"/courses/{pk}/", sent, "put").status_code == 200
    draft = from_folder.course.versions.get(number=2)
    assert draft.languages == ["en", "it"] and draft.lessons.get(position=1).text_in("it").title == "Di' buongiorno"
    assert draft.quiz_in("it") != draft.quiz_in("en") and draft.files.count() == from_folder.files.count()
    assert "Look up." in draft.lessons.get(position=1).body and draft.lessons.get(position=1).reflect
    for wrong, field in (
        ({"quiz": [{"kind": "one", "text": "What?", "options": ["a", "b"], "right": []}]}, "question_0_right"),
        ({"quiz": [{"kind": "one"}]}, "quiz"),
        ({"quiz": [{"kind": "riddle", "text": "What?"}]}, "quiz"),
        ({"quiz": [5]}, "quiz"),
        ({"lessons": [{"title": "x", "body": "![y](https://elsewhere.example/y.png)"}]}, "lesson_0_body"),
        ({"tries": 3}, "cooldown_hours"),
    ):
        bad = post(client, f"/courses/{pk}/", {**sent, **wrong}, "put")
        assert bad.status_code == 400 and field in bad.json()["error"]["fields"], (wrong, bad.json())


def test_an_observation_is_read_and_taken_back(manager: Any, employee: Any, hr: Any, client_of: Any) -> None:
    load_catalogue()
    client = client_of(manager)
    sent = {"employee": employee.pk, "behaviour": "A1", "what": "seen"}
    made = post(client, "/observations/", sent)
    assert made.status_code == 201
    own = post(client, "/observations/", {**sent, "employee": manager.pk})
    assert own.status_code == 400 and "employee" in own.json()["error"]["fields"]
    url = f"/observations/{made.json()['id']}/withdraw/"
    assert post(client_of(employee), url, {}).status_code == 403
    assert post(client_of(hr), url, {}).status_code == 400  # only who noted it
    assert post(client, url, {}).json()["withdrawn_at"]
    rows = client.get(f"{API}/observations/?employee={employee.pk}").json()["results"]
    assert len(rows) == 1 and client.get(f"{API}/observations/?employee=x").status_code == 400


def test_a_path_is_written_previewed_started_and_read(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    client, version, today = client_of(hr), make_course(hr), timezone.localdate()
    wanted = {
        "name": "By API",
        "starts_on": str(today),
        "ends_on": str(today + 300 * DAY),
        "steps": [{"kind": "course", "subject": version.course.pk, "due_days": 10, "after": [1]}],
    }
    bad = post(client, "/paths/", wanted)
    assert bad.status_code == 400 and "circle" in str(bad.json()["error"]["fields"]) and not Path.objects.exists()
    wanted["steps"][0]["after"] = []  # type: ignore[index]
    made = post(client, "/paths/", wanted).json()
    add = {"add": {"unit": units["Branch A"].pk}}
    seen = post(client, f"/paths/{made['id']}/rules/", {**add, "preview": True}).json()
    assert seen["joining"] == {"count": 12, "units": [{"unit": "Branch A", "people": 12}]} and seen["staying"] == 0
    assert not Path.objects.get().rules.exists()
    assert post(client, f"/paths/{made['id']}/rules/", {}).status_code == 400
    assert post(client, f"/paths/{made['id']}/rules/", {"add": {}}).status_code == 400
    assert post(client, f"/paths/{made['id']}/rules/", add).json()["rules"][0]["unit"] == units["Branch A"].pk
    assert post(client, f"/paths/{made['id']}/start/", {}).json()["state"] == "running"
    how = client.get(f"{API}/paths/{made['id']}/standing/?by=unit&on={today}").json()
    assert how["all"]["given"] == 12 and how["rows"][0]["name"] == "Branch A"
    assert client.get(f"{API}/paths/{made['id']}/standing/?by=wind").status_code == 400
    assert client.get(f"{API}/paths/{made['id']}/standing/?on=never").status_code == 400
    assert client_of(manager).get(f"{API}/paths/").status_code == 403
    assert post(client, f"/paths/{made['id']}/end/", {}).json() == {"people": 12}


def test_assignments_and_completions_within_ones_units(
    hr: Any, employee: Any, stranger: Any, units: Any, client_of: Any
) -> None:
    today = timezone.localdate()
    version = make_course(hr)
    make_path(hr, step(version), today=today - 5 * DAY)
    scoped = make_person("UH", units["Services"])
    Grant.objects.create(employee=scoped, role=Role.HR_ADMIN, unit=units["Branch B"])
    mine, theirs = (Assignment.objects.get(employee=one) for one in (stranger, employee))
    client = client_of(scoped)
    rows = client.get(f"{API}/assignments/").json()["results"]
    assert [row["employee"] for row in rows] == [stranger.pk]
    given = {"done_on": str(today), "evidence": "Certificate"}
    assert post(client, "/completions/", {**given, "assignment": theirs.pk}).status_code == 400
    made = post(client, "/completions/", {**given, "assignment": mine.pk})
    assert made.status_code == 201 and made.json()["granted_by"] == scoped.pk
    assert post(client, f"/assignments/{theirs.pk}/exempt/", {}).status_code == 404
    spare = {"since": str(today), "until": str(today + DAY), "reason": "Away"}
    assert post(client, f"/assignments/{mine.pk}/exempt/", spare).status_code == 201
    pk = made.json()["id"]
    assert post(client, f"/completions/{pk}/revoke/", {}).status_code == 400
    assert post(client, f"/completions/{pk}/revoke/", {"reason": "Forged"}).json()["revoked_because"] == "Forged"
    other = Completion.objects.create(employee=employee, version=version, done_on=today)
    assert post(client, f"/completions/{other.pk}/revoke/", {"reason": "x"}).status_code == 404
    assert client.delete(f"{API}/completions/{pk}/").status_code == 405
    assert client_of(employee).get(f"{API}/completions/").status_code == 403
    cohort = make_program(hr, units).cohorts.first()
    sent = {"course": version.course.pk, "cohort": cohort.pk, "due_on": str(today + DAY)}  # type: ignore[union-attr]
    assert post(client, "/assignments/", sent).status_code == 400
    assert post(client_of(hr), "/assignments/", sent).json()["people"] >= 12


def test_attendance_many_at_once(hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    version = make_course(hr, sessions=1)
    starts = timezone.now() - dt.timedelta(minutes=5)
    before = starts - dt.timedelta(hours=1)
    plan = sessions.Plan(starts, starts + dt.timedelta(hours=1), "UTC", "Room", 10)
    session = sessions.plan(by=hr, course=version.course, plan=plan, now=before)
    sessions.take_seat(employee=employee, session=session, by=employee, now=before)
    url, client = f"/sessions/{session.pk}/attendance/", client_of(hr)
    assert client.get(f"{API}{url}").json()["seats"] == [{"number": "A1", "attendance": ""}]
    assert post(client, url, [{"number": "A1", "attendance": "asleep"}]).status_code == 400
    assert "A9" in str(post(client, url, [{"number": "A9", "attendance": "late"}]).json())
    assert post(client, url, [{"number": "A1", "attendance": "present"}]).json() == {"changed": 1}
    assert post(client_of(manager), url, [{"number": "A1", "attendance": "absent"}]).status_code == 403
    # As the lines of a file, too: all or none.
    bad = post(client, url, {"csv": "number;attendance\nA1;asleep\nA9;late\n"})
    assert bad.status_code == 400 and "Line 2" in str(bad.json()) and "Line 3" in str(bad.json())
    assert post(client, url, {"csv": ""}).status_code == 400
    assert post(client, url, {"csv": "number;attendance\nA1;late\n"}).json() == {"changed": 1}
