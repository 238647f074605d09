"""Answering at the same time: two submits, a submit while the wave closes, tabs and devices. Real threads and commits.

Nothing that was acknowledged is lost, and nothing is stored twice.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import drafts, frozen, submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.answering.submitting import Outcome
from surveys.instruments.models import Instrument
from surveys.results import releasing
from surveys.waves import keys, partitions
from surveys.waves.models import Invitation, Series, Wave

pytestmark = pytest.mark.django_db(transaction=True)
SCALE = {"kind": "agreement", "about": "own", "section": "", "options": {}}
ITEMS = [
    {**SCALE, "code": "W1", "dimension": "want", "text": {"en": "One"}},
    {**SCALE, "code": "W2", "dimension": "want", "text": {"en": "Two"}},
    {**SCALE, "code": "K1", "dimension": "know", "text": {"en": "Three"}},
    {**SCALE, "code": "comment", "kind": "comment", "dimension": "", "text": {"en": "Say"}, "required": False},
]
WHOLE = {"own.W1": "4", "own.W2": "3", "own.K1": "2"}


@pytest.fixture
def wave(manager: Employee, units: dict[str, Any]) -> Wave:
    """Twelve people of one branch."""
    today = timezone.localdate()
    instrument = Instrument.objects.create(key="raced", name={"en": "Raced"})
    series = Series.objects.create(name="Races", instrument=instrument, first_opens_on=today)
    branch = units["Branch A"].pk
    wave = Wave.objects.create(
        series=series,
        number=1,
        state=Wave.State.OPEN,
        opens_on=today - dt.timedelta(days=1),
        closes_on=today + dt.timedelta(days=13),
        rules={"k": 5, "band_to": 7, "distribution_from": 20, "comment_home": 10, "score_detail_from": 8},
        snapshot={
            "items": ITEMS,
            "units": [{"id": branch, "name": "Branch A", "parent": None, "block": branch}],
            "blocks": [{"id": branch, "name": "Branch A", "units": [branch], "parent": None, "invited": 12}],
        },
    )
    wave.public_key = keys.create(wave.pk)
    wave.save()
    partitions.create(partitions.INBOX, wave.pk)
    people = Employee.objects.filter(unit=units["Branch A"])
    Invitation.objects.bulk_create(Invitation(wave=wave, employee=one, block=branch) for one in people)
    return wave


@pytest.fixture
def invitation(wave: Wave) -> Invitation:
    found = Invitation.objects.filter(wave=wave).order_by("pk").first()
    assert found is not None
    return found


@pytest.fixture
def link(invitation: Invitation) -> str:
    return path_of(invitation)


def path_of(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """The results of all, begun together, each on a connection of its own."""
    gate = threading.Barrier(len(works))

    def begin(work: Callable[[], Any]) -> Any:
        gate.wait(20)
        return apart(work)

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(60) for one in [pool.submit(begin, work) for work in works]]


def apart(work: Callable[[], Any]) -> Any:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")  # a test that fails ends
        return work()
    finally:
        connections.close_all()


@contextmanager
def under_way(work: Callable[[], Any]) -> Iterator[Future]:
    """``work`` begins in another thread and is seen waiting for a lock of ours."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(apart, work)
        deadline = time.monotonic() + 20
        while not waiting_for_us():
            assert not future.done(), f"it did not wait: {future.result()!r}"
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)
        yield future


def waiting_for_us() -> bool:
    with connection.cursor() as cursor:  # pg_stat_activity stands still within a transaction
        ours = "pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {ours}")
        return bool(cursor.fetchone()[0])


def fill(link: str, **answers: str) -> None:
    """The three pages and the comment, as a browser without script saves them."""
    client = Client()
    for number, names in ((1, ("own.W1", "own.W2")), (2, ("own.K1",)), (3, ("c.comment",))):
        page = {name: {**WHOLE, "c.comment": "", **answers}[name] for name in names}
        assert client.post(f"{link}{number}/", page).status_code == 303


def send(link: str) -> int:
    """The status of the answer; 303 only to the thanks."""
    got = Client().post(f"{link}check/")
    assert got.status_code != 303 or "/thanks/" in got["Location"], got["Location"]
    return got.status_code


def envelopes(wave: Wave) -> list[dict[str, Any]]:
    box = SealedBox(keys.private_key(wave.pk))
    return [json.loads(box.decrypt(bytes(row.sealed))) for row in InboxEnvelope.objects.filter(wave=wave)]


def held_at_closing(wave: Wave) -> int:
    wave.refresh_from_db()
    return sum(n for _block, n in wave.snapshot["sealed"]["respondents"])


# -- the same twice --------------------------------------------------------------------------------------------------


def test_the_same_submit_eight_times_at_once_is_stored_once(wave: Wave, invitation: Invitation, link: str) -> None:
    fill(link)
    answers = at_once(*[lambda: send(link)] * 8)
    # One is thanked, the others are told that it was sent before: nobody sees an error.
    assert sorted(answers) == [200] * 7 + [303]
    assert len(envelopes(wave)) == 1
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"
    assert not Draft.objects.exists()


def test_link_and_visits_at_once_are_one_interview(wave: Wave, invitation: Invitation, link: str) -> None:
    """A code and a tablet carry drafts of their own, but one invitation is answered once."""
    doors = [link, *(f"/s/{keys.visit_token(wave.pk, invitation.pk)}/" for _ in range(3))]
    for number, one in enumerate(doors):
        fill(one, **{"c.comment": f"by door {number}"})
    assert at_once(*[lambda one=one: send(one) for one in doors]).count(500) == 0
    (envelope,) = envelopes(wave)
    assert envelope["comment"]["comment"].startswith("by door")


def test_sending_and_declining_at_once_end_in_one_of_the_two(wave: Wave, invitation: Invitation, link: str) -> None:
    for _ in range(6):
        fill(link)
        at_once(lambda: send_or_start(link), lambda: Client().post(link, {"go": "decline"}).status_code)
        state, stored = Invitation.objects.get(pk=invitation.pk).state, len(envelopes(wave))
        assert (state, stored) in {("answered", 1), ("declined", 0)}
        Invitation.objects.filter(pk=invitation.pk).update(state="asked")
        InboxEnvelope.objects.filter(wave_id=wave.pk).delete()


def send_or_start(link: str) -> str:
    return Client().post(f"{link}check/").get("Location", "")


# -- while the wave closes -------------------------------------------------------------------------------------------


def test_closing_waits_for_a_submit_under_way(wave: Wave, invitation: Invitation) -> None:
    token = keys.link_token(wave.pk, invitation.pk)
    with transaction.atomic():
        assert submitting.submit(token=token, answers=nested(), now=timezone.now()) is Outcome.SENT
        with under_way(lambda: releasing.refuse_answers(Wave.objects.get(pk=wave.pk), now=timezone.now())) as closing:
            commit_now()
            assert closing.result(20) is True
    releasing.seal(Wave.objects.get(pk=wave.pk))
    assert held_at_closing(wave) == 1


def commit_now() -> None:
    """Commit the outer transaction of a test's block, and begin another in its place."""
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")
        cursor.execute("BEGIN")


def nested(**own: int) -> dict[str, Any]:
    return {"own": {"W1": 4, "W2": 4, "K1": 4, **own}, "providers": {}, "comment": {}}


def test_a_submit_that_comes_too_late_is_refused_and_stores_nothing(wave: Wave, link: str) -> None:
    fill(link)
    with transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
        with under_way(lambda: send(link)) as late:
            commit_now()
            assert late.result(20) == 410
    assert not InboxEnvelope.objects.filter(wave_id=wave.pk).exists()


def test_everything_acknowledged_while_closing_is_sealed(wave: Wave) -> None:
    links = [path_of(one) for one in Invitation.objects.filter(wave=wave)]
    for link in links:
        fill(link)

    def close() -> None:
        time.sleep(0.05)
        releasing.refuse_answers(Wave.objects.get(pk=wave.pk), now=timezone.now())
        releasing.seal(Wave.objects.get(pk=wave.pk))

    *answers, _ = at_once(*[lambda link=link: send(link) for link in links], close)
    assert set(answers) <= {303, 410}
    assert held_at_closing(wave) == answers.count(303)


# -- tabs and devices ------------------------------------------------------------------------------------------------


def test_a_save_after_the_submit_leaves_no_draft(wave: Wave, invitation: Invitation, link: str) -> None:
    token = keys.link_token(wave.pk, invitation.pk)
    autosave = lambda: Client().post(f"{link}1/", {"own.W1": "1"}, headers={"X-Autosave": "1"})  # noqa: E731
    with transaction.atomic():
        submitting.submit(token=token, answers=nested(), now=timezone.now())
        with under_way(autosave) as late:
            commit_now()
            answer = late.result(20)
    assert answer.status_code == 409
    assert "sent" in answer.json()["message"]
    assert not Draft.objects.exists()
    assert envelopes(wave)[0]["own"]["W1"] == 4


def test_an_answer_saved_while_somebody_sends_is_in_the_envelope(wave: Wave, invitation: Invitation, link: str) -> None:
    """The other tab's save was acknowledged before the sending got its turn."""
    fill(link)
    with transaction.atomic():
        drafts.save(
            token=keys.link_token(wave.pk, invitation.pk),
            wave_id=wave.pk,
            invitation_id=invitation.pk,
            answers={"own.W1": 1, "c.comment": "typed at the last moment"},
        )
        with under_way(lambda: send(link)) as sending:
            commit_now()
            assert sending.result(20) == 303
    (envelope,) = envelopes(wave)
    assert envelope["own"]["W1"] == 1
    assert envelope["comment"] == {"comment": "typed at the last moment"}


def test_tabs_that_save_at_once_keep_each_others_answers(wave: Wave, invitation: Invitation, link: str) -> None:
    saves = [(1, {"own.W1": "1"}), (1, {"own.W2": "2"}), (2, {"own.K1": "3"}), (3, {"c.comment": "said"})]
    for _ in range(3):
        Draft.objects.all().delete()
        works = [
            lambda n=number, one=answer: Client().post(f"{link}{n}/", one, headers={"X-Autosave": "1"}).status_code
            for number, answer in saves
        ]
        assert at_once(*works) == [204] * 4
        saved = drafts.load(keys.link_token(wave.pk, invitation.pk))
        assert saved.answers == {"own.W1": 1, "own.W2": 2, "own.K1": 3, "c.comment": "said"}
    assert Draft.objects.get().version == 4


def test_of_one_question_the_later_answer_stands(wave: Wave, invitation: Invitation, link: str) -> None:
    token, saved = keys.link_token(wave.pk, invitation.pk), {"wave_id": wave.pk, "invitation_id": invitation.pk}
    with transaction.atomic():
        drafts.save(token=token, answers={"own.W1": 1}, **saved)
        with under_way(lambda: Client().post(f"{link}1/", {"own.W1": "5"}).status_code) as later:
            commit_now()
            assert later.result(20) == 303
    assert drafts.load(token).answers == {"own.W1": 5}


def test_an_old_tab_does_not_undo_what_was_answered_on_the_phone(wave: Wave, invitation: Invitation, link: str) -> None:
    fill(link, **{"own.W1": "2"})
    old = {page: Client().get(f"{link}{page}/").content.decode() for page in (1, 3)}
    phone = Client()
    phone.post(f"{link}1/", {"own.W1": "5", "own.W2": "3"})
    phone.post(f"{link}3/", {"c.comment": "typed on the phone"})
    # Back at the old tab: only the second question is answered anew, and the page of the comment is just left.
    tab = Client()
    assert tab.post(f"{link}1/", {"shown": hidden(old[1]), "own.W1": "2", "own.W2": "1"}).status_code == 303
    assert tab.post(f"{link}3/", {"shown": hidden(old[3]), "c.comment": ""}).status_code == 303
    saved = drafts.load(keys.link_token(wave.pk, invitation.pk)).answers
    assert saved == {"own.W1": 5, "own.W2": 1, "own.K1": 2, "c.comment": "typed on the phone"}


def test_who_empties_a_comment_empties_it(wave: Wave, invitation: Invitation, link: str) -> None:
    fill(link, **{"c.comment": "not this"})
    shown = hidden(Client().get(f"{link}3/").content.decode())
    Client().post(f"{link}3/", {"shown": shown, "c.comment": ""})
    assert "c.comment" not in drafts.load(keys.link_token(wave.pk, invitation.pk)).answers


def hidden(page: str) -> str:
    return page.partition('name="shown" value="')[2].partition('"')[0]


# -- what a process keeps --------------------------------------------------------------------------------------------


def test_a_wave_closed_by_another_process_is_never_taken_for_open(wave: Wave, link: str) -> None:
    client = Client()
    assert client.get(link).status_code == 200
    at_once(lambda: Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED))
    assert client.get(link).status_code == client.post(f"{link}1/", {"own.W1": "1"}).status_code == 410


def test_a_changed_name_is_seen_at_once(wave: Wave, link: str) -> None:
    client = Client()
    client.get(link)
    Series.objects.filter(pk=wave.series_id).update(name="Renamed")
    assert "Renamed" in client.get(link).content.decode()


def test_kept_waves_and_what_is_made_of_them_are_bounded(wave: Wave, invitation: Invitation) -> None:
    frozen.forget()
    found = frozen.invitation(wave.pk, invitation.pk)
    assert found is not None
    for n in range(3 * frozen.MOST_MADE):
        submitting.pages_of(found.wave, [], added=[10**6 + n])
    assert len(found.wave.__dict__["_made"]) <= frozen.MOST_MADE
    for n in range(2 * frozen.MOST_WAVES):
        frozen._waves[-n] = ("", wave)
    Series.objects.filter(pk=wave.series_id).update(name="Another version")
    frozen.invitation(wave.pk, invitation.pk)
    assert len(frozen._waves) <= frozen.MOST_WAVES
    frozen.forget()
