"""Teams proposed to HR for what came of their work: from released, shared cells only, and never by itself."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.people import structure
from culture.people.models import Employee, Unit
from programs.planning import actions
from programs.recognition import outcomes
from programs.recognition.award_models import FeedPost
from programs.recognition.milestone_models import TeamProposal
from programs.recognition.models import LedgerEntry
from surveys.instruments.loading import load_library
from surveys.results.models import CellGroup, Release
from surveys.results.sharing_models import Sharing
from surveys.waves import series
from surveys.waves.models import Wave

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
State = TeamProposal.State
ROSE = {"shown": True, "index": 64, "low": 60, "high": 68, "n": 24, "change": {"delta": 9, "low": 4, "high": 14}}


def cell(word: str = "rose", **more: Any) -> dict[str, Any]:
    return {**ROSE, "change": {**ROSE["change"], "word": word}, **more}


@pytest.fixture
def released(hr: Employee, units: dict[str, Unit]) -> Any:
    """``released(wave number, {unit: cells}, shared)``: a wave with exactly these released cells."""
    load_catalogue()
    today = timezone.localdate()
    made = series.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=today + DAY,
        every_months=3,
        occurrences=3,
        open_days=14,
        reminder_days=(),
    )

    def snapshot(blocks: Any) -> dict[str, Any]:
        """The units as they are now; ``blocks``: of which units, where that is not each leaf alone."""
        here = list(Unit.objects.open())
        leaves = [[one.name] for one in here if not any(other.parent_id == one.pk for other in here)]
        by_name = {one.name: one.pk for one in here}
        asked = [[by_name[name] for name in names] for names in (blocks or leaves)]
        return {
            "units": [{"id": one.pk, "name": one.name, "parent": one.parent_id} for one in here],
            "blocks": [{"id": ids[0], "name": "", "units": ids} for ids in asked],
            "items": [],
            "cuts": [],
        }

    def make(
        number: int, cells: dict[str, dict[str, Any]], *, shared: bool = True, names: Any = None, blocks: Any = None
    ) -> Wave:
        wave = made.waves.get(number=number)
        back = (3 - number) * 90 + 20
        Wave.objects.filter(pk=wave.pk).update(
            state=Wave.State.RELEASED,
            released_at=timezone.localtime() - dt.timedelta(days=back - 5),
            opens_on=today - (back + 14) * DAY,
            closes_on=today - back * DAY,
            opened_at=timezone.now(),
            snapshot=snapshot(blocks),
        )
        on = today - DAY if shared else today + 30 * DAY
        Sharing.objects.create(wave=wave, leaders_on=on, managers_on=None, employees_on=None)
        correct(wave, cells, names)
        return Wave.objects.get(pk=wave.pk)

    def correct(wave: Wave, cells: dict[str, dict[str, Any]], names: Any = None) -> None:
        """Another release of the wave takes the place of the one before."""
        Release.objects.filter(wave=wave).update(replaced_at=timezone.now())
        number = Release.objects.filter(wave=wave).count() + 1
        why = "A mistake" if number > 1 else ""
        release = Release.objects.create(wave=wave, number=number, why=why, rules={}, rules_hash="x", at=timezone.now())
        top = units["Meridian"].pk
        CellGroup.objects.create(release=release, family="tree", unit=top, name="Meridian", cells={})
        for name, found in cells.items():
            CellGroup.objects.create(
                release=release,
                family="tree",
                unit=units[name].pk,
                name=(names or {}).get(name, name),
                parent=top,
                depth=1,
                cells=found,
            )

    make.correct = correct  # type: ignore[attr-defined]
    return make


def look() -> int:
    return outcomes.look(now=timezone.now())


def test_only_a_shown_cell_that_rose_proposes_and_the_evidence_is_the_released_one(released: Any, units: Any) -> None:
    released(2, {"Branch A": {"barrier": {"shares": {"want": 20, "know": 30, "can": 40}}}})
    released(
        3,
        {
            "Branch A": {"want": cell("no clear change"), "know": cell(), "barrier": {"shares": {"know": 12}}},
            "Branch B": {"want": cell("no clear change"), "know": cell("fell"), "can": {"shown": False}},
            "Retail": {"want": {**cell(), "shown": False}, "can": {"shown": False, "why": "PLANTED"}},
            "Services": {"want": cell("too few to tell"), "talk": cell()},
        },
    )
    assert look() == 1 and look() == 0
    found = TeamProposal.objects.get()
    assert found.unit == units["Branch A"] and [one["key"] for one in found.evidence["rose"]] == ["know"]
    assert found.evidence["rose"][0]["change"] == {"delta": 9, "low": 4, "high": 14}
    assert found.evidence["barrier"] == {"know": 12} and "PLANTED" not in str(found.evidence)


def test_not_before_leaders_see_it_nor_for_a_merged_block(released: Any) -> None:
    wave = released(3, {"Branch A": {"want": cell()}}, shared=False)
    assert look() == 0
    Sharing.objects.filter(wave=wave).update(leaders_on=timezone.localdate())
    assert look() == 1
    released(2, {"Branch B": {"want": cell()}})
    assert look() == 0  # an older wave tells nothing new


def test_small_units_told_together_are_no_team(released: Any) -> None:
    both = [["Branch A", "Services"], ["Branch B"]]
    released(3, {"Branch A": {"want": cell()}}, names={"Branch A": "Branch A + Services"}, blocks=both)
    assert look() == 0


def test_a_renamed_unit_is_still_the_team(released: Any, units: Any, hr: Any) -> None:
    released(3, {"Branch A": {"want": cell()}})
    structure.rename(unit=units["Branch A"], name="Branch North", on=timezone.localdate(), by=hr)
    assert look() == 1 and TeamProposal.objects.get().unit.name == "Branch North"


def score(index: int, half: int = 3, **more: Any) -> dict[str, Any]:
    return {"shown": True, "index": index, "low": index - half, "high": index + half, "n": 24, **more}


@pytest.mark.parametrize(("branch_b", "proposed"), [(50, 1), (80, 0), (None, 0)])
def test_merged_units_are_compared_with_what_they_were(
    released: Any, units: Any, hr: Any, client_of: Any, branch_b: int | None, proposed: int
) -> None:
    """The merged team rose as a whole, or not, or (hidden before) nobody knows."""
    before = score(branch_b) if branch_b else {"shown": False}
    released(2, {"Branch A": {"want": score(50)}, "Branch B": {"want": before}})
    structure.merge(unit=units["Branch B"], into=units["Branch A"], on=timezone.localdate(), by=hr)
    # The word of the release compares Branch A with Branch A alone: it does not count.
    released(3, {"Branch A": {"want": score(66, change={"delta": 16, "low": 12, "high": 20, "word": "rose"})}})
    assert look() == proposed
    if proposed:
        found = TeamProposal.objects.get()
        rose = found.evidence["rose"][0]
        assert found.unit == units["Branch A"] and rose["change"]["delta"] == 16
        assert sorted(rose["composed"]) == sorted([units["Branch A"].pk, units["Branch B"].pk])
        assert "put together from the released scores" in client_of(hr).get("/awards/manage/teams/").content.decode()


def test_units_merged_after_the_wave_are_put_together(released: Any, units: Any, hr: Any) -> None:
    released(2, {"Services": {"can": score(50)}, "Branch B": {"can": score(50)}})
    released(3, {"Services": {"can": score(62)}, "Branch B": {"can": score(64)}})
    assert look() == 0, "alone, no word was decided for either"
    structure.merge(unit=units["Branch B"], into=units["Services"], on=timezone.localdate(), by=hr)
    assert look() == 1
    found = TeamProposal.objects.get()
    assert found.unit == units["Services"] and found.evidence["rose"][0]["index"] == 63


def test_a_correction_takes_an_open_proposal_back_and_a_decided_one_stays(released: Any, hr: Any) -> None:
    wave = released(3, {"Branch A": {"want": cell()}, "Branch B": {"can": cell()}})
    assert look() == 2
    first = TeamProposal.objects.get(unit__name="Branch A")
    outcomes.approve(proposal=first, story="They listened to each other.", by=hr, now=timezone.now())
    released.correct(wave, {"Branch A": {"want": {"shown": False}}, "Branch B": {"can": cell("no clear change")}})
    look()
    assert set(TeamProposal.objects.values_list("unit__name", "state")) == {
        ("Branch A", State.APPROVED),
        ("Branch B", State.GONE),
    }


def test_hr_recognises_in_its_own_words_or_declines_with_a_reason(
    client_of: Any, released: Any, hr: Any, manager: Any, employee: Any, stranger: Any
) -> None:
    released(3, {"Branch A": {"want": cell(index=64)}, "Branch B": {"can": cell()}})
    look()
    one, two = TeamProposal.objects.order_by("unit__name")
    clerk, url = client_of(hr), "/awards/manage/teams/"
    shown = clerk.get(url).content.decode()
    assert "2 teams might be recognised" in shown and "+9 (+4 … +14)" in shown
    for act, words, told in (
        ("approve", "short", "one or two sentences"),
        ("approve", "x" * 601, "one or two sentences"),
        ("decline", " ", "Say why"),
        ("burn", "x", "Choose whether"),
    ):
        answer = clerk.post(f"{url}{one.pk}/", {"act": act, "words": words})
        assert answer.status_code == 400 and told in answer.content.decode(), (act, words)
    assert client_of(manager).post(f"{url}{one.pk}/", {"act": "approve", "words": "We are so good."}).status_code == 403
    answer = clerk.post(f"{url}{one.pk}/", {"act": "approve", "words": "They call back before they are called."})
    assert answer.status_code == 302
    clerk.post(f"{url}{two.pk}/", {"act": "decline", "words": "Let us see the next wave"})
    again = clerk.post(f"{url}{one.pk}/", {"act": "decline", "words": "Changed my mind"})
    assert again.status_code == 400
    feed = client_of(stranger).get("/thanks/").content.decode()
    assert "is recognised as a team" in feed and "They call back" in feed
    # Nothing of the results is told to everybody, and no point moved.
    assert "+9" not in feed and "barrier" not in feed.lower()
    assert FeedPost.objects.count() == 1 and not LedgerEntry.objects.exists()
    decided = clerk.get(f"{url}?show=decided").content.decode()
    assert "Let us see the next wave" in decided and "They call back" in decided


def promise(by: Employee, units: Any, *, due: int, ended: int) -> None:
    today = timezone.localdate()
    planned = today - 60 * DAY
    plan = actions.Plan(units["Services"], "Answer within a day", by, planned + due * DAY, units["Branch A"])
    made = actions.plan(by=by, plan=plan, today=planned)
    actions.end(by=by, action=made, done=True, outcome="Done", today=planned + ended * DAY)


def test_a_promise_kept_in_time_is_proposed_and_a_late_one_is_not(
    client_of: Any, hr: Any, manager: Any, units: Any
) -> None:
    load_catalogue()
    promise(manager, units, due=20, ended=25)
    assert look() == 0
    promise(manager, units, due=20, ended=20)
    assert look() == 1 and look() == 0
    found = TeamProposal.objects.get()
    assert found.kind == TeamProposal.Kind.PROMISE and found.unit == units["Services"]
    shown = client_of(hr).get("/awards/manage/teams/").content.decode()
    assert "Answer within a day" in shown and "Its customers were not asked." in shown
    # HR1 works in Services: a second person decides.
    answer = client_of(hr).post(
        f"/awards/manage/teams/{found.pk}/", {"act": "approve", "words": "They kept their word."}
    )
    assert answer.status_code == 400 and "You work in this team" in answer.content.decode()


@pytest.mark.parametrize(
    ("judged", "shared", "proposed"),
    [("kept", True, 1), ("kept", False, 0), ("partly", True, 0), ("not", True, 0), ("", True, 0)],
)
def test_where_its_customers_were_asked_they_must_agree(
    monkeypatch: Any, released: Any, hr: Any, manager: Any, units: Any, judged: str, shared: bool, proposed: int
) -> None:
    """``""``: hidden, or not judged yet."""
    wave = released(3, {}, shared=shared)
    promise(manager, units, due=20, ended=20)
    said = SimpleNamespace(wave=wave, verdict=judged, cell={"fav": 80, "n": 24, "index": 77} if judged else {})
    monkeypatch.setattr(outcomes.judging, "of", lambda user, rows: {one.pk: said for one in rows})
    assert look() == proposed
    if proposed:
        assert TeamProposal.objects.get().evidence["kept"] == {"fav": 80, "n": 24}
        said.verdict = "not"
        look()
        assert TeamProposal.objects.get().state == State.GONE


def test_a_unit_told_under_two_names_is_proposed_by_its_own(released: Any, units: Any) -> None:
    """Branch B is reported together with Services: of Retail only Branch A is left, and Retail's group is its own."""
    together = [["Branch A"], ["Services", "Branch B"]]
    released(2, {"Branch A": {"want": score(50)}}, blocks=together)
    released(3, {"Branch A": {"want": cell()}}, blocks=together)
    assert look() == 1 and TeamProposal.objects.get().unit == units["Branch A"]
