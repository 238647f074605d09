"""Quizzes of every kind, written by HR, taken by employees, carried in and out as files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from programs.training import answering, assigning, courses, quizzes
from programs.training.models import Course, CourseVersion, QuizAttempt
from programs.training.quizzes import Rules
from tests.programs.test_planning import make_program

ORDER = {"kind": "order", "text": "Steps?", "options": ["Attitude", "Trust", "Action"], "right": [0, 1, 2]}
NUMBER = {"kind": "number", "text": "How many sins?", "answer": "7", "tolerance": "0.5", "unit": "sins"}
SCENE = {
    "kind": "scenario",
    "text": "A guest shouts.",
    "options": ["Listen", "Shout back"],
    "right": [0],
    "reasons": ["He calms down.", "He leaves, and tells nine others."],
}
QUIZ = [ORDER, NUMBER, SCENE]
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def given_course(hr: Any, units: Any, quiz: list[dict[str, Any]] = QUIZ, **rules: Any) -> CourseVersion:
    """Published, assigned to Retail."""
    made = courses.publish(by=hr, name="Kinds", lessons=[("One", "Text")], quiz=quiz, rules=Rules(**rules))
    today = timezone.localdate()
    cohort = make_program(hr, units).cohorts.first()
    assigning.assign(by=hr, course=made.course, cohort=cohort, due_on=today + dt.timedelta(days=9), today=today)
    return made


def read_all(employee: Any, version: CourseVersion) -> None:
    for lesson in version.lessons.all():
        courses.finish_lesson(employee=employee, lesson=lesson)


def written(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Kinds", "pass_mark": "70", "shuffled": "on",
        "lesson_count": "1", "lesson_0_title": "One", "lesson_0_body": "Text",
        "question_count": "3",
        "question_0_kind": "order", "question_0_text": "Steps?",
        "question_0_option_0": "Attitude", "question_0_option_1": "", "question_0_option_2": "Trust",
        "question_1_kind": "number", "question_1_text": "How many?", "question_1_answer": "7,5",
        "question_1_tolerance": "", "question_1_unit": "days",
        "question_2_kind": "scenario", "question_2_text": "A guest shouts.",
        "question_2_option_0": "Listen", "question_2_reason_0": "He calms down.",
        "question_2_option_1": "Shout", "question_2_reason_1": "He leaves.", "question_2_right": ["0"],
        **changed,
    }  # fmt: skip


def test_hr_writes_every_kind_and_reads_it_back(hr: Any, client_of: Any) -> None:
    client = client_of(hr)
    answer = client.post(reverse("training:new"), written(draw="2", tries="3", cooldown_hours="24"))
    version = CourseVersion.objects.get()
    assert answer.status_code == 302
    order, number, scene = version.quiz
    assert (order["options"], order["right"]) == (["Attitude", "Trust"], [0, 1])
    assert (number["answer"], number["tolerance"], number["unit"]) == ("7.5", "0", "days")
    assert scene["reasons"] == ["He calms down.", "He leaves."]
    assert version.rules == Rules(draw=2, tries=3, cooldown_hours=24, shuffled=True)
    page = client.get(reverse("training:edit", args=[version.course.pk])).content.decode()
    for told in ("7.5", "He leaves.", "Attitude", 'value="24"'):
        assert told in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"question_1_answer": "many"}, "Give the right number"),
        ({"question_1_tolerance": "-1"}, "The tolerance is a number from 0 up"),
        ({"question_2_reason_1": ""}, "Say what follows from acting like this."),
        ({"question_2_right": ["0", "1"]}, "Only one answer can be chosen"),
        ({"question_0_option_2": "attitude"}, "Two of the answers are the same."),
        ({"draw": "4"}, "only 3 questions to draw from"),
        ({"tries": "3"}, "nobody is locked out for good"),
        ({"draw": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_broken_quiz_is_refused_beside_its_field(hr: Any, client_of: Any, changed: Any, told: str) -> None:
    answer = client_of(hr).post(reverse("training:new"), written(**changed))
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not Course.objects.exists()


def test_an_employee_orders_types_and_judges(hr: Any, units: Any, employee: Any, client_of: Any) -> None:
    version = given_course(hr, units)
    read_all(employee, version)
    client, url = client_of(employee), reverse("training:quiz", args=[version.course.pk])
    page = client.get(url).content.decode()
    assert "Give each line its place" in page and "in sins" in page
    same = {"answer_0_0": "1", "answer_0_1": "1", "answer_0_2": "2", "answer_1": "seven", "answer_2": "0"}
    refused = client.post(url, same).content.decode()
    assert "Give every line its own place." in refused and "“seven” is not a number." in refused
    wrong = {"answer_0_0": "1", "answer_0_1": "3", "answer_0_2": "2", "answer_1": "7,4", "answer_2": "1"}
    told = client.post(url, wrong, follow=True).content.decode()
    assert "33 %" in told and "you put it at 3" in told and "tells nine others" in told and "Your answer: 7,4" in told
    right = {"answer_0_0": "1", "answer_0_1": "2", "answer_0_2": "3", "answer_1": "7", "answer_2": "0"}
    assert "Passed with 100 %" in client.post(url, right, follow=True).content.decode()


def test_lines_to_be_ordered_never_come_in_the_right_order(hr: Any, units: Any) -> None:
    for seed in range(200):
        order = quizzes.paper(QUIZ, Rules(), seed=str(seed)).orders[0]
        assert order != (0, 1, 2) and sorted(order) == [0, 1, 2]


def test_tries_run_out_and_come_back(hr: Any, units: Any, employee: Any, client_of: Any) -> None:
    version = given_course(hr, units, quiz=[NUMBER], tries=2, cooldown_hours=24)
    read_all(employee, version)
    hour = dt.timedelta(hours=1)
    for moment in (NOW, NOW + hour):
        answering.answer_quiz(employee=employee, version=version, answers=[["1"]], now=moment)
    with pytest.raises(ValidationError, match="You can try again from"):
        answering.answer_quiz(employee=employee, version=version, answers=[["7"]], now=NOW + 24 * hour)
    assert QuizAttempt.objects.count() == 2
    passed = answering.answer_quiz(employee=employee, version=version, answers=[["7"]], now=NOW + 25 * hour)
    assert passed.passed
    QuizAttempt.objects.filter(passed=True).delete()
    QuizAttempt.objects.update(at=timezone.now())
    client, url = client_of(employee), reverse("training:quiz", args=[version.course.pk])
    page = client.get(url).content.decode()
    assert "you can try again from" in page and "See how I did" not in page
    assert client.post(url, {"answer_0": "7"}).status_code == 422
    assert QuizAttempt.objects.count() == 2


def test_a_try_handed_in_twice_counts_once(hr: Any, units: Any, employee: Any, client_of: Any) -> None:
    version = given_course(hr, units, quiz=[NUMBER, {**NUMBER, "text": "Signs?", "answer": "15"}], draw=1)
    read_all(employee, version)
    client, url = client_of(employee), reverse("training:quiz", args=[version.course.pk])
    paper = answering.turn(employee, version, timezone.now()).paper
    sent = {"number": "1", f"answer_{paper.asked[0]}": "3"}
    client.post(url, sent)
    again = client.post(url, sent, follow=True).content.decode()
    assert "handed in already" in again
    assert QuizAttempt.objects.get().asked == list(paper.asked)


def test_only_what_was_drawn_is_scored_and_explained(hr: Any, units: Any, employee: Any, client_of: Any) -> None:
    version = given_course(hr, units, draw=1)
    read_all(employee, version)
    (asked,) = answering.turn(employee, version, timezone.now()).paper.asked
    right = [[[0, 1, 2]], [["7"]], [[0]]][asked]
    attempt = answering.answer_quiz(employee=employee, version=version, answers=right)
    assert (attempt.score, attempt.asked) == (100, [asked])
    page = client_of(employee).get(reverse("training:attempt", args=[version.course.pk, attempt.pk])).content.decode()
    assert [question["text"] in page for question in QUIZ] == [place == asked for place in range(3)]


@given(st.integers(1, 30), st.integers(0, 30), st.booleans(), st.text(max_size=9))
def test_a_paper_asks_what_it_shall_and_stays_the_same(count: int, draw: int, shuffled: bool, seed: str) -> None:
    quiz, rules = [SCENE] * count, Rules(draw=min(draw, count), shuffled=shuffled)
    paper = quizzes.paper(quiz, rules, seed=seed)
    assert paper == quizzes.paper(quiz, rules, seed=seed)
    assert len(paper.asked) == (rules.draw or count) == len(set(paper.asked))
    assert sorted(paper.shown) == list(paper.asked)
    assert all(sorted(order) == [0, 1] for order in paper.orders.values())


@given(st.integers(1, 4), st.integers(1, 48), st.lists(st.integers(0, 500), min_size=1, max_size=9, unique=True))
def test_a_pause_follows_the_last_try_of_a_run(tries: int, hours: int, moments: list[int]) -> None:
    rules = Rules(tries=tries, cooldown_hours=hours)
    failed = []
    for moment in sorted(moments):
        now = NOW + dt.timedelta(hours=moment)
        until = quizzes.next_try(failed, rules)
        if until is None or now >= until:
            failed.append(now)
    until, left = quizzes.next_try(failed, rules), quizzes.tries_left(failed, rules, failed[-1])
    assert left is not None and 0 <= left < tries
    assert (until is None) == (left > 0)
    if until is not None:
        assert until == failed[-1] + dt.timedelta(hours=hours)
        assert quizzes.tries_left(failed, rules, until) == tries


GIFT = "Who serves? {=Everybody ~Nobody}\n\nTell us. {}\n\nHow many? {#7}\n"


def upload(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("quiz.txt", text if isinstance(text, bytes) else text.encode())


def test_questions_are_imported_into_the_draft_and_the_broken_ones_named(hr: Any, units: Any, client_of: Any) -> None:
    version = given_course(hr, units)
    client, url = client_of(hr), reverse("training:import_quiz", args=[version.course.pk])
    assert client.get(url).status_code == 200
    page = client.post(url, {"file": upload(GIFT)}).content.decode()
    assert "2 questions were taken over" in page and "Line 3" in page and "essay" in page
    draft = version.course.versions.get(published_at=None)
    assert [question["text"] for question in draft.quiz] == ["Steps?", "How many sins?", "A guest shouts."] + [
        "Who serves?", "How many?",
    ]  # fmt: skip
    assert draft.lessons.count() == 1
    client.post(url, {"file": upload("Only this? {=yes ~no}"), "replace": "on"})
    draft.refresh_from_db()
    assert [question["text"] for question in draft.quiz] == ["Only this?"]
    version.refresh_from_db()
    assert len(version.quiz) == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"// nothing here", "no question"),
        (b"Caf\xe9? {=a ~b}", "Line 1 is not UTF-8"),
        (b"MZ\x00\x00", "not a text file"),
        (b"<quiz><question></quiz>", "well-formed"),
        (b"Broken {=a", "do not match"),
        (b"x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_bad_file_changes_nothing(hr: Any, units: Any, client_of: Any, content: bytes, told: str) -> None:
    version = given_course(hr, units)
    url = reverse("training:import_quiz", args=[version.course.pk])
    answer = client_of(hr).post(url, {"file": upload(content)})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert version.course.versions.count() == 1


@pytest.mark.parametrize("form", ["gift", "xml"])
def test_what_is_downloaded_can_be_imported_again(hr: Any, units: Any, client_of: Any, form: str) -> None:
    version = given_course(hr, units)
    client = client_of(hr)
    file = client.get(reverse("training:quiz_file", args=[version.course.pk, form]))
    assert file.status_code == 200 and "attachment" in file["Content-Disposition"]
    url = reverse("training:import_quiz", args=[version.course.pk])
    client.post(url, {"file": upload(file.content), "replace": "on"})
    assert version.course.versions.get(published_at=None).quiz == version.quiz


def test_only_who_writes_courses_may_carry_questions(
    hr: Any, units: Any, manager: Any, stranger: Any, client_of: Any
) -> None:
    version = given_course(hr, units)
    pages = [reverse("training:import_quiz", args=[version.course.pk])]
    pages += [reverse("training:quiz_file", args=[version.course.pk, form]) for form in ("gift", "xml")]
    for page in pages:
        assert client_of(manager).get(page).status_code == 403
        assert client_of(stranger).get(page).status_code == 403
        assert client_of(None).get(page).status_code == 302
    assert client_of(hr).get(reverse("training:quiz_file", args=[version.course.pk, "pdf"])).status_code == 404
