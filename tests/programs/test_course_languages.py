"""A course in several languages: who reads what, what a translation may never change, and how HR writes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.training import editions, importing, languages, questions
from programs.training.interchange import folder
from programs.training.models import Assignment, Completion, CourseVersion, QuizAttempt
from tests.programs.course_folders import folder as made


@pytest.fixture
def version(hr: Any, employee: Any) -> CourseVersion:
    """English and Italian, published and assigned to the employee."""
    made_ = importing.take(by=hr, plan=folder.read(made()).course, publish=True)
    give(made_, employee)
    return made_


def give(version: CourseVersion, person: Any) -> None:
    today = timezone.localdate()
    Assignment.objects.create(
        course=version.course, employee=person, assigned_on=today, due_on=today + dt.timedelta(days=9)
    )


def speak(person: Any, language: str) -> None:
    person.language = language
    person.save(update_fields=["language"])


def lesson(version: CourseVersion, position: int = 1) -> str:
    return reverse("training:lesson", args=[version.course.pk, position])


def test_everybody_reads_in_the_own_language(version: Any, employee: Any, client_of: Any) -> None:
    speak(employee, "it")
    page = client_of(employee).get(lesson(version)).content.decode()
    assert "buongiorno" in page and 'lang="it"' in page and "Chi hai salutato oggi?" in page
    speak(employee, "ro")  # not there: the browser's
    page = client_of(employee).get(lesson(version), headers={"accept-language": "it-CH"}).content.decode()
    assert "Un <strong>saluto</strong>" in page
    page = client_of(employee).get(lesson(version), headers={"accept-language": "fr"}).content.decode()
    assert "A <strong>greeting</strong>" in page and 'lang="en"' in page


def test_a_language_asked_for_is_kept_for_the_next_page(version: Any, employee: Any, client_of: Any) -> None:
    client = client_of(employee)
    assert "greeting" in client.get(lesson(version)).content.decode()
    assert "saluto" in client.get(lesson(version) + "?lang=it").content.decode()
    assert "Usa il nome" in client.get(lesson(version, 2)).content.decode()
    assert "Use the name" in client.get(lesson(version, 2) + "?lang=en").content.decode()
    assert "Use the name" in client.get(lesson(version, 2) + "?lang=tlh").content.decode()


def test_what_is_not_translated_falls_back_lesson_by_lesson(hr: Any, employee: Any, client_of: Any) -> None:
    files = made(**{"it/02-use-the-name.md": None, "it/quiz.gift": made()["it/quiz.gift"].split(b"::q03::")[0]})
    version = importing.take(by=hr, plan=folder.read(files).course, publish=True)
    give(version, employee)
    speak(employee, "it")
    page = client_of(employee).get(lesson(version, 2)).content.decode()
    assert "A name is music." in page and '<div class="prose lesson-body" lang="en">' in page
    said = version.quiz_in("it")
    assert (said[0]["text"], said[2]["text"]) == ("Che cosa apre la porta?", "Put in order.")


def test_progress_and_attempts_know_no_language(version: Any, employee: Any, client_of: Any) -> None:
    client, quiz = client_of(employee), reverse("training:quiz", args=[version.course.pk])
    client.post(lesson(version) + "?lang=it")
    client.post(lesson(version, 2) + "?lang=en")
    page = client.get(quiz + "?lang=it").content.decode()
    assert "Che cosa apre la porta?" in page and "Alza lo sguardo" in page
    assert "What opens the door?" in client.get(quiz + "?lang=en").content.decode()
    right = {"answer_0": "0", "answer_1": "10", "answer_2_0": "1", "answer_2_1": "2"}
    told = client.post(quiz + "?lang=it", right, follow=True).content.decode()
    assert "Passed with 100 %" in told and "Dice: ti vedo." in told
    attempt = QuizAttempt.objects.get()
    assert attempt.answers == [[0], ["10"], [0, 1]]
    again = reverse("training:attempt", args=[version.course.pk, attempt.pk])
    assert "It says: I see you." in client.get(again + "?lang=en").content.decode()
    assert Completion.objects.get().version == version


def test_nearest_language() -> None:
    assert languages.nearest("it-CH", ["en", "it"]) == "it"
    assert languages.nearest("zh-cn", ["en", "zh-hans"]) == "zh-hans"
    assert languages.nearest("de", ["en", "it"]) == languages.nearest("", ["en"]) == ""


# -- what a translation may never change

option = st.text("abcdef", min_size=1, max_size=4)


@st.composite
def edited(draw: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A question, the same one after somebody edited it, and its words in another language."""

    def one(options: list[str]) -> dict[str, Any]:
        right = draw(st.integers(0, len(options) - 1))
        return {"kind": "one", "text": "?", "options": options, "right": [right]}

    old = one(draw(st.lists(option, min_size=2, max_size=5, unique=True)))
    kept = draw(st.permutations(old["options"]))[: draw(st.integers(1, len(old["options"])))]
    new = one(list(dict.fromkeys([*kept, *draw(st.lists(option, min_size=1, max_size=3))])))
    words = {"text": "¿", "options": [f"«{text}»{n in old['right']}" for n, text in enumerate(old["options"])]}
    return old, new, words


@given(edited())
@settings(max_examples=200, deadline=None)
def test_a_translation_never_says_that_something_else_is_right(case: Any) -> None:
    old, new, words = case
    said = questions.spoken(new, questions.realigned(old, new, words))
    assert len(said["options"]) == len(new["options"]) and said["right"] == new["right"]
    for place, text in enumerate(said["options"]):
        if text.startswith("«"):
            was_right = text.endswith("True")
            assert was_right == (place in new["right"])
            if new["options"][place] in old["options"]:
                assert text.startswith(f"«{new['options'][place]}»")


# -- HR writes


def typed(client: Any, url: str) -> dict[str, Any]:
    """The page's form as it stands."""
    form = client.get(url).context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() not in (None, "")}


def test_hr_translates_beside_the_main_language(version: Any, hr: Any, employee: Any, client_of: Any) -> None:
    client, course = client_of(hr), version.course
    go = client.post(reverse("training:add_language", args=[course.pk]), {"code": "fr"})
    url = reverse("training:language", args=[course.pk, "fr"])
    assert go["Location"] == url
    page = client.get(url).content.decode()
    assert "Français: 0 of 7 texts are there" in page and "A **greeting** opens the door." in page
    sent = {"name": "La salutation", "lesson_l01_title": "Dire bonjour", "lesson_l01_body": "Une **salutation**."}
    sent |= {"question_0_text": "Qu’est-ce qui ouvre la porte ?", "question_0_option_0": "Un salut"}
    assert client.post(url, sent).status_code == 302
    draft = course.versions.get(published_at=None)
    assert draft.languages == ["en", "it", "fr"] and draft.number == 2
    assert draft.lessons.get(position=1).text_in("fr").title == "Dire bonjour"
    assert draft.quiz_in("fr")[0]["text"] == "What opens the door?"  # an answer lacks: the whole question falls back
    page = client.get(url).content.decode()
    # The lesson lacks its question to think about, the question an answer.
    assert "Français: 1 of 7 texts are there" in page and "lesson 1, lesson 2, question 1" in page
    assert "1 of 7 texts" in client.get(reverse("training:detail", args=[course.pk])).content.decode()
    # Nobody sees the draft.
    page = client_of(employee).get(lesson(version) + "?lang=fr").content.decode()
    assert "Dire bonjour" not in page
    client.post(reverse("training:drop_language", args=[course.pk, "fr"]))
    assert course.versions.get(published_at=None).languages == ["en", "it"]


def test_a_change_in_the_main_language_marks_the_others(version: Any, hr: Any, client_of: Any) -> None:
    client, course = client_of(hr), version.course
    url = reverse("training:edit", args=[course.pk])
    sent = typed(client, url)
    sent |= {"lesson_1_body": "A name is sweet music.", "question_0_text": "What really opens the door?"}
    assert client.post(url, sent).status_code == 302
    page = client.get(reverse("training:language", args=[course.pk, "it"])).content.decode()
    assert "2 texts changed since they were translated" in page and "lesson 2, question 1" in page
    assert course.versions.get(published_at=None).quiz_in("it")[0]["text"] == "Che cosa apre la porta?"
    client.post(
        reverse("training:language", args=[course.pk, "it"]),
        typed(client, reverse("training:language", args=[course.pk, "it"])),
    )
    assert "Italiano is complete" in client.get(reverse("training:language", args=[course.pk, "it"])).content.decode()


def test_lessons_taken_out_and_answers_turned_round_keep_their_translations(
    version: Any, hr: Any, client_of: Any
) -> None:
    client, course = client_of(hr), version.course
    url = reverse("training:edit", args=[course.pk])
    sent = typed(client, url)
    page = client.post(url, {**sent, "remove_lesson": "0"})
    sent = {bound.html_name: bound.value() for bound in page.context["form"] if bound.value() not in (None, "")}
    sent |= {"question_0_option_0": "A form", "question_0_option_1": "A greeting", "question_0_right": ["1"]}
    sent |= {"lesson_count": "2", "lesson_1_title": "New", "lesson_1_body": "New"}
    assert client.post(url, sent).status_code == 302
    draft = course.versions.get(published_at=None)
    first, second = draft.lessons.all()
    assert (first.key, first.text_in("it").title) == ("l02", "Usa il nome")
    assert (second.key, second.texts) == ("l03", {})
    said = draft.quiz_in("it")[0]
    assert (said["options"], said["right"]) == (["Un modulo", "Un saluto"], [1])


def test_publishing_never_resets_who_has_finished_or_begun(
    version: Any, hr: Any, employee: Any, client_of: Any
) -> None:
    done = Completion.objects.create(employee=employee, version=version, done_on=timezone.localdate())
    editions.translate(by=hr, course=version.course, language="fr", words={"name": "La salutation"})
    second = editions.publish_draft(by=hr, course=version.course)
    assert Completion.objects.get() == done and done.version == version != second
    page = client_of(employee).get(reverse("training:my_course", args=[version.course.pk])).content.decode()
    assert "(version 1)" in page


@pytest.mark.parametrize("code", ["en", "EN", "x" * 13, "../it"])
def test_no_language_no_page(version: Any, hr: Any, client_of: Any, code: str) -> None:
    assert client_of(hr).get(f"/courses/{version.course.pk}/languages/{code}/").status_code == 404


def test_a_picture_that_is_not_there_is_refused_in_every_language(version: Any, hr: Any, client_of: Any) -> None:
    url = reverse("training:language", args=[version.course.pk, "it"])
    client = client_of(hr)
    answer = client.post(url, {**typed(client, url), "lesson_l01_body": "Ecco\n\n![x](files/none.png)"})
    assert answer.status_code == 422 and "Line 3: files/none.png is not there." in answer.content.decode()
    edit = reverse("training:edit", args=[version.course.pk])
    answer = client.post(edit, {**typed(client, edit), "lesson_0_body": "![x](https://elsewhere.test/a.png)"})
    assert answer.status_code == 422 and "Pictures from elsewhere are not shown" in answer.content.decode()
    assert not version.course.versions.filter(published_at=None).exists()


def test_a_draft_is_thrown_away_and_what_is_published_stays(
    version: Any, hr: Any, client_of: Any, employee: Any
) -> None:
    url = reverse("training:discard", args=[version.course.pk])
    editions.translate(by=hr, course=version.course, language="fr", words={})
    assert client_of(employee).post(url).status_code == 403
    client_of(hr).post(url)
    assert list(version.course.versions.all()) == [version]
    page = client_of(hr).post(url, follow=True).content.decode()
    assert "There is no draft to throw away" in page
    fresh = editions.save_draft(by=hr, name="Only a draft", lessons=[("One", "Text")]).course
    assert client_of(hr).post(reverse("training:discard", args=[fresh.pk]))["Location"] == reverse("training:courses")
