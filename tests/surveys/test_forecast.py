"""What HR is told before a wave opens, and while it is open beside earlier waves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from culture.access import clock
from culture.people.models import Employee, Leave
from surveys.instruments.loading import load_library
from surveys.waves import forecast, history, monitor, opening, participation, running
from surveys.waves import series as series_service
from surveys.waves.blocks import UnitNode, make_blocks
from surveys.waves.link_models import ServiceLink
from surveys.waves.models import Invitation, Message, Series, Wave
from tests.conftest import make_person, make_unit

DAY = dt.timedelta(days=1)


@pytest.fixture
def wave(hr, manager, units) -> Wave:
    """Branch A 12, Branch B 6, Services 9 with HR; all but two with an address."""
    for n in range(6):
        make_person(f"B{n}", units["Branch B"], email=None if n < 2 else f"b{n}@meridian.test")
    for n in range(8):
        make_person(f"S{n}", units["Services"])
    series = series_service.create(
        by=hr, name="Pulse", instrument=load_library(), first_opens_on=clock.today() + 30 * DAY, occurrences=4
    )
    return series.waves.get(number=1)


# -- pure ------------------------------------------------------------------------------------------------------------


def test_eleven_asked_for_five_at_sixty_percent_are_shown_nine_times_in_ten():
    assert forecast.chance_of(11, 0.6, 5) > 0.9 > forecast.chance_of(10, 0.6, 5) - 0.1
    assert forecast.chance_of(4, 1.0, 5) == 0.0 and forecast.chance_of(5, 1.0, 5) == pytest.approx(1.0)


@given(st.integers(0, 900), st.floats(0.05, 0.95), st.sampled_from([5, 7, 10]))
def test_more_people_are_never_less_likely_to_be_shown(asked, rate, k):
    here, more = forecast.chance_of(asked, rate, k), forecast.chance_of(asked + 1, rate, k)
    assert 0 <= here <= 1 and more >= here - 1e-6


trees = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 14)), min_size=2, max_size=14)


@given(trees, st.lists(st.lists(st.integers(1, 14), min_size=2, max_size=4), max_size=3))
def test_merged_blocks_still_are_a_partition_and_never_smaller(drawn, merges):
    nodes = [UnitNode(n, f"U{n}", None if n == 1 else 1 + parent % (n - 1)) for n, (parent, _) in enumerate(drawn, 1)]
    sizes = {n: size for n, (_, size) in enumerate(drawn, 1) if size}
    before, after = make_blocks(nodes, sizes, 5), make_blocks(nodes, sizes, 5, merges)
    assert sum(block.size for block in after) == sum(sizes.values())
    units = [unit for block in after for unit in block.units]
    assert len(units) == len(set(units)) and set(sizes) <= set(units)
    assert len({block.id for block in after}) == len(after) <= len(before)
    for block in before:
        holders = [one for one in after if set(block.units) & set(one.units) & set(sizes)]
        assert len(holders) == 1 and holders[0].size >= block.size


@pytest.mark.parametrize(
    ("words", "rate"), [("about 55 %", 0.55), ("under 10 %", 0.05), ("over 90 %", 0.95), ("", None), ("hidden", None)]
)
def test_the_words_of_participation_are_read_back(words, rate):
    assert history.rate_of(words) == rate


def test_kinds_of_mail_trouble():
    errors = ["550 SMTPRecipientsRefused", "552 x", "554 SMTPDataError", "451 greylisted", "UnicodeError", ""]
    assert [monitor.kind_of(one) for one in errors] == ["unknown", "full", "blocked", "temporary", "other", "other"]


# -- before ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_asked_what_hides_and_who_is_not_reached(wave, hr, units, client_of):
    Leave.objects.create(employee=Employee.objects.get(number="A1"), since=clock.today())
    made = forecast.of_wave(wave, today=clock.today())
    assert (made.asked, made.left_out["leave"], made.without_mail, made.reachable) == (26, 1, 2, 24)
    rows = {row.name: row for row in made.rows}
    assert {name: row.asked for name, row in rows.items()} == {"Branch A": 11, "Branch B": 6, "Services": 9}
    assert rows["Branch B"].verdict == "hidden" and rows["Branch A"].verdict == "shown"
    assert not made.from_history and made.rate == 0.6 and made.minutes >= 1
    assert made.mails[0].about == 24 and all(mail.about < 24 for mail in made.mails[1:])
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "26 people are asked; 1 of 3 groups is likely to stay hidden" in page
    assert "1 person is on leave" in page and "2 cannot be reached by mail" in page
    assert "six in ten are expected everywhere" in page


@pytest.mark.django_db
def test_history_by_unit_replaces_the_guess(wave, units):
    earlier = Wave.objects.get(series=wave.series, number=2)
    groups = [
        {"unit": units["Meridian"].pk, "name": "Meridian", "depth": 0, "invited": 27, "share": "about 80 %"},
        {"unit": units["Branch B"].pk, "name": "Branch B", "depth": 1, "invited": 12, "share": "over 90 %"},
    ]
    Wave.objects.filter(pk=earlier.pk).update(
        state="closed", opened_at=timezone.now(), participation={"on": "2026-01-01", "groups": groups}
    )
    made = forecast.of_wave(wave, today=clock.today())
    rates = {row.name: row.rate for row in made.rows}
    assert rates == {"Branch A": pytest.approx(0.8), "Branch B": pytest.approx(0.95), "Services": pytest.approx(0.8)}
    assert made.from_history and not made.hidden


@pytest.mark.django_db
def test_ratings_between_departments_are_foretold(wave, units, client_of, hr):
    ServiceLink.objects.create(customer=units["Branch A"], provider=units["Services"])
    ServiceLink.objects.create(customer=units["Branch B"], provider=units["Services"])
    made = forecast.of_wave(wave, today=clock.today())
    assert made.cells == {"shown": 1, "hidden": 1}
    assert made.hidden_cells == [{"customer": "Branch B", "provider": "Services", "asked": 6}]
    assert "1 of 2 ratings between departments" in client_of(hr).get(f"/waves/{wave.pk}/").content.decode()


@pytest.mark.django_db
def test_a_forecast_of_many_units_takes_the_same_number_of_queries(wave, units, hr, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counted = client_of(hr), []
    for _round in range(3):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/waves/{wave.pk}/")
        counted.append(len(captured))
        for n in range(3):
            unit = make_unit(f"A very long name of a unit in a large organisation {_round}{n}", units["Retail"])
            for m in range(6):
                make_person(f"L{_round}{n}{m}", unit)
    assert counted[1] == counted[2]


# -- while open ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_day_adds_one_rounded_point_to_the_curve(wave, hr, client_of):
    opening.open_wave(wave, now=timezone.now())
    today = wave.opens_on
    for n in range(1, 4):
        Invitation.objects.filter(pk__in=Invitation.objects.filter(state="asked").order_by("pk")[:4]).update(
            state="answered"
        )
        assert participation.refresh_due(today + n * DAY) == 1 and participation.refresh_due(today + n * DAY) == 0
    wave.refresh_from_db()
    assert wave.curve == [{"day": 1, "percent": 15}, {"day": 2, "percent": 30}, {"day": 3, "percent": 45}]
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "About 45 % have answered after 3 days" in page and "<svg" in page and "Next reminder" in page
    Wave.objects.filter(series=wave.series, number=2).update(
        state="closed", opened_at=timezone.now(), curve=[{"day": 1, "percent": 5}, {"day": 3, "percent": 25}]
    )
    assert history.mean_curve(wave.series) == [(1, 5.0), (3, 25.0)]
    assert "More have answered than in earlier waves" in client_of(hr).get(f"/waves/{wave.pk}/").content.decode()


@pytest.mark.django_db
def test_mails_that_did_not_arrive_are_told_by_kind_and_unit_but_no_reminder_is(wave, hr, client_of):
    opening.open_wave(wave, now=timezone.now())
    invitations = Message.objects.filter(kind="invitation", invitation__employee__number__in=["B3", "B4", "A1"])
    invitations.update(state="failed", error="550 SMTPRecipientsRefused")
    Message.objects.filter(kind="reminder").update(state="failed", error="552 full")
    found = monitor.trouble(wave)
    assert found["total"] == 3 and found["kinds"] == [("The address is not known there", 3)]
    assert found["units"] == [("Branch B", 2), ("Branch A", 1)]
    page = client_of(hr).get(f"/waves/{wave.pk}/").content.decode()
    assert "3 invitations did not arrive" in page and "mailbox is full" not in page


@pytest.mark.django_db
def test_merging_joins_what_was_merged_before(units, hr):
    running.merge(by=hr, units=[units["Branch A"].pk, units["Branch B"].pk])
    made = running.merge(by=hr, units=[units["Branch B"].pk, units["Retail"].pk])
    assert made.units == sorted(units[name].pk for name in ("Branch A", "Branch B", "Retail"))
    assert Series.objects.count() == 0


def test_a_wave_whose_day_was_slept_over_says_so(wave, hr, client_of):
    client = client_of(hr)
    assert not client.get(f"/waves/{wave.pk}/").context["late"]
    Wave.objects.filter(pk=wave.pk).update(opens_on=clock.today() - 2 * DAY)
    page = client.get(f"/waves/{wave.pk}/")
    assert page.context["late"] and "should have opened" in page.content.decode()
    Series.objects.update(active=False)
    assert not client.get(f"/waves/{wave.pk}/").context["late"], "a paused series opens nothing"
