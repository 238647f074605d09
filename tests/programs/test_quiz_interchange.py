"""Quizzes travel: GIFT and Moodle XML read as meant, broken questions named, nothing lost on the way."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.training import questions
from programs.training.interchange import gift, moodle

GIFT = """\
// a file as trainers write them
$CATEGORY: service

::Grant::Who is buried in Grant's tomb in New York City? {
=Grant#Right.
~No one#Was true for 12 years.
~Napoleon
####He lies there with his wife.
}

What two people are entombed in Grant's tomb? {~%-100%No one ~%50%Grant ~%50%Grant's wife ~%-100%Grant's father}

The sun rises in the East.{T}

Grant is {~buried =entombed ~living} in Grant's tomb.

When was Ulysses S. Grant born?{#1822:5}

What is pi, to three decimals? {#3.141..3.142}

// [kind:scenario]
A guest shouts at the desk. \\{seriously\\} {
=Listen first#He calms down.
~Shout back#He leaves, and tells nine others.
}

Put the steps in order. {>3 none
Attitude
Trust
Action
}
"""


def test_gift_reads_every_kind() -> None:
    read = gift.read(GIFT)
    assert [str(problem) for problem in read.problems] == []
    grant, two, sun, missing, born, pi, guest, steps = read.questions
    assert (grant["kind"], grant["options"], grant["right"]) == ("one", ["Grant", "No one", "Napoleon"], [0])
    assert grant["reasons"] == ["Right.", "Was true for 12 years.", ""]
    assert grant["why"] == "He lies there with his wife."
    assert (two["kind"], two["right"]) == ("several", [1, 2])
    assert (sun["options"], sun["right"]) == (["True", "False"], [0])
    assert missing["text"] == "Grant is _____ in Grant's tomb."
    assert (born["answer"], born["tolerance"]) == ("1822", "5")
    assert (Decimal(pi["answer"]), Decimal(pi["tolerance"])) == (Decimal("3.1415"), Decimal("0.0005"))
    assert (guest["kind"], guest["text"]) == ("scenario", "A guest shouts at the desk. {seriously}")
    assert (steps["kind"], steps["options"]) == ("order", ["Attitude", "Trust", "Action"])


BROKEN = [
    ("No braces here.", "no answers"),
    ("Two {=a ~b} and {=c ~d}", "do not match"),
    ("Never closed {=a ~b", "do not match"),
    ("An essay {}", "essay"),
    ("Capitals {=Italy -> Rome =France -> Paris}", "Matching"),
    ("Say it {=yes =Yes}", "Typed words"),
    ("Half {=a ~%50%b ~c}", "Half-right"),
    ("Only wrong {~a ~b}", "right"),
    ("All right {~%50%a ~%50%b}", "Every answer"),
    ("Same {=a ~A}", "same"),
    ("One only {=a ~}", "empty"),
    ("When {#soon}", "number"),
    ("Range {#9..1}", "range"),
    ("{=a ~b}", "Write the question"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN)
def test_a_broken_question_is_named_with_its_line_and_the_others_are_kept(text: str, said: str) -> None:
    read = gift.read(f"Good? {{=a ~b}}\n\n// remark\n{text}\n\nAlso good? {{=c ~d}}\n")
    assert [question["text"] for question in read.questions] == ["Good?", "Also good?"]
    (problem,) = read.problems
    assert problem.line == 4
    assert re.search(said, problem.reason), problem.reason


MOODLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>x</text></category></question>
  <question type="multichoice">
    <name><text>a</text></name>
    <questiontext format="html"><text><![CDATA[<p>Who <b>serves</b>?</p><p>Think &amp; do.</p>]]></text></questiontext>
    <single>true</single>
    <answer fraction="100" format="html"><text>Everybody</text><feedback><text>Yes</text></feedback></answer>
    <answer fraction="0" format="html"><text>Nobody</text></answer>
  </question>
  <question type="essay"><questiontext><text>Tell</text></questiontext></question>
  <question type="truefalse">
    <questiontext><text>The customer waits gladly.</text></questiontext>
    <answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer>
  </question>
  <question type="numerical">
    <questiontext><text>How many sins?</text></questiontext>
    <answer fraction="100"><text>7</text><tolerance>0</tolerance></answer>
  </question>
  <question type="multichoice">
    <questiontext format="html"><text><![CDATA[<img src="@@PLUGINFILE@@/a.png">]]></text></questiontext>
    <answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>
  </question>
</quiz>
"""


def test_moodle_xml_is_read_and_what_cannot_be_is_named() -> None:
    read = moodle.read(MOODLE)
    assert [question["text"] for question in read.questions] == [
        "Who serves?\nThink & do.",
        "The customer waits gladly.",
        "How many sins?",
    ]
    assert read.questions[0]["reasons"] == ["Yes", ""]
    assert read.questions[1]["right"] == [1]
    assert [(problem.line, problem.question) for problem in read.problems] == [(11, "Tell"), (20, "")]
    assert "essay" in read.problems[0].reason and "picture" in read.problems[1].reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<quiz><question></quiz>", "well-formed"),
        ("not xml", "well-formed"),
        ("<html></html>", "no Moodle quiz"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "entities"),
    ],
)
def test_a_file_that_is_no_quiz_says_so(text: str, said: str) -> None:
    read = moodle.read(text)
    assert not read.questions
    assert said in read.problems[0].reason


words = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn"), whitelist_characters=" \n"), max_size=30
).filter(lambda text: text == text.strip() and "\n\n" not in text)
told = words.filter(bool)
options = st.lists(told, min_size=2, max_size=5, unique_by=lambda text: text.strip().casefold())
numbers = st.decimals(-9999, 9999, places=2).map(lambda value: f"{value:f}")


@st.composite
def question(draw: st.DrawFn) -> dict:
    kind = draw(st.sampled_from(list(questions.Kind)))
    made: dict = {"kind": kind.value, "text": draw(told), "why": draw(words)}
    if kind == questions.Kind.NUMBER:
        tolerance = draw(st.decimals(0, 10, places=1))
        unit = draw(st.sampled_from(["", "%", "days"]))
        return questions.clean(made | {"answer": draw(numbers), "tolerance": f"{tolerance:f}", "unit": unit})
    made["options"] = draw(options)
    count = len(made["options"])
    if kind == questions.Kind.SEVERAL:
        made["right"] = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=count - 1, unique=True))
    else:
        made["right"] = [draw(st.integers(0, count - 1))]
    if kind == questions.Kind.SCENARIO:
        made["reasons"] = draw(st.lists(told, min_size=count, max_size=count))
    elif kind != questions.Kind.ORDER:
        made["reasons"] = draw(st.lists(words, min_size=count, max_size=count))
    return questions.clean(made)


@pytest.mark.parametrize("form", [gift, moodle])
@given(quiz=st.lists(question(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back_the_same(form: object, quiz: list[dict]) -> None:
    read = form.read(form.write(quiz))  # type: ignore[attr-defined]
    assert [str(problem) for problem in read.problems] == []
    assert read.questions == quiz
