"""Training: written by HR, done by employees, watched by managers; completions stay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from culture.framework.markdown import render
from programs.training import additions, answering, assigning, courses, progress, queries, quizzes
from programs.training.models import Assignment, Completion, Course, CourseVersion, LessonDone, QuizAttempt
from programs.training.tick import tick
from tests.conftest import make_person
from tests.programs.test_planning import make_program

QUIZ = [
    {"text": "First?", "options": ["Yes", "No"], "right": [0], "why": "Because it is."},
    {"text": "Which?", "options": ["A", "B", "C"], "right": [0, 2], "why": "A and C."},
]
LESSONS = [("Greeting", "# Say **hello**"), ("Thanking", "- thank\n- smile")]


def make_course(by: Any, name: str = "Seven sins", **fields: Any) -> CourseVersion:
    return courses.publish(by=by, name=name, **{"lessons": LESSONS, "quiz": QUIZ, "pass_mark": 60, **fields})


@pytest.fixture
def version(hr: Any, manager: Any, units: Any) -> CourseVersion:
    """A course, assigned to everybody in Retail."""
    program, made, today = make_program(hr, units), make_course(hr), timezone.localdate()
    due = today + dt.timedelta(days=30)
    assert assigning.assign(by=hr, course=made.course, cohort=program.cohorts.first(), due_on=due, today=today) >= 12
    return made


def typed(**changed: Any) -> dict[str, Any]:
    """What HR would send from /courses/new/."""
    return {
        "name": "Seven sins",
        "summary": "Spot them",
        "pass_mark": "70",
        "lesson_count": "2",
        "lesson_0_title": "Greeting",
        "lesson_0_body": "Say **hello**",
        "lesson_1_title": "",
        "lesson_1_body": "",
        "question_count": "1",
        "question_0_text": "Which is a sin?",
        "question_0_option_0": "Apathy",
        "question_0_option_1": "",
        "question_0_option_2": "Courtesy",
        "question_0_right": ["0"],
        "question_0_why": "N1.",
        **changed,
    }


class TestPure:
    def test_score_counts_exactly_right_questions_and_rounds_down(self) -> None:
        assert quizzes.score(QUIZ, [0, 1], [[0], [2, 0]]) == 100
        assert quizzes.score(QUIZ, [0, 1], [[0], [0]]) == 50
        assert quizzes.score([QUIZ[0]] * 3, [0, 1, 2], [[0], [0], [1]]) == 66

    def test_no_right_answer_is_refused(self) -> None:
        assert list(quizzes.check([{**QUIZ[0], "right": []}], 70)) == ["question_0_right"]

    @pytest.mark.parametrize("mark", [-1, 101])
    def test_pass_mark_is_a_percentage(self, mark: int) -> None:
        assert list(quizzes.check(QUIZ, mark)) == ["pass_mark"]

    def test_due_day_itself_is_on_time(self) -> None:
        day = dt.date(2026, 5, 1)
        assert progress.standing(due_on=day, done_on=None, today=day) == "soon"
        assert progress.standing(due_on=day, done_on=None, today=day + dt.timedelta(days=1)) == "late"
        assert progress.standing(due_on=day, done_on=day + dt.timedelta(days=9), today=day) == "done"

    def test_a_joiner_gets_as_many_days(self) -> None:
        first, due, joined = dt.date(2026, 1, 1), dt.date(2026, 1, 31), dt.date(2026, 6, 1)
        assert progress.joiner_due(assigned_on=first, due_on=due, joined=joined) == dt.date(2026, 7, 1)
        assert progress.joiner_due(assigned_on=first, due_on=due, joined=first) == due

    @pytest.mark.parametrize(
        "bad", ["<script>alert(1)</script>", "[x](javascript:alert(1))", '<img src=x onerror="alert(1)">']
    )
    def test_markdown_is_cleaned(self, bad: str) -> None:
        html = render(f"# Title\n\n{bad}", below=1, images=True)
        assert "<h2>Title</h2>" in html
        assert "<script" not in html and "<img" not in html and 'href="javascript' not in html


def test_hr_pages_three_personas(hr: Any, manager: Any, stranger: Any, version: Any, client_of: Any) -> None:
    pages = [reverse("training:courses"), reverse("training:new")]
    pages += [reverse(f"training:{name}", args=[version.course.pk]) for name in ("detail", "edit")]
    for page in pages:
        assert client_of(hr).get(page).status_code == 200
        assert client_of(manager).get(page).status_code == 403
        assert client_of(stranger).get(page).status_code == 403
        assert client_of(None).get(page).status_code == 302
    for name in ("publish", "assign"):
        assert client_of(stranger).post(reverse(f"training:{name}", args=[version.course.pk])).status_code == 403


def test_written_published_and_assigned_in_the_browser(hr: Any, manager: Any, units: Any, client_of: Any) -> None:
    client, cohort = client_of(hr), make_program(hr, units).cohorts.first()
    assert "Write the first course" in client.get(reverse("training:courses")).content.decode()
    assert client.post(reverse("training:new"), typed()).status_code == 302
    course = Course.objects.get()
    draft = course.versions.get()
    assert draft.published_at is None
    (question,) = draft.quiz
    assert question["text"] == "Which is a sin?" and question["options"] == ["Apathy", "Courtesy"]
    assert question["right"] == [0] and question["why"] == "N1."
    early = client.post(reverse("training:assign", args=[course.pk]), {"cohort": cohort.pk, "due_on": "2099-01-01"})
    assert early.status_code == 422 and not Assignment.objects.exists()
    client.post(reverse("training:publish", args=[course.pk]))
    sent = {"cohort": cohort.pk, "due_on": "2099-01-01"}
    page = client.post(reverse("training:assign", args=[course.pk]), sent, follow=True).content.decode()
    assert "Assigned to 12 people" in page and "0 of 12 people" in page
    page = client.post(reverse("training:assign", args=[course.pk]), sent, follow=True).content.decode()
    assert "has this course already" in page and Assignment.objects.count() == 12


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"question_0_right": []}, "No answer is marked as right"),
        ({"question_0_right": ["1"]}, "An answer marked as right is empty"),
        ({"question_0_option_2": ""}, "at least two answers"),
        ({"pass_mark": "101"}, "percentage from 0 to 100"),
        ({"pass_mark": "-1"}, "percentage from 0 to 100"),
        ({"name": " "}, "This field is required"),
        ({"lesson_1_body": "orphan"}, "Give this lesson a title"),
    ],
)
def test_bad_course_keeps_what_was_typed(hr: Any, client_of: Any, changed: dict[str, Any], told: str) -> None:
    answer = client_of(hr).post(reverse("training:new"), typed(summary="Typed with care", **changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page and "Typed with care" in page and "Which is a sin?" in page
    assert not Course.objects.exists()


def test_publishing_needs_a_lesson(hr: Any, client_of: Any) -> None:
    sent = typed(publish="1", lesson_0_title="", lesson_0_body="")
    page = client_of(hr).post(reverse("training:new"), sent, follow=True).content.decode()
    assert "needs at least one lesson" in page and "draft" in page
    assert not CourseVersion.objects.filter(published_at__isnull=False).exists()


def test_rows_grow_and_shrink_without_javascript(hr: Any, client_of: Any) -> None:
    client = client_of(hr)
    page = client.post(reverse("training:new"), typed(add_question="1", pass_mark="lots")).content.decode()
    assert 'name="question_1_text"' in page and "lots" in page and "Please check" not in page
    page = client.post(reverse("training:new"), typed(remove_lesson="0", lesson_1_title="Stays")).content.decode()
    assert 'name="lesson_0_title" value="Stays"' in page and 'name="lesson_1_title"' not in page


def test_a_past_due_day_is_refused(hr: Any, version: Any, client_of: Any) -> None:
    cohort = Assignment.objects.first().cohort  # type: ignore[union-attr]
    sent = {"cohort": cohort.pk, "due_on": "2020-01-01"}  # type: ignore[union-attr]
    answer = client_of(hr).post(reverse("training:assign", args=[version.course.pk]), sent)
    assert answer.status_code == 422 and "This day is past" in answer.content.decode()


def test_an_employee_does_a_course(employee: Any, version: Any, client_of: Any) -> None:
    client, pk = client_of(employee), version.course.pk
    assert "0 of 1 things done" in client.get(reverse("training:my_training")).content.decode()
    quiz = reverse("training:quiz", args=[pk])
    assert client.post(quiz, {"answer_0": "0", "answer_1": ["0", "2"]}).status_code == 422  # lessons first
    assert not QuizAttempt.objects.exists()
    for position in (1, 2):
        url = reverse("training:lesson", args=[pk, position])
        assert client.get(url).status_code == 200
        answer = client.post(url)
    assert answer["Location"] == quiz
    missing = client.post(quiz, {"answer_1": ["0"]})
    assert missing.status_code == 422 and "Choose an answer." in missing.content.decode()
    assert 'value="0" ' in missing.content.decode() and "checked" in missing.content.decode()
    failed = client.post(quiz, {"answer_0": "0", "answer_1": ["0"]}, follow=True).content.decode()
    assert "50 %: not yet, 60 % is needed" in failed and "A and C." in failed and "Try again" in failed
    assert not Completion.objects.exists()
    assert (
        "Passed with 100 %"
        in client.post(quiz, {"answer_0": "0", "answer_1": ["0", "2"]}, follow=True).content.decode()
    )
    done = Completion.objects.get()
    passed = QuizAttempt.objects.get(passed=True)
    assert (done.score, done.done_on) == (100, timezone.localdate(passed.at))
    assert done.evidence == {"course": "Seven sins", "version": 1, "pass_mark": 60, "score": 100, "attempt": passed.pk}
    assert "You are done with everything" in client.get(reverse("training:my_training")).content.decode()


def test_a_forged_answer_is_refused(employee: Any, version: Any, client_of: Any) -> None:
    for lesson in version.lessons.all():
        courses.finish_lesson(employee=employee, lesson=lesson)
    answer = client_of(employee).post(
        reverse("training:quiz", args=[version.course.pk]), {"answer_0": "7", "answer_1": ["0"]}
    )
    assert answer.status_code == 422 and not QuizAttempt.objects.exists()
    with pytest.raises(ValidationError):
        answering.answer_quiz(employee=employee, version=version, answers=[[7], [0]])


def test_only_ones_own_training(employee: Any, version: Any, stranger: Any, client_of: Any) -> None:
    pk = version.course.pk
    for lesson in version.lessons.all():
        courses.finish_lesson(employee=employee, lesson=lesson)
    attempt = answering.answer_quiz(employee=employee, version=version, answers=[[0], [0, 2]])
    names = [("my_course", [pk]), ("lesson", [pk, 1]), ("quiz", [pk]), ("attempt", [pk, attempt.pk])]
    for name, args in names:
        url = reverse(f"training:{name}", args=args)
        assert client_of(employee).get(url).status_code == 200
        assert client_of(stranger).get(url).status_code == 404
        assert client_of(None).get(url).status_code == 302
    page = client_of(stranger).get(reverse("training:my_training")).content.decode()
    assert "Nothing to learn yet" in page and "Seven sins" not in page


def test_a_completion_outlives_a_new_version(hr: Any, employee: Any, version: Any, client_of: Any) -> None:
    other = Assignment.objects.exclude(employee=employee).first().employee  # type: ignore[union-attr]
    courses.finish_lesson(employee=other, lesson=version.lessons.first())  # has begun version 1
    for lesson in version.lessons.all():
        courses.finish_lesson(employee=employee, lesson=lesson)
    answering.answer_quiz(employee=employee, version=version, answers=[[0], [0, 2]])
    before = list(Completion.objects.values())
    second = make_course(hr, quiz=[QUIZ[0]], pass_mark=100, lessons=[("New", "Text")])
    assert second.number == 2
    assert list(Completion.objects.values()) == before
    today = timezone.localdate()
    assert queries.way(employee, today)[0].stand.done
    assert queries.version_for(other, version.course) == version
    third = Assignment.objects.exclude(employee__in=[employee, other]).first().employee  # type: ignore[union-attr]
    assert queries.version_for(third, version.course) == second
    assert queries.by_cohort(version.course, today)[0]["finished"] == 1
    # HR's page, too, writes the next version and leaves the published ones alone.
    client_of(hr).post(reverse("training:edit", args=[version.course.pk]), typed(publish="1"))
    assert [v.number for v in version.course.versions.filter(published_at__isnull=False)] == [1, 2, 3]
    version.refresh_from_db()
    assert [question["text"] for question in version.quiz] == ["First?", "Which?"]


def test_what_was_revoked_shortens_nothing(hr: Any, employee: Any, version: Any, client_of: Any) -> None:
    """Asked for what a new version added, and revoked meanwhile: then all of it is to be done, not only what is new."""
    now, today = timezone.now(), timezone.localdate()
    courses.record_history(version=version, done=[(employee.pk, 100, now - dt.timedelta(days=3))])
    new = make_course(hr, lessons=[*LESSONS, ("Smiling", "New")])
    additions.ask(by=hr, course=version.course, due_on=today + dt.timedelta(days=9))
    done, sent = Completion.objects.get(employee=employee), {"reason": "It was somebody else"}
    assert client_of(hr).post(f"/api/v1/completions/{done.pk}/revoke/", sent).status_code == 200
    client, pk = client_of(employee), version.course_id
    client.post(reverse("training:lesson", args=[pk, 3]))
    assert not Completion.objects.filter(version=new).exists()
    for position in (1, 2):
        client.post(reverse("training:lesson", args=[pk, position]))
    assert not Completion.objects.filter(version=new).exists()
    client.post(reverse("training:quiz", args=[pk]), {"answer_0": "0", "answer_1": ["0", "2"]})
    made = Completion.objects.get(version=new)
    assert "added_to" not in made.evidence and made.score == 100


def test_a_course_without_a_quiz_ends_with_its_last_lesson(hr: Any, employee: Any) -> None:
    made = make_course(hr, quiz=[], pass_mark=80)
    first, last = made.lessons.all()
    assert made.pass_mark == 0
    assert courses.finish_lesson(employee=employee, lesson=last) is None
    done = courses.finish_lesson(employee=employee, lesson=first)
    assert done is not None and done.score is None and done.evidence["attempt"] is None


def test_team_matrix(hr: Any, manager: Any, stranger: Any, employee: Any, version: Any, client_of: Any) -> None:
    outsider = make_person("OUT", stranger.unit, family_name="Elsewhere")
    Assignment.objects.filter(employee=employee).update(
        assigned_on=dt.date(2026, 1, 1), due_on=timezone.localdate() - dt.timedelta(days=1)
    )
    url = reverse("training:team")
    page = client_of(manager).get(url).content.decode()
    assert "1 assignment is overdue" in page and "late, was due" in page
    assert employee.name in page and outsider.name not in page
    assert client_of(hr).get(url).status_code == 200
    assert client_of(stranger).get(url).status_code == 403
    assert client_of(None).get(url).status_code == 302


def test_tick_gives_joiners_the_cohorts_courses_once(version: Any, hr: Any, units: Any) -> None:
    from programs.planning.tick import tick as enrol

    joiner = make_person("J1", units["Branch B"])
    for _again in range(2):
        enrol(now=timezone.now())
        tick(now=timezone.now())
    row = Assignment.objects.get(employee=joiner)
    assert row.due_on == timezone.localdate() + dt.timedelta(days=30)
    assert Assignment.objects.count() == 13


def test_history_written_at_once_looks_like_done_by_hand(hr: Any, employee: Any, version: Any) -> None:
    at = timezone.localtime() - dt.timedelta(days=3)
    courses.record_history(version=version, done=[(employee.pk, 80, at)])
    done = Completion.objects.get()
    assert done.score == done.evidence["score"] == 80
    assert QuizAttempt.objects.get().pk == done.evidence["attempt"]
    assert LessonDone.objects.filter(employee=employee).count() == 2


def test_overview_shows_training(hr: Any, employee: Any, version: Any, client_of: Any) -> None:
    Assignment.objects.filter(employee=employee).update(
        assigned_on=dt.date(2026, 1, 1), due_on=timezone.localdate() - dt.timedelta(days=1)
    )
    program = Assignment.objects.first().cohort.program  # type: ignore[union-attr]
    page = client_of(hr).get(reverse("planning:detail", args=[program.pk])).content.decode()
    assert "0 of 12 assignments" in page and "1 assignment is overdue" in page


@pytest.mark.parametrize("name", ["courses", "my_training", "team", "api/courses", "api/my-assignments"])
def test_queries_do_not_grow(
    hr: Any, manager: Any, version: Any, client_of: Any, name: str, django_assert_max_num_queries: Any
) -> None:
    who = manager if name in {"my_training", "team", "api/my-assignments"} else hr
    url = f"/api/v1/{name[4:]}/" if name.startswith("api/") else reverse(f"training:{name}")
    cohort, today = Assignment.objects.first().cohort, timezone.localdate()  # type: ignore[union-attr]
    counts = []
    for number in (1, 2, 3):
        if number > 1:
            made = make_course(hr, name=f"Course {number}")
            assigning.assign(by=hr, course=made.course, cohort=cohort, due_on=today, today=today)  # type: ignore[arg-type]
        client = client_of(who)
        with django_assert_max_num_queries(40) as seen:
            assert client.get(url).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[2] <= 18


def test_api(hr: Any, employee: Any, version: Any, stranger: Any, client_of: Any) -> None:
    assert client_of(hr).get("/api/v1/courses/").json()["results"][0]["name"] == "Seven sins"
    assert client_of(employee).get("/api/v1/courses/").status_code == 403
    mine = client_of(employee).get("/api/v1/my-assignments/").json()["results"]
    assert (mine[0]["name"], mine[0]["standing"], mine[0]["steps"]) == ("Seven sins", "open", 3)
    assert client_of(stranger).get("/api/v1/my-assignments/").json()["results"] == []
    assert client_of(None).get("/api/v1/my-assignments/").status_code in {401, 403}


def test_answers_of_a_question_are_kept_and_added_without_limit(hr: Any, client_of: Any) -> None:
    options = [f"Answer {n}" for n in range(9)]
    question = {"text": "Which?", "options": options, "right": [7], "why": ""}
    course = courses.publish(by=hr, name="Many answers", lessons=[("One", "Text")], quiz=[question]).course
    url = reverse("training:edit", args=[course.pk])
    page = client_of(hr).get(url)
    typed = {bound.html_name: bound.value() for bound in page.context["form"] if bound.value() is not None}
    assert typed["question_0_option_8"] == "Answer 8"
    again = client_of(hr).post(url, {**typed, "add_option": "0"})
    assert again.status_code == 200 and 'name="question_0_option_9"' in again.content.decode()
    answer = client_of(hr).post(url, {**typed, "question_0_option_9": "The tenth", "save": "1"})
    assert answer.status_code == 302
    saved = course.versions.get(published_at=None).quiz[0]
    assert saved["options"] == [*options, "The tenth"] and saved["right"] == [7]


def test_hr_adds_the_ready_courses_once(hr: Any, employee: Any, client_of: Any) -> None:
    page = client_of(hr).get(reverse("training:courses")).content.decode()
    assert "Add the ready courses" in page
    url = reverse("training:add_ready")
    assert client_of(employee).post(url).status_code == 403
    assert client_of(hr).get(url).status_code == 405
    assert "9 courses were added" in client_of(hr).post(url, follow=True).content.decode()
    assert Course.objects.count() == 9
    page = client_of(hr).post(url, follow=True).content.decode()
    assert Course.objects.count() == 9 and "Add the ready courses" not in page
