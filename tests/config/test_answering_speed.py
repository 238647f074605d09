"""The bench and the drill of answering: what they count, that the drill notices a loss, a small one for real."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config import answering_load, bench_answering, drill_answering, proof
from config.answering_load import form_of
from config.answering_world import links, one_page_wave, open_wave
from config.bench_answering import Inside
from config.drill_answering import Drill, Person
from surveys.answering.languages import words
from surveys.answering.questions import Choice, Group, Question
from surveys.templatetags import asked
from surveys.waves.models import Wave
from tests import template

# At most, of each step of an interview, whatever was answered and however large the organisation is.
FOUR_PAGES = {"open": 2, "page": 2, "save": 5, "check": 2, "submit": 6, "thanks": 7}
ONE_PAGE = {"page": 2, "submit": 7}


@pytest.mark.django_db
@pytest.mark.parametrize("people", [10, 120])
def test_every_request_of_an_interview_takes_the_same_few_queries(people: int) -> None:
    wave = open_wave(people)
    other = one_page_wave(wave)
    for name, paths, expected in (
        ("four", links(wave), FOUR_PAGES),
        ("one", [f"{link}1/" for link in links(other)], ONE_PAGE),
    ):
        bench_answering.queries(name, paths[0])  # what the wave froze is read once per process
        assert bench_answering.queries(name, paths[1]) == expected


def test_forms_are_read_as_a_browser_reads_them() -> None:
    page = """<form action="?x"><button class="button">No</button></form>
    <form method="post" action="."><input type="hidden" name="carried" value="&lt;1&gt;">
    <input type="radio" name="own.W1" value="1"><input type="radio" name="own.W1" value="2" checked>
    <textarea name="c.comment">
said &amp; done</textarea><button class="button button-primary" name="go" value="next">Next</button>
    <button class="button" name="go" value="back">Back</button></form>"""
    form = form_of(page)
    assert form is not None
    assert (form.action, form.fixed, form.button) == (".", [("carried", "<1>")], ("go", "next"))
    assert dict(form.choices) == {"own.W1": ["1", "2"]}
    assert form.chosen == {"own.W1": "2", "c.comment": "said & done"}
    sent = dict(form.filled(random.Random(1), "new"))
    assert sent["c.comment"] == "new" and sent["go"] == "next" and sent["own.W1"] in {"1", "2"}


# -- the drill's verdict ---------------------------------------------------------------------------------------------


@pytest.fixture
def wave(db: None) -> Wave:
    return open_wave(10)


@pytest.fixture
def drill(wave: Wave) -> Drill:
    """Three who were told that it is sent, and one who left after a page."""
    found = Drill(0, [], 0.0)
    for n, link in enumerate(links(wave)[:4]):
        person = Person(link, f"mark {n}")
        visitor, path = Inside(), link
        while path and len(person.pages) < (1 if n == 3 else 99):
            path = found.walk(person, visitor, path, random.Random(n))
        person.left = n == 3
        found.begun.append(person)
    return found


def verdict(wave: Wave, drill: Drill) -> dict[str, Any]:
    return drill_answering._counts(wave, drill, Counter(web=1))


def test_the_drill_holds_when_everything_is_there(wave: Wave, drill: Drill) -> None:
    counts = verdict(wave, drill)
    assert counts["held"], counts
    assert (counts["done"], counts["envelopes"], counts["drafts_left"], counts["drafts_there"]) == (3, 3, 1, 1)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("DELETE FROM surveys_inboxenvelope WHERE id = (SELECT id FROM surveys_inboxenvelope LIMIT 1)", "lost"),
        (
            "INSERT INTO surveys_inboxenvelope SELECT wave_id, gen_random_uuid(), sealed FROM surveys_inboxenvelope"
            " LIMIT 1",
            "repeated",
        ),
        ("UPDATE surveys_inboxenvelope SET sealed = 'torn'", "unreadable"),
        ("DELETE FROM surveys_draft", ""),
    ],
)
def test_the_drill_notices(wave: Wave, drill: Drill, harm: str, told: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(harm)
    counts = verdict(wave, drill)
    assert not counts["held"]
    assert not told or counts[told] == (3 if told == "unreadable" else 1)


def test_the_drill_notices_another_answer_than_was_acknowledged(wave: Wave, drill: Drill) -> None:
    name = next(name for name in drill.begun[0].kept if name.startswith("own."))
    drill.begun[0].kept[name] = "none" if drill.begun[0].kept[name] != "none" else "1"
    assert (verdict(wave, drill)["altered"], verdict(wave, drill)["held"]) == (1, False)


def test_the_drill_notices_a_page_that_forgot(wave: Wave, drill: Drill) -> None:
    left = drill.begun[3]
    (page,) = left.pages
    drill.look(left, Inside(), page)
    assert not left.wrong
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM surveys_draft")
    drill.look(left, Inside(), page)
    assert left.wrong and not verdict(wave, drill)["held"]


@pytest.mark.slow
def test_nothing_is_lost_while_everything_is_killed() -> None:
    """A drill in little, on services of its own: a few seconds of kills."""
    command = [sys.executable, "manage.py", "drill", "answering", "--size", "80", "--seconds", "8"]
    with proof.temporary_folder() as folder, template.services(folder) as services:
        # As `drill` runs itself apart, but on a database that is migrated already.
        environment = {**os.environ, **services, "TRIVIUM_APART": "1"}
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=420
        )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert told, done.stderr[-2000:]
    assert done.returncode == 0, told
    assert told[0]["held"] and told[0]["lost"] == 0 and told[0]["kills"] > 0


# -- what is kept of questions ---------------------------------------------------------------------------------------


def question(chosen: str = "", **more: Any) -> Question:
    choices = [Choice(str(n), f"Label {n}", str(n) == chosen) for n in (1, 2, 3)]
    shown = {"name": "own.W1", "text": "One?", "help": "", "look": "list", "optional": False, "open": False}
    return Question(**{**shown, "groups": [Group("own.W1", choices)], **more})


def test_a_kept_question_looks_as_a_fresh_one() -> None:
    asked.forget()
    page = {"w": words("en"), "language": "en"}
    for _ in range(2):  # the second time from what is kept
        for q in (question(), question("2"), question("3", open=True), question(optional=True), question(text="<b>")):
            assert asked.asked(page, q) == asked._render(page, q)
    assert asked.kept()["questions"] == 5
    assert 'value="2" checked' in asked.asked(page, question("2"))
    assert "&lt;b&gt;" in asked.asked(page, question(text="<b>"))


def test_what_somebody_typed_is_never_kept() -> None:
    asked.forget()
    page = {"w": words("en"), "language": "en", "error_field": "own.W1"}
    asked.asked(page, question(name="c.comment", look="comment", groups=[], value="typed"))
    asked.asked(page, question(name="own.n", look="number", groups=[], value="123"))
    asked.asked(page, question("2"))
    assert asked.kept() == {"questions": 0, "bytes": 0}


def test_waves_of_the_bench_are_on_four_pages_and_on_one(wave: Wave) -> None:
    steps = [step for step, _ in answering_load.interview(Inside(), links(wave)[5], random.Random(2))]
    assert steps == ["open", *["page", "save"] * 4, "check", "submit", "thanks"]
    short = answering_load.short_interview(Inside(), f"{links(one_page_wave(wave))[5]}1/", random.Random(2))
    assert [step for step, _ in short] == ["page", "submit"]
    wave.refresh_from_db()
    assert wave.closes_on >= timezone.localdate()
