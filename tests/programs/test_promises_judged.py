"""A promise made, asked about in the next wave, judged by those it was made to, and read by who may."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from culture.people import structure
from culture.people.models import Employee
from programs.planning import actions, judging
from surveys.answering import submitting
from surveys.answering.languages import LANGUAGES, words
from surveys.answering.models import InboxEnvelope
from surveys.results import kept, releasing, sealing, sharing
from surveys.results.models import CellGroup, Release
from surveys.waves import asked_promises, audience, keys, opening, running
from surveys.waves.asked_models import AskedPromise
from surveys.waves.models import Invitation, Wave
from tests.programs.promise_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.promise_fixtures import DUE, FAST, MADE, closed, judge, promise
from tests.surveys.answering_room import envelopes, state
from tests.surveys.results_world import LATER, NOW, open_wave

# -- the story -------------------------------------------------------------------------------------------------------


def test_from_the_promise_to_what_is_read_of_it(
    crowd: Any, hr: Any, manager: Any, employee: Any, client_of: Any
) -> None:
    mine = promise(crowd["sam"], crowd["Services"], crowd["Branch B"])
    small = promise(crowd["sam"], crowd["Services"], crowd["Branch C"], "Shelves are filled by eight")
    wave = open_wave(crowd).wave
    assert {row.promise: len(row.units) for row in AskedPromise.objects.all()} == {mine.pk: 1, small.pk: 1}
    asked = Invitation.objects.filter(wave=wave, promises=[mine.pk]).values_list("employee__unit", flat=True)
    assert set(asked) == {crowd["Branch B"].pk} and len(asked) == 25
    page = client_of(crowd["bea"]).get(reverse("planning:action", args=[mine.pk])).content.decode()
    assert "They are being asked until" in page
    judge(wave, [3] * 14 + [2] * 6 + [1] * 4, mine)
    judge(wave, [3] * 3, small)
    closed(wave)
    row, hidden = kept.judgements(hr, [mine.pk, small.pk]).values()
    assert (row.state, row.share, row.cell["n"], row.verdict) == ("shown", 58, 24, "kept")
    assert (hidden.state, dict(hidden.cell)) == ("hidden", {"shown": False, "why": "hidden for privacy"})
    assert dict(AskedPromise.objects.values_list("promise", "judged")) == {mine.pk: True, small.pk: False}
    address = reverse("planning:action", args=[mine.pk])
    for reader in (hr, crowd["sam"], crowd["bea"]):
        page = client_of(reader).get(address).content.decode()
        assert "58 % say it was kept" in page and "24 people judged it" in page
        assert "say 58 %" in client_of(reader).get(reverse("planning:actions")).content.decode()
    somebody = Employee.objects.filter(unit=crowd["Branch B"], manager=crowd["bea"]).first()
    page = client_of(somebody).get(address).content.decode()
    assert "58 %" not in page and "shown to those who see results" in page
    for outside in (manager, employee):  # of Branch A
        assert client_of(outside).get(address).status_code == 404
        assert kept.judgements(outside, [mine.pk])[mine.pk].state == "apart"
    assert client_of(None).get(address).status_code == 302


def test_what_is_shared_with_everybody_its_judges_read_and_others_not(crowd: Any, hr: Any, employee: Any) -> None:
    mine = promise(crowd["sam"], crowd["Services"], crowd["Branch B"])
    wave = open_wave(crowd).wave
    judge(wave, [3] * 9, mine)
    wave, day = closed(wave), timezone.localdate(LATER)
    judge_ = Employee.objects.filter(unit=crowd["Branch B"], manager=crowd["bea"]).first()
    assert kept.judgements(judge_, [mine.pk])[mine.pk].state == "apart"
    days: sharing.Dates = {"leaders": day, "managers": day, "employees": day}
    sharing.share(wave, on=days, employee_comments=False, tell=False, by=hr, today=day)
    assert kept.judgements(judge_, [mine.pk])[mine.pk].state == "shown"
    assert kept.judgements(employee, [mine.pk])[mine.pk].state == "apart"
    later: sharing.Dates = {"leaders": None, "managers": None, "employees": None}
    sharing.share(wave, on=later, employee_comments=False, tell=False, by=hr, today=day)
    sam = Employee.objects.get(pk=crowd["sam"].pk)
    assert kept.judgements(sam, [mine.pk])[mine.pk].state == "apart"


# -- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(crowd: Any) -> SimpleNamespace:
    """Somebody of Branch B before a wave that asks him about a long promise."""
    made = promise(crowd["sam"], crowd["Services"], crowd["Branch B"], "We call back " + "as soon as we can " * 16)
    wave = open_wave(crowd).wave
    wave.closes_on = timezone.localdate() + dt.timedelta(days=9)
    wave.save(update_fields=["closes_on"])
    invitation = Invitation.objects.filter(wave=wave, promises=[made.pk]).select_related("wave", "employee").first()
    return SimpleNamespace(promise=made, wave=wave, invitation=invitation, field=f"k.{made.pk}")


def link_of(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


def page_of(invitation: Invitation) -> Any:
    pages = submitting.pages_of(invitation.wave, invitation.providers, promises=invitation.promises)
    return next((page for page in pages if page.kind == "promises"), None)


def test_the_question_stands_after_the_departments_in_five_languages(asked: Any, client_of: Any) -> None:
    client, link, page = client_of(None), link_of(asked.invitation), page_of(asked.invitation)
    kinds = [
        one.kind
        for one in submitting.pages_of(asked.wave, asked.invitation.providers, promises=asked.invitation.promises)
    ]
    assert kinds.index("promises") == max(at for at, kind in enumerate(kinds) if kind == "provider") + 1
    for language in LANGUAGES:
        text = client.get(f"{link}{page.number}/?lang={language}").content.decode()
        w = words(language)
        for said in ("promise_was_kept", "promise_was_partly", "promise_was_not", "cannot_judge", "promises_lead"):
            assert w[said].replace("'", "&#x27;") in text, (language, said)
        assert asked.promise.what.strip() in text and "Branch B" in text and "Services" in text
        assert f'name="{asked.field}"' in text
    assert "20 febbraio 2026" in client.get(f"{link}{page.number}/?lang=it").content.decode()
    start = client.get(link).content.decode()
    assert "Whether a promise between departments was kept" in start


def test_it_is_answered_and_sealed_like_any_question(asked: Any, client_of: Any) -> None:
    client, link, page = client_of(None), link_of(asked.invitation), page_of(asked.invitation)
    where = f"{link}{page.number}/"
    assert client.post(where, {asked.field: "9"}).status_code == 400
    assert client.post(where, {"k.99999": "3"}).status_code == 400
    assert client.post(where, {asked.field: ["3", "none"]}).status_code == 400
    assert client.post(f"{link}1/", {asked.field: "3"}).status_code == 400
    assert client.post(where, {}).headers["Location"].endswith("?open#open")
    assert client.post(where, {asked.field: "2"}).status_code == 303
    assert 'value="2" checked' in " ".join(client.get(where).content.decode().split())
    for one in submitting.pages_of(asked.wave, asked.invitation.providers):
        given = {field.name: "4" for field in one.fields if not field.is_comment}
        assert client.post(f"{link}{one.number + (one.kind == 'end')}/", given).status_code == 303
    assert client.post(f"{link}check/").status_code == 303 and state(asked.invitation) == "answered"
    [sealed] = envelopes(asked.wave)
    assert sealed["promises"] == {str(asked.promise.pk): 2}


def test_ahead_and_offline_batches_know_it(asked: Any, client_of: Any) -> None:
    client, link = client_of(None), link_of(asked.invitation)
    interview = client.get(f"{link}ahead/").json()
    [page] = [one for one in interview["pages"] if one["group"].startswith("promises")]
    assert [one["name"] for one in page["fields"]] == [asked.field] and page["provider"] is None
    assert client.post(f"{link}answers/", {asked.field: "none"}).status_code == 204
    assert client.get(f"{link}ahead/").json()["answers"] == {asked.field: ["none"]}
    assert client.post(f"{link}answers/", {"k.1234567": "3"}).status_code == 400


def test_envelopes_of_a_wave_are_of_one_length_whoever_is_asked_what(asked: Any) -> None:
    rows = list(Invitation.objects.filter(wave=asked.wave).order_by("promises", "pk"))
    some = [rows[0], rows[-1]]
    assert [bool(row.promises) for row in some] == [False, True]
    submitting.submit_many(asked.wave, [(row.pk, {"promises": {str(p): 3 for p in row.promises}}) for row in some])
    assert len({len(bytes(row.sealed)) for row in InboxEnvelope.objects.filter(wave=asked.wave)}) == 1


def test_somebody_who_is_asked_nothing_cannot_answer_it(asked: Any) -> None:
    other = Invitation.objects.filter(wave=asked.wave, promises=[]).first()
    with pytest.raises(submitting.pages.BadAnswer):
        submitting.submit_many(asked.wave, [(other.pk, {"promises": {str(asked.promise.pk): 1}})])
    assert page_of(other) is None


# -- frozen, once, side by side --------------------------------------------------------------------------------------


def test_without_promises_a_wave_is_frozen_as_before(crowd: Any, hr: Any) -> None:
    promise(hr, crowd["Services"], crowd["Branch B"], due=dt.date(2026, 6, 1))  # not due yet
    dropped = promise(hr, crowd["Services"], crowd["Branch A"])
    actions.end(by=hr, action=dropped, done=False, outcome="Two left.", today=DUE)
    actions.plan(by=hr, plan=actions.Plan(crowd["Services"], "Our own plan", hr, DUE), today=MADE)
    promise(hr, crowd["Services"], crowd["Branch C"], due=dt.date(2024, 2, 1), made=dt.date(2024, 1, 1))  # forgotten
    wave = open_wave(crowd).wave
    assert "promises" not in wave.snapshot and not AskedPromise.objects.exists()
    assert not Invitation.objects.exclude(promises=[]).exists()
    first = Invitation.objects.filter(wave=wave).first()
    submitting.submit_many(wave, [(first.pk, {})])
    assert "promises" not in envelopes(wave)[0]
    closed(wave)
    wave.refresh_from_db()
    assert "verdicts" not in wave.snapshot["sealed"] and not CellGroup.objects.filter(family=kept.FAMILY).exists()


def test_what_was_frozen_is_what_was_asked_whatever_becomes_of_it(crowd: Any, hr: Any, client_of: Any) -> None:
    mine = promise(crowd["sam"], crowd["Services"], crowd["Branch B"])
    gone = promise(crowd["sam"], crowd["Services"], crowd["Branch A"], "Keys by nine")
    wave = open_wave(crowd).wave
    plan = actions.Plan(crowd["Services"], "Invoices within a week", hr, DUE, crowd["Branch B"])
    actions.change(by=hr, action=mine, plan=plan, today=NOW.date())
    actions.end(by=hr, action=gone, done=False, outcome="Not ours to promise", today=NOW.date())
    first = Invitation.objects.filter(wave=wave, promises=[mine.pk]).select_related("wave").first()
    assert FAST in page_of(first).fields[0].text["en"]
    judge(wave, [1] * 9, gone)
    judge(wave, [3] * 9, mine)
    closed(wave)
    page = client_of(hr).get(reverse("planning:action", args=[mine.pk])).content.decode()
    assert "It was asked as it stood then" in page and FAST in page and "Invoices within a week" in page
    page = client_of(hr).get(reverse("planning:action", args=[gone.pk])).content.decode()
    assert "say it was kept" in page and "dropped" in page and "Not ours to promise" in page


def test_what_was_shown_is_never_asked_again_what_was_hidden_once_more(crowd: Any, hr: Any) -> None:
    shown = promise(hr, crowd["Services"], crowd["Branch B"])
    hidden = promise(hr, crowd["Services"], crowd["Branch C"], "Shelves by eight")
    world = open_wave(crowd)
    assert asked_promises.waiting(NOW.date()) == []
    judge(world.wave, [3] * 6, shown)
    closed(world.wave)
    second = world.wave.series.waves.get(number=2)
    assert [one.id for one in asked_promises.waiting(second.opens_on)] == [hidden.pk]
    opening.open_wave(second, now=dt.datetime.combine(second.opens_on, dt.time(9), dt.UTC))
    assert AskedPromise.objects.filter(wave=second).values_list("promise", flat=True).get() == hidden.pk
    second.refresh_from_db()
    releasing.close_wave(second, now=dt.datetime.combine(second.closes_on, dt.time(9), dt.UTC))
    assert asked_promises.waiting(second.closes_on) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        AskedPromise.objects.filter(promise=shown.pk).update(judged=True)
        AskedPromise.objects.create(
            wave=second,
            promise=shown.pk,
            provider=1,
            customer=2,
            text={},
            due_on=DUE,
            units=[2],
            whole=True,
            judged=True,
        )


def test_a_cancelled_wave_asked_nothing(crowd: Any, hr: Any) -> None:
    mine = promise(hr, crowd["Services"], crowd["Branch B"])
    wave = open_wave(crowd).wave
    running.cancel(wave, by=hr, reason="Wrong questions")
    assert [one.id for one in asked_promises.waiting(NOW.date())] == [mine.pk]
    assert kept.judgements(hr, [mine.pk]) == {}


def test_nothing_of_a_single_judgement_is_left(crowd: Any, hr: Any) -> None:
    """Between sealing and release the counts of enough people; afterwards released cells alone."""
    few = promise(hr, crowd["Services"], crowd["Branch C"], "Shelves by eight")
    many = promise(hr, crowd["Services"], crowd["Branch B"])
    wave = open_wave(crowd).wave
    judge(wave, [1, 1, 1, None], few)
    judge(wave, [3, 3, 2, 2, 1, None], many)
    wave.refresh_from_db()
    releasing.refuse_answers(wave, now=LATER)
    sealing.seal(wave)
    wave.refresh_from_db()
    assert wave.snapshot["sealed"]["verdicts"] == {str(many.pk): [2, 2, 1]}
    with connection.cursor() as cursor:
        for table in ("surveys_sealedown", "surveys_sealedrating"):
            cursor.execute(f"SELECT answers FROM {table} WHERE wave_id = %s", [wave.pk])
            assert all(answer is None for (answers,) in cursor.fetchall() for answer in answers)
    closed(wave)
    wave.refresh_from_db()
    assert "verdicts" not in wave.snapshot["sealed"] and not Invitation.objects.filter(wave=wave).exists()
    cells = CellGroup.objects.filter(release=Release.objects.get(wave=wave), family=kept.FAMILY)
    assert {row.other: row.cells["kept"].get("n") for row in cells} == {few.pk: None, many.pk: "5–7"}
    assert "5–7" in json.dumps(cells.get(other=many.pk).cells, ensure_ascii=False)


def test_it_takes_its_minutes(crowd: Any, hr: Any) -> None:
    items = [{"kind": "agreement", "about": "own"}] * 8 + [{"kind": "agreement", "about": "provider"}]
    for n in range(5):
        promise(hr, crowd["Services"], crowd["Branch B"], f"Number {n}")
    assert asked_promises.expected(items, NOW.date()) == 3
    assert asked_promises.expected(items[:8], NOW.date()) == 0  # asks about no department
    series = SimpleNamespace(max_providers=3)
    assert audience.minutes_for(items, series, {}) == 1 and audience.minutes_for(items, series, {}, promises=3) == 2


def test_two_openings_at_once_ask_a_promise_once(crowd: Any, hr: Any) -> None:
    """Whoever writes second leaves it out."""
    mine = promise(hr, crowd["Services"], crowd["Branch B"])
    world = open_wave(crowd)
    other = Wave.objects.create(
        series=world.wave.series, number=9, opens_on=NOW.date(), closes_on=NOW.date(), state=Wave.State.SCHEDULED
    )
    [offer] = judging.due(NOW.date())
    late = asked_promises.Chosen(offer, frozenset({crowd["Branch B"].pk}), True)
    assert asked_promises.freeze(other, [late], [], NOW.date()) == []
    assert AskedPromise.objects.get().promise == mine.pk


def test_what_was_asked_of_a_merged_unit_bars_what_it_became(crowd: Any, hr: Any) -> None:
    """The same people judge a provider once in three months, whatever becomes of either."""
    day = dt.date(2026, 3, 1)
    wave = open_wave(crowd).wave
    for number, (by, to) in enumerate((("Services", "Branch A"), ("Branch A", "Branch C")), 1):
        AskedPromise.objects.create(
            wave=wave, promise=number, provider=crowd[by].pk, customer=crowd[to].pk, text={"en": "x"}, due_on=DUE,
            units=[crowd[to].pk], whole=True,
        )  # fmt: skip
    Wave.objects.filter(pk=wave.pk).update(opens_on=day - dt.timedelta(days=9))
    structure.merge(crowd["Branch A"], into=crowd["Branch B"], on=timezone.localdate(), by=hr)
    services, b, c = (crowd[name].pk for name in ("Services", "Branch B", "Branch C"))
    assert sorted(asked_promises._lately(day)) == sorted([(services, frozenset({b})), (b, frozenset({c}))])
