"""From which day who sees the results of a wave: on every page, file, API answer, scorecard and mail; who is told."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from culture.access import clock
from culture.access.models import AuditEntry, Grant, Role
from culture.people.models import Employee
from programs.planning.models import Program
from programs.reports import scorecard
from programs.reports.scorecard_place import Place
from surveys.results import queries, reading, releasing, share_mails, sharing
from surveys.results import tick as ticking
from surveys.results.models import CellGroup, Release
from surveys.results.sharing_models import ResultMail, Sharing, SharingPlan
from surveys.waves import hours
from surveys.waves.models import Wave
from tests.conftest import make_person
from tests.guards import who_may
from tests.guards.addresses import every
from tests.surveys.results_world import LATER, PLANTED, TOLD, answer, open_wave, people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def run(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    return run(hr, executive, manager, stranger, units)


def days(leaders=None, managers=None, employees=None):
    """Days from today, None: not shared."""
    today = clock.today()
    given = {"leaders": leaders, "managers": managers, "employees": employees}
    return {name: None if n is None else today + n * DAY for name, n in given.items()}


def share(world, hr, *, comments=False, tell=False, **when):
    sharing.share(world.wave, on=days(**when), employee_comments=comments, tell=tell, by=hr)
    return Wave.objects.select_related("series", "sharing").get(pk=world.wave.pk)


def addresses(wave) -> list[str]:
    """Everything of results that a GET reaches, with this wave's numbers where one is wanted."""
    units = list(CellGroup.objects.filter(release__wave=wave, family="tree").values_list("unit", flat=True))
    tried = {
        "wave_id": [wave.pk], "unit": units, "number": [1], "key": ["site", "tenure"], "category": [1],
        "series_id": [wave.series_id],
    }  # fmt: skip
    found = []
    for address in every():
        if not address.name.startswith("results:"):
            continue
        names = [name for name in tried if f":{name}>" in address.route]
        rows: list[dict] = [{}]
        for name in names:
            rows = [{**row, name: value} for row in rows for value in tried[name]]
        for row in rows:
            with suppress(NoReverseMatch):
                found.append(reverse(address.name, kwargs=row))
    return [*found, "/api/v1/results/", f"/api/v1/results/{wave.pk}/", "/scorecard/", "/my/surveys/", "/units/"]


def body_of(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def walk(client, wave) -> dict[str, tuple[int, str]]:
    found = {}
    for url in addresses(wave):
        with transaction.atomic():
            response = client.get(url)
            if response.status_code == 405:
                response = client.post(url)
            found[url] = response.status_code, body_of(response)
            transaction.set_rollback(True)
    return found


# -- the gate --------------------------------------------------------------------------------------------------------


def test_by_default_leaders_and_managers_see_a_wave_with_its_release(world, executive, manager, employee, hr):
    shared = Sharing.objects.get(wave=world.wave)
    assert (shared.leaders_on, shared.managers_on, shared.employees_on) == (LATER.date(), LATER.date(), None)
    assert [len(queries.released_waves(user)) for user in (hr, executive, manager, employee)] == [1, 1, 1, 0]


def test_before_its_day_a_wave_is_nowhere(world, client_of, hr, executive, manager, employee, units):
    """Planted: the name of the wave's series and its rules' fingerprint; walked by each persona, every address."""
    share(world, hr, leaders=1, managers=2, employees=3)
    marks = (Release.objects.get().rules_hash, TOLD, PLANTED, "Service culture, wave 1")
    for user in (executive, manager, employee):
        for url, (status, body) in walk(client_of(user), world.wave).items():
            assert status in (200, 302, 403, 404), (user, url, status)
            assert not [mark for mark in marks if mark in body], (user, url)
            assert status != 200 or str(world.wave.pk) not in url.split("/"), (user, url)
    for user in (executive, manager, employee):
        fresh = Employee.objects.get(pk=user.pk)
        assert not queries.released_waves(fresh).exists()
        assert queries.release_of(world.wave, fresh) is None
        row = CellGroup.objects.filter(release__wave=world.wave, family="tree", parent=None).get()
        assert queries.unit_row(world.wave, fresh, row.unit) is None
    assert walk(client_of(hr), world.wave)[reverse("results:wave", args=[world.wave.pk])][0] == 200


def test_leaders_then_managers_then_everybody_for_his_own_unit(world, client_of, hr, executive, manager, employee):
    url = reverse("results:wave", args=[world.wave.pk])
    codes = {}
    for step, when in {
        "leaders": {"leaders": 0, "managers": 1, "employees": 2},
        "managers": {"leaders": -1, "managers": 0, "employees": 1},
        "everybody": {"leaders": -2, "managers": -1, "employees": 0},
        "taken back": {"leaders": 1},
    }.items():
        share(world, hr, **when)
        codes[step] = [client_of(user).get(url).status_code for user in (hr, executive, manager, employee)]
    assert codes == {
        "leaders": [200, 200, 404, 403],
        "managers": [200, 200, 200, 403],
        "everybody": [200, 200, 200, 200],
        "taken back": [200, 404, 404, 403],
    }


def test_an_employee_sees_his_own_group_and_no_other(world, client_of, hr, employee, stranger):
    """The employee is of Branch A (reported with Branch C), the stranger of Branch B, where the comment is told."""
    wave = share(world, hr, leaders=0, managers=0, employees=0)
    nodes = {
        name.split(" + ")[0]: unit
        for unit, name in CellGroup.objects.filter(release__wave=wave, family="tree").values_list("unit", "name")
    }
    unit = {name: reverse("results:unit", args=[wave.pk, nodes[name]]) for name in ("Branch A", "Branch B", "Services")}
    theirs, his = client_of(employee), client_of(stranger)
    assert [theirs.get(unit[name]).status_code for name in unit] == [200, 404, 404]
    assert [his.get(unit[name]).status_code for name in unit] == [404, 200, 404]
    assert queries.seen_nodes(wave, Employee.objects.get(pk=stranger.pk)) == {nodes["Branch B"]}
    for url, (_status, body) in walk(his, wave).items():
        assert TOLD not in body and PLANTED not in body, url
    for row in json.loads(body_of(his.get(f"/api/v1/results/{wave.pk}/"))).get("groups", []):
        assert row["name"].startswith(("Branch B", "Meridian")) or "Branch B" in row["name"], row["name"]
    # With comments: those of his own group, and only them.
    wave = share(world, hr, leaders=0, managers=0, employees=0, comments=True)
    told = [url for url, (_status, body) in walk(client_of(stranger), wave).items() if TOLD in body]
    assert sorted(told) == sorted(
        [
            unit["Branch B"],
            reverse("results:comments", args=[wave.pk]),
            reverse("results:comments_export", args=[wave.pk]),
            reverse("results:comments_export_json", args=[wave.pk]),
        ]
    )
    assert not [url for url, (_s, body) in walk(client_of(employee), wave).items() if TOLD in body or PLANTED in body]


def test_a_leader_of_one_unit_who_manages_another_sees_each_on_its_day(world, hr, manager, units):
    Grant.objects.create(employee=manager, role=Role.EXECUTIVE, unit=units["Services"])
    wave = share(world, hr, leaders=0, managers=1)
    user = Employee.objects.get(pk=manager.pk)
    assert sharing.units_of(wave, user) == {units["Services"].pk}
    wave = share(world, hr, leaders=0, managers=0)
    user = Employee.objects.get(pk=manager.pk)
    assert sharing.units_of(wave, user) == {units["Services"].pk, units["Branch A"].pk}


def test_what_moved_since_a_wave_that_is_not_shared_is_not_told(world, client_of, hr, manager):
    quarter = LATER + dt.timedelta(days=80)
    later = open_wave(world.units, world.wave.series.waves.get(number=2), now=quarter)
    answer(later, high=True, seed=2)
    releasing.close_wave(later.wave, now=quarter + dt.timedelta(days=15))
    url = reverse("results:wave", args=[later.wave.pk])
    assert "Since the last wave" in body_of(client_of(manager).get(url))
    share(world, hr, leaders=0)
    seen = reading.Seen.of(Employee.objects.get(pk=manager.pk), Wave.objects.get(pk=later.wave.pk))
    assert seen and seen.wave_before is None and seen.earlier_is_kept
    pages = walk(client_of(manager), Wave.objects.get(pk=later.wave.pk))
    assert pages[url][0] == 200 and "Since the last wave" not in pages[url][1]
    body = json.loads(pages[f"/api/v1/results/{later.wave.pk}/"][1])
    assert '"change"' not in json.dumps(body)
    cells = CellGroup.objects.filter(release__wave=later.wave, family="tree", parent=None).get().cells
    assert "change" in cells["can"] and "change" not in queries.without_change(cells)["can"]


def test_the_scorecard_shows_a_wave_from_the_leaders_day_on(world, hr):
    program = Program(series=world.wave.series, name="P")
    told = {}
    for step, when in {"shared": {"leaders": 0}, "not yet": {"leaders": 1}}.items():
        share(world, hr, **when)
        card = scorecard.Scorecard(program, clock.today())
        scorecard._add_results(card, Place(program))
        told[step] = card.wave, len(card.trend), bool(card.lines)
    assert told == {"shared": (world.wave, 1, True), "not yet": (None, 0, False)}


def test_the_door_costs_the_same_at_one_and_at_three_waves(world, client_of, hr, employee):
    share(world, hr, leaders=0, managers=0, employees=0)
    client = client_of(employee)
    client.get("/results/")
    counts = []
    for number in (1, 3):
        if number == 3:
            for wave in world.wave.series.waves.filter(number__in=[2, 3]):
                Wave.objects.filter(pk=wave.pk).update(state="released", released_at=LATER)
                Sharing.objects.create(wave=wave, **{f"{name}_on": clock.today() for name in sharing.AUDIENCES})
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/results/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 14


# -- setting it ------------------------------------------------------------------------------------------------------


def test_hr_sets_the_days_on_a_page(world, client_of, hr, manager, stranger):
    url = reverse("results:sharing", args=[world.wave.pk])
    assert client_of(manager).get(url).status_code == client_of(stranger).get(url).status_code == 403
    client, today = client_of(hr), clock.today()
    page = body_of(client.get(url))
    assert "HR, leaders and managers see these results today" in page
    wrong = client.post(url, {"leaders": "2026-99-01", "managers": str(today), "tell": "on"})
    assert wrong.status_code == 400 and "2026-99-01" in body_of(wrong)
    early = client.post(url, {"leaders": str(today + 5 * DAY), "managers": str(today)})
    assert early.status_code == 400 and "leaders first" in body_of(early)
    alone = client.post(url, {"employees": str(today)})
    assert alone.status_code == 400 and "share with them first" in body_of(alone)
    assert Sharing.objects.get(wave=world.wave).chosen is False
    done = client.post(url, {"leaders": str(today), "managers": str(today + DAY), "tell": "on"})
    assert done.status_code == 302
    shared = Sharing.objects.get(wave=world.wave)
    assert (shared.leaders_on, shared.managers_on, shared.employees_on) == (today, today + DAY, None) and shared.tell
    assert AuditEntry.objects.get(verb="results.shared").detail["managers"] == str(today + DAY)
    assert "HR and leaders see these results today" in body_of(client.get(url))


def test_the_database_keeps_the_order(world):
    row = Sharing.objects.filter(wave=world.wave)
    for wrong in ({"leaders_on": None}, {"managers_on": LATER.date() - DAY}, {"employees_on": LATER.date() - DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_a_series_plans_the_days_and_a_release_makes_them_dates(hr, executive, manager, stranger, units, client_of):
    people(units)
    world = open_wave(units)
    series = world.wave.series
    url = reverse("results:series_sharing", args=[series.pk])
    assert client_of(manager).get(url).status_code == 403
    given = {"leaders": "0", "managers": "7", "employees": "21", "moderation_days": "0", "tell": "on"}
    assert client_of(hr).post(url, {**given, "managers": "30", "employees": "7"}).status_code == 400
    assert client_of(hr).post(url, {**given, "moderation_days": "99"}).status_code == 400
    assert not SharingPlan.objects.exists()
    assert client_of(hr).post(url, given).status_code == 302
    day = world.wave.closes_on + DAY
    assert sharing.day_for_everybody(world.wave.pk) == day + 21 * DAY
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    shared = Sharing.objects.get(wave=world.wave)
    assert [getattr(shared, f"{name}_on") for name in sharing.AUDIENCES] == [
        LATER.date(), LATER.date() + 7 * DAY, LATER.date() + 21 * DAY,
    ]  # fmt: skip
    # A later change of the plan leaves what was released as it is.
    after = {"leaders": None, "managers": None, "employees": None}
    sharing.set_plan(series, after=after, employee_comments=False, moderation_days=0, tell=False, by=hr)
    assert Sharing.objects.get(wave=world.wave).employees_on == LATER.date() + 21 * DAY


def test_days_set_before_the_release_hold_even_if_nobody_shall_see_it(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    share(world, hr)
    releasing.close_wave(world.wave, now=LATER)
    assert not queries.released_waves(executive).exists() and queries.released_waves(hr).exists()


def test_what_cannot_be_is_refused(world, hr):
    for when in ({"leaders": 4000}, {"managers": 0}, {"leaders": 1, "managers": 0}):
        with pytest.raises(ValidationError):
            sharing.share(world.wave, on=days(**when), employee_comments=False, tell=False, by=hr)


# -- told ------------------------------------------------------------------------------------------------------------


def test_people_are_told_once_each_and_no_number_leaves(
    world, hr, executive, manager, employee, stranger, client_of, monkeypatch
):
    monkeypatch.setattr(hours, "next_working", lambda at, zone, blackouts=(): at)
    Employee.objects.filter(pk=manager.pk).update(language="it")
    Employee.objects.filter(pk=stranger.pk).update(language="zh-hans")
    now = timezone.now()
    share(world, hr, leaders=0, managers=0, tell=True)
    ticking.tick(now=now)
    ticking.tick(now=now)
    assert set(ResultMail.objects.values_list("employee", "audience")) == {
        (executive.pk, "leaders"), (manager.pk, "managers"),
    }  # fmt: skip
    assert share_mails.send_due(now=now) == 2 and share_mails.send_due(now=now) == 0
    sent = {one.to[0]: one for one in mail.outbox}
    assert set(sent) == {executive.email, manager.email}
    assert "I risultati sono pronti" in sent[manager.email].subject and "unità che guidi" in sent[manager.email].body
    assert reverse("results:wave", args=[world.wave.pk]) in sent[executive.email].body
    mail.outbox.clear()
    share(world, hr, leaders=-1, managers=0, employees=0, tell=True)
    share_mails.plan(now=now)
    while share_mails.send_due(now=now):
        pass
    told = [one.to[0] for one in mail.outbox]
    assert len(told) == len(set(told)) and not {executive.email, manager.email, hr.email} & set(told)
    assert {employee.email, stranger.email} <= set(told)
    cells = CellGroup.objects.get(release__wave=world.wave, family="tree", parent=None).cells
    for one in mail.outbox:
        assert TOLD not in one.body and f" {cells['want']['index']}" not in one.body.replace(str(world.wave.pk), "")
    assert "结果" in next(one.subject for one in mail.outbox if one.to[0] == stranger.email)
    assert AuditEntry.objects.filter(verb="results.told").count() == 2


def test_what_was_taken_back_is_told_to_nobody(world, hr):
    now = timezone.now()
    share(world, hr, leaders=0, managers=0, tell=True)
    assert share_mails.plan(now=now) == 2
    share(world, hr, leaders=3, tell=True)
    assert share_mails.send_due(now=now) == 0 and not mail.outbox and not ResultMail.objects.exists()
    # When the day comes they are told.
    share(world, hr, leaders=0, tell=True)
    assert share_mails.plan(now=now) == 1


def test_no_mail_without_hr_wanting_it(world, hr):
    share(world, hr, leaders=0, managers=0)
    assert share_mails.plan(now=timezone.now()) == 0


def test_what_was_shared_long_ago_is_no_news(world, hr):
    share(world, hr, leaders=-15, managers=-15, employees=-15, tell=True)
    assert share_mails.plan(now=timezone.now()) == 0
    assert set(Sharing.objects.get(wave=world.wave).told) == set(sharing.AUDIENCES)


def test_my_surveys_says_that_results_are_there(world, client_of, hr, employee):
    url = reverse("answering:mine")
    assert "are there" not in body_of(client_of(employee).get(url))
    share(world, hr, leaders=0, managers=0, employees=0)
    assert reverse("results:wave", args=[world.wave.pk]) in body_of(client_of(employee).get(url))


def test_somebody_who_left_sees_nothing(world, client_of, hr, units):
    gone = make_person("GONE", units["Branch B"], left_on=clock.today() - DAY)
    share(world, hr, leaders=0, managers=0, employees=0)
    assert not sharing.may_enter(gone) and not queries.released_waves(gone).exists()


def test_the_walk_knows_every_address_of_results():
    """A new page of results is walked by itself: its arguments must be known here."""
    known = {"wave_id", "unit", "number", "key", "category", "series_id", "code"}
    for address in every():
        if address.name.startswith("results:") and address.name not in who_may.SOMETIMES:
            names = {part.split(">")[0].split(":")[-1] for part in address.route.split("<")[1:]}
            assert names <= known, (address.name, names)


def test_a_wave_whose_people_were_told_less_is_shared_with_no_employee(world, client_of, hr, employee):
    """Words are frozen with a wave: what HR set before, or sets now, does not widen who reads old answers."""
    share(world, hr, leaders=0, managers=0, employees=0)
    rules = {name: value for name, value in world.wave.rules.items() if name != "words"}
    Wave.objects.filter(pk=world.wave.pk).update(rules=rules)
    assert client_of(employee).get(reverse("results:wave", args=[world.wave.pk])).status_code in {403, 404}
    assert not sharing.may_enter(Employee.objects.get(pk=employee.pk))
    address = reverse("results:sharing", args=[world.wave.pk])
    answer = client_of(hr).post(address, dict.fromkeys(("leaders", "managers", "employees"), str(clock.today())))
    assert "only managers and HR read its results" in answer.content.decode()
    with pytest.raises(ValidationError) as caught:
        sharing.share(world.wave, on=days(), employee_comments=False, tell=False, by=hr, moderation_days=3)
    assert "moderation_days" in caught.value.message_dict
