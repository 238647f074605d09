"""Paths through the doors people take: HR writes and looks, an employee walks, a manager helps."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from culture.access.models import Grant, Role
from culture.people.models import Employee
from programs.training import additions, courses, evaluating, standing
from programs.training.models import Assignment, Completion
from programs.training.path_models import Exemption, Path
from programs.training.path_rules import Conditions
from tests.conftest import make_person
from tests.programs.path_world import DAY, complete, day, make_course, make_path, step

pytestmark = pytest.mark.django_db


def typed(*steps: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """What HR would send from /paths/new/."""
    values: dict[str, Any] = {
        "name": "Beginning well",
        "summary": "",
        "starts_on": "2026-01-01",
        "ends_on": "2028-12-31",
        "step_count": str(len(steps)),
        **changed,
    }
    for n, one in enumerate(steps):
        full = {"times": "1", "months": "0", "window": "0", "due_days": "10", **one}
        values |= {f"step_{n}_{part}": value for part, value in full.items()}
    return values


def what(version: Any, kind: str = "course") -> str:
    return f"{kind}:{version.course.pk}"


def test_written_previewed_started_and_looked_at(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    client, one, two = client_of(hr), make_course(hr), make_course(hr, "Two")
    assert "Write the first path" in client.get(reverse("training:paths")).content.decode()
    sent = typed({"what": what(one), "months": "12", "window": "30"}, {"what": what(two), "after": "1"})
    page = client.post(reverse("training:path_new"), sent, follow=True)
    path = Path.objects.get()
    assert page.redirect_chain[-1][0] == reverse("training:path_rules", args=[path.pk])
    assert [s.after.count() for s in path.steps.all()] == [0, 1]
    rules = reverse("training:path_rules", args=[path.pk])
    asked = {"unit": units["Branch A"].pk, "preview": "1"}
    page = client.post(rules, asked).content.decode()
    assert "12</span>" in page and "Branch A" in page and not path.rules.exists()
    client.post(rules, {**asked, "apply": "1"})
    assert path.rules.get().unit == units["Branch A"]
    page = client.post(reverse("training:path_act", args=[path.pk]), {"do": "start"}, follow=True).content.decode()
    assert "12 people are on it" in page
    assert Assignment.objects.count() == 24
    for by in ("step", "cohort", "unit"):
        assert (
            "of 12" in client.get(reverse("training:path", args=[path.pk]), {"by": by}).content.decode() or by != "step"
        )
    assert "12" in client.get(reverse("training:paths")).content.decode()
    # The rule ends: nobody is asked any more; what was done would be kept.
    drop = {"rule": path.rules.get().pk, "drop": "1"}
    assert "12</span>" in client.post(rules, {**drop, "preview": "1"}).content.decode()
    client.post(rules, {**drop, "apply": "1"})
    assert not Assignment.objects.filter(ended_on=None).exists()


@pytest.mark.parametrize(
    ("steps", "changed", "told"),
    [
        ([{"after": "2"}, {"after": "1"}], {}, "in a circle: 1. Seven sins → 2. Two → 1. Seven sins"),
        ([{"due_days": ""}], {}, "Say by when"),
        ([{"due_days": "", "due_on": "2025-12-31"}], {}, "before the path starts"),
        ([{}], {"ends_on": ""}, "This field is required"),
        ([{}], {"ends_on": "2025-01-01"}, "It ends before it starts"),
        ([{"after": "9"}], {}, "There is no step 9"),
        ([{"after": "first"}], {}, "There is no step 0"),
        ([{"months": "1", "window": "40"}], {}, "Renewing would begin before"),
        ([{"what": ""}], {}, "Choose what is to be done"),
        ([], {}, "at least one step"),
    ],
)
def test_an_unsound_path_keeps_what_was_typed(
    hr: Any, client_of: Any, steps: list[dict[str, Any]], changed: dict[str, Any], told: str
) -> None:
    subjects = [make_course(hr), make_course(hr, "Two")]
    rows = [{"what": what(version), **row} for version, row in zip(subjects, steps, strict=False)]
    answer = client_of(hr).post(reverse("training:path_new"), typed(*rows, summary="Typed with care", **changed))
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page and "Typed with care" in page
    assert not Path.objects.exists()


def test_steps_grow_move_and_go_without_javascript(hr: Any, client_of: Any) -> None:
    one, two = make_course(hr), make_course(hr, "Two")
    client, url = client_of(hr), reverse("training:path_new")
    sent = typed({"what": what(one)}, {"what": what(two), "after": "1"})
    assert 'name="step_2_what"' in client.post(url, {**sent, "add": "1"}).content.decode()
    form = client.post(url, {**sent, "step": "up:1"}).context["form"]
    assert [row["what"].value() for row in form.step_rows()] == [what(two), what(one)]
    assert form.step_rows()[0]["after"].value() == "2"
    form = client.post(url, {**sent, "step": "remove:0"}).context["form"]
    assert form.count == 1 and form.step_rows()[0]["after"].value() == ""


def test_who_may_and_who_may_not(
    hr: Any, manager: Any, stranger: Any, employee: Any, units: Any, client_of: Any
) -> None:
    path = make_path(hr, step(make_course(hr)), today=timezone.localdate())
    scoped = make_person("UH", units["Services"])
    Grant.objects.create(employee=scoped, role=Role.HR_ADMIN, unit=units["Branch B"])
    reads = [reverse(f"training:{name}", args=[path.pk]) for name in ("path", "path_people")]
    reads += [reverse("training:paths"), reverse("training:path_export", args=[path.pk, "csv"])]
    writes = [
        reverse("training:path_new"),
        *(reverse(f"training:{n}", args=[path.pk]) for n in ("path_edit", "path_rules")),
    ]
    for url in reads:
        assert client_of(hr).get(url).status_code == client_of(scoped).get(url).status_code == 200
        for nobody in (manager, stranger):
            assert client_of(nobody).get(url).status_code == 403
        assert client_of(None).get(url).status_code == 302
    for url in writes:
        assert client_of(hr).get(url).status_code == 200
        for nobody in (scoped, manager, stranger):
            assert client_of(nobody).get(url).status_code == 403
    # HR of Branch B sees its people only: on the page, in the list, in the file.
    page = client_of(scoped).get(reads[1]).content.decode()
    assert stranger.name in page and employee.name not in page
    rows = b"".join(client_of(scoped).get(reads[3])).decode().splitlines()
    assert len(rows) == 2 and "S1" in rows[1]
    assert client_of(scoped).get(reverse("training:path_person", args=[path.pk, employee.pk])).status_code == 404
    assert client_of(scoped).get(reverse("training:path_person", args=[path.pk, stranger.pk])).status_code == 200


def test_as_it_was_and_as_a_file(hr: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    version = make_course(hr, '=HYPERLINK("evil")')
    path = make_path(hr, step(version), today=today - 30 * DAY)
    complete(employee, version, today - 3 * DAY)
    url = reverse("training:path", args=[path.pk])
    client = client_of(hr)
    assert "1 of 13 things done" in client.get(url).content.decode()
    then = client.get(url, {"on": (today - 5 * DAY).isoformat()}).content.decode()
    assert "0 of 13 things done" in then and "As it was on" in then
    assert client.get(url, {"on": "never"}).status_code == 200
    book = client.get(reverse("training:path_export", args=[path.pk, "xlsx"]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(book))).get_sheet_by_index(0).to_python()
    assert len(rows) == 14 and rows[0][1] == "employee_number"
    (mine,) = [row for row in rows if row[1] == "A1"]
    assert mine[8] == "valid" and mine[4].startswith("'=") and mine[9] == today - 3 * DAY
    assert client.get(reverse("training:path_export", args=[path.pk, "pdf"])).status_code == 404


def test_hr_spares_grants_and_revokes(hr: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    path = make_path(hr, step(make_course(hr)), today=today - 20 * DAY)
    row = Assignment.objects.get(employee=employee)
    url, client = reverse("training:path_person", args=[path.pk, employee.pk]), client_of(hr)
    spare = {"do": "exempt", "exempt-assignment": row.pk, "exempt-since": today, "exempt-until": today + 9 * DAY}
    assert (
        "Say why" in client.post(url, {**spare, "exempt-reason": " "}).content.decode()
        or not Exemption.objects.exists()
    )
    client.post(url, {**spare, "exempt-reason": "A project"})
    page = client.get(url).content.decode()
    assert "A project" in page and "spared" in page
    client.post(url, {"do": f"end:{Exemption.objects.get().pk}"})
    assert not Exemption.objects.exists()
    grant = {"do": "grant", "grant-assignment": row.pk, "grant-done_on": today, "grant-evidence": "Certificate X"}
    answer = client.post(url, {**grant, "grant-done_on": today + DAY})
    assert (
        answer.status_code == 422
        and "still to come" in answer.content.decode()
        and "Certificate X" in answer.content.decode()
    )
    client.post(url, grant)
    done = Completion.objects.get()
    assert "Certificate X" in client.get(url).content.decode()
    revoke = {"do": "revoke", "revoke-granted": f"completion:{done.pk}", "revoke-on": today, "revoke-reason": "Forged"}
    client.post(url, revoke)
    page = client.get(url).content.decode()
    assert "Forged" in page and standing.of_people([employee.pk], today)[employee.pk][0].state == "late"
    # Nobody does it to himself.
    assert "This is you" in client.get(reverse("training:path_person", args=[path.pk, hr.pk])).content.decode()
    mine = Assignment.objects.get(employee=hr)
    own = reverse("training:path_person", args=[path.pk, hr.pk])
    assert client.post(own, {**grant, "grant-assignment": mine.pk}).status_code == 422


def test_my_way_shows_what_comes_when_and_why(hr: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    first, second, third = (make_course(hr, name) for name in ("First", "Second", "Third"))
    make_path(
        hr,
        step(first, due_days=5, months=12, window=30),
        step(second, due_days=40, after=(1,)),
        step(third, due_days=8),
        today=today - 7 * DAY,
    )
    client, url = client_of(employee), reverse("training:my_training")
    page = client.get(url).content.decode()
    assert "1 thing is late" in page and "because of Beginning well" in page and "opens after: First" in page
    closed = reverse("training:lesson", args=[second.course.pk, 1])
    assert client.get(closed)["Location"] == reverse("training:my_course", args=[second.course.pk])
    # Late is not locked.
    (lesson,) = first.lessons.all()
    assert client.post(reverse("training:lesson", args=[first.course.pk, 1])).status_code == 302
    assert Completion.objects.get().version == first
    assert client.get(closed).status_code == 200
    page = client.get(url).content.decode()
    assert "1 of 3 things done" in page and "valid until" in page and "opens after" not in page
    assert lesson.version.course.label in page


def test_the_manager_sees_what_is_late_in_the_team(
    hr: Any, manager: Any, employee: Any, stranger: Any, client_of: Any
) -> None:
    version = make_course(hr)
    make_path(hr, step(version), today=timezone.localdate() - 12 * DAY)
    complete(employee, version, timezone.localdate())
    url = reverse("training:team_due")
    page = client_of(manager).get(url).content.decode()
    assert "10 things are late in the team" in page and stranger.name not in page
    assert "1 person has nothing due" in page and employee.name in page
    assert client_of(employee).get(url).status_code == 403
    assert client_of(None).get(url).status_code == 302


def test_what_a_new_version_added_only_if_hr_says_so(hr: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    lessons = [("One", "Text"), ("Two", "Text two")]
    quiz = [{"text": "Which?", "options": ["A", "B"], "right": [0], "why": ""}]
    old = make_course(hr, lessons=lessons, quiz=quiz, pass_mark=100)
    make_path(hr, step(old), today=today - 9 * DAY)
    courses.record_history(version=old, done=[(employee.pk, 100, timezone.localtime() - 3 * DAY)])
    facts = list(Completion.objects.values())
    new = make_course(hr, lessons=[*lessons, ("Three", "New")], quiz=quiz, pass_mark=100)
    client, mine = client_of(employee), reverse("training:my_course", args=[old.course.pk])
    assert "Three" not in client.get(mine).content.decode()
    assert client.get(reverse("training:my_training")).content.decode().count("Seven sins")
    sent = {"due_on": (today + 9 * DAY).isoformat()}
    url = reverse("training:additions", args=[old.course.pk])
    assert client.post(url, sent).status_code == 403
    assert "1 people are asked" in client_of(hr).post(url, sent, follow=True).content.decode()
    page = client.get(mine).content.decode()
    assert "only that is asked of you" in page and "Three" in page
    assert [row["done"] for row in client.get(mine).context["lessons"]] == [True, True, False]
    client.post(reverse("training:lesson", args=[old.course.pk, 3]))
    done = Completion.objects.get(version=new)
    assert done.evidence["added_to"] == 1 and done.score is None
    assert list(Completion.objects.filter(version=old).values()) == facts
    assert not additions.finishers(new, today)
    assert "Nobody is left" in client_of(hr).post(url, sent, follow=True).content.decode()


@pytest.mark.parametrize("name", ["paths", "path", "path_people", "my_training", "team_due", "path_person"])
def test_queries_do_not_grow(
    hr: Any, manager: Any, employee: Any, units: Any, client_of: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    today = timezone.localdate()
    rule = [Conditions(unit=units["Branch A"].pk)]
    who = {"my_training": employee, "team_due": manager}.get(name, hr)
    counts = []
    for number in (1, 2, 3):
        version = make_course(hr, f"Course {number}")
        path = make_path(hr, step(version), today=today, name=f"Path {number}", rules=rule)
        args = {"path": [path.pk], "path_people": [path.pk], "path_person": [path.pk, employee.pk]}.get(name, [])
        if name == "path_people" and number == 3:
            for n in range(3):
                make_person(f"N{n}", units["Branch A"])
            evaluating.evaluate(path, today=today)
        client = client_of(who)
        with django_assert_max_num_queries(40) as seen:
            assert client.get(reverse(f"training:{name}", args=args)).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 22, counts


def test_the_days_are_those_of_the_textbook_on_the_page(hr: Any, employee: Employee, client_of: Any) -> None:
    version = make_course(hr)
    make_path(hr, step(version, due_days=14, months=12, window=30), today=day("2026-02-01"))
    complete(employee, version, day("2026-02-12"))
    page = client_of(employee).get(reverse("training:my_course", args=[version.course.pk])).content.decode()
    assert "Valid until 11 February 2027" in page
    assert dt.date(2027, 2, 11) == standing.of_people([employee.pk], day("2026-03-01"))[employee.pk][0].until
