"""Changing the tree: what each change does on which day, what is refused and why, what is planned."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from culture.access.models import AuditEntry
from culture.people import asof, memberships, structure, tick
from culture.people import units as units_today
from culture.people.models import Employee, Membership, PlannedChange, Unit, UnitState
from tests.conftest import make_person, make_unit

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 15)
PAST = dt.date(2026, 5, 1)
BEFORE = dt.date(2026, 4, 30)
AHEAD = dt.date(2026, 9, 1)


def names(on: dt.date) -> set[str]:
    return {node.path for node in asof.tree(on)}


def refused(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


def test_a_rename_holds_from_its_day_and_history_keeps_the_old_name(units, hr) -> None:
    structure.rename(units["Retail"], name="  Shops ", on=PAST, by=hr, today=TODAY)
    assert {"Meridian > Shops", "Meridian > Shops > Branch A"} <= names(PAST)
    assert {"Meridian > Retail", "Meridian > Retail > Branch A"} <= names(BEFORE)
    assert Unit.objects.get(pk=units["Branch A"].pk).path == "Meridian > Shops > Branch A"
    entry = AuditEntry.objects.get(verb="unit.rename")
    assert (entry.actor, entry.detail["on"]) == (hr, "2026-05-01")


def test_a_move_takes_everything_below_along(units, hr, employee) -> None:
    structure.move(units["Branch A"], parent=units["Services"], on=PAST, by=hr, today=TODAY)
    assert [node.name for node in asof.units_of(employee, PAST)] == ["Meridian", "Services", "Branch A"]
    assert [node.name for node in asof.units_of(employee, BEFORE)] == ["Meridian", "Retail", "Branch A"]
    assert units["Branch A"].pk in asof.descendants([units["Services"].pk], PAST)
    assert units["Branch A"].pk not in asof.descendants([units["Services"].pk], BEFORE)
    assert units["Branch A"].pk in asof.descendants([units["Retail"].pk], BEFORE)


def test_a_merger_moves_people_and_subunits_and_is_found_in_the_lineage(units, hr, employee, stranger) -> None:
    corner = make_unit("Corner", units["Branch A"])
    structure.merge(units["Branch A"], into=units["Branch B"], on=PAST, by=hr, today=TODAY)
    employee.refresh_from_db()
    merged = Unit.objects.get(pk=units["Branch A"].pk)
    assert employee.unit == units["Branch B"]
    assert (merged.until, merged.merged_into) == (BEFORE, units["Branch B"])
    assert asof.headcounts(BEFORE) == {units["Branch A"].pk: 12, units["Branch B"].pk: 1, units["Services"].pk: 1}
    assert asof.headcounts(PAST) == {units["Branch B"].pk: 13, units["Services"].pk: 1}
    assert "Meridian > Retail > Branch B > Corner" in names(PAST)
    became = asof.mapping(BEFORE, PAST)
    assert (became[merged.pk], became[corner.pk]) == (units["Branch B"].pk, corner.pk)
    fate = next(fate for fate in asof.lineage(BEFORE, PAST) if fate.unit == corner.pk)
    assert (fate.moved, fate.merged, fate.renamed) == (True, False, False)
    assert employee in units_employees(merged, BEFORE)
    assert employee not in units_employees(merged, PAST)


def units_employees(unit: Unit, on: dt.date) -> list[Employee]:
    return list(units_today.employees_in([unit.pk], on))


def test_closing_sends_people_and_subunits_where_they_belong(units, hr, employee, manager) -> None:
    make_unit("Corner", units["Branch A"])
    with pytest.raises(ValidationError) as error:
        structure.close(units["Branch A"], on=PAST, by=hr, today=TODAY)
    assert refused(error) == {"people_to": ["12 people belong to it. Say where they go."]}
    with pytest.raises(ValidationError) as error:
        structure.close(units["Branch A"], on=PAST, people_to=units["Services"], by=hr, today=TODAY)
    assert refused(error) == {"units_to": ["1 subunit lies in it. Say where it goes."]}
    assert asof.headcounts(TODAY)[units["Branch A"].pk] == 12
    structure.close(
        units["Branch A"], on=PAST, people_to=units["Services"], units_to=units["Branch B"], by=hr, today=TODAY
    )
    assert asof.headcounts(TODAY) == {units["Services"].pk: 13}
    assert "Meridian > Retail > Branch B > Corner" in names(TODAY)
    assert "Meridian > Retail > Branch A" not in names(TODAY)
    assert units["Branch A"].pk not in asof.mapping(BEFORE, PAST)


def test_a_split_takes_the_chosen_people_into_a_new_unit(units, hr, manager) -> None:
    chosen = list(Employee.objects.filter(number__in=["A1", "A2", "A3"]).values_list("pk", flat=True))
    new = structure.split(units["Branch A"], name="Branch C", people=chosen, on=PAST, by=hr, today=TODAY)
    assert isinstance(new, Unit)
    assert new.path == "Meridian > Retail > Branch C"
    counts = asof.headcounts(PAST)
    assert (counts[new.pk], counts[units["Branch A"].pk]) == (3, 9)
    assert asof.headcounts(BEFORE)[units["Branch A"].pk] == 12
    with pytest.raises(ValidationError) as error:
        structure.split(units["Branch A"], name="Branch D", people=chosen, on=TODAY, by=hr, today=TODAY)
    assert refused(error)["people"] == ["3 chosen people do not belong to Branch A on that day."]


def test_a_unit_closed_by_mistake_goes_on(units, hr) -> None:
    structure.close(units["Branch B"], on=PAST, by=hr, today=TODAY)
    assert "Meridian > Retail > Branch B" not in names(PAST)
    structure.rename(units["Retail"], name="Shops", on=PAST, by=hr, today=TODAY)
    again = structure.reopen(Unit.objects.get(pk=units["Branch B"].pk), by=hr)
    assert (again.until, again.path) == (None, "Meridian > Shops > Branch B")
    assert "Meridian > Shops > Branch B" in names(PAST)
    with pytest.raises(ValidationError, match="is open"):
        structure.reopen(again, by=hr)


def test_a_unit_is_not_reopened_beside_its_namesake(units, hr) -> None:
    structure.close(units["Branch B"], on=PAST, by=hr, today=TODAY)
    structure.create(name="Branch B", parent=units["Retail"], on=TODAY, by=hr, today=TODAY)
    with pytest.raises(ValidationError, match="another unit called Branch B"):
        structure.reopen(Unit.objects.get(pk=units["Branch B"].pk), by=hr)
    assert Unit.objects.filter(path="Meridian > Retail > Branch B", until=None).count() == 1


@pytest.mark.parametrize(
    ("change", "field", "text"),
    [
        (lambda u, by: structure.move(u["Retail"], parent=u["Branch A"], on=PAST, by=by, today=TODAY),
         "target", "the tree would run in a circle"),
        (lambda u, by: structure.move(u["Retail"], parent=u["Retail"], on=PAST, by=by, today=TODAY),
         "target", "cannot lie in itself"),
        (lambda u, by: structure.move(u["Retail"], parent=u["Meridian"], on=PAST, by=by, today=TODAY),
         "target", "lies there already"),
        (lambda u, by: structure.merge(u["Retail"], into=u["Retail"], on=PAST, by=by, today=TODAY),
         "target", "cannot be merged with itself"),
        (lambda u, by: structure.merge(u["Retail"], into=u["Branch A"], on=PAST, by=by, today=TODAY),
         "target", "Branch A lies below Retail"),
        (lambda u, by: structure.rename(u["Branch A"], name="branch b", on=PAST, by=by, today=TODAY),
         "name", "already a unit called branch b"),
        (lambda u, by: structure.rename(u["Branch A"], name="A > B", on=PAST, by=by, today=TODAY),
         "name", "The sign >"),
        (lambda u, by: structure.rename(u["Branch A"], name=" \xa0 ", on=PAST, by=by, today=TODAY),
         "name", "Give the unit a name"),
        (lambda u, by: structure.rename(u["Branch A"], name="x" * 201, on=PAST, by=by, today=TODAY),
         "name", "too long"),
        (lambda u, by: structure.rename(u["Branch A"], name="Branch A", on=PAST, by=by, today=TODAY),
         "name", "called that already"),
        (lambda u, by: structure.rename(u["Branch A"], name="Old", on=dt.date(2020, 1, 1), by=by, today=TODAY),
         "on", "too long ago"),
        (lambda u, by: structure.rename(u["Branch A"], name="New", on=dt.date(2036, 1, 1), by=by, today=TODAY),
         "on", "too far ahead"),
        (lambda u, by: structure.create(name="Branch A", parent=u["Retail"], on=PAST, by=by, today=TODAY),
         "name", "already a unit called Branch A"),
    ],
)  # fmt: skip
def test_refused_in_plain_words_and_nothing_written(change, field, text, units, hr) -> None:
    before = (list(UnitState.objects.order_by("pk").values()), list(Unit.objects.order_by("pk").values()))
    with pytest.raises(ValidationError) as error:
        change(units, hr)
    assert list(refused(error)) == [field]
    assert text in " ".join(refused(error)[field])
    assert before == (list(UnitState.objects.order_by("pk").values()), list(Unit.objects.order_by("pk").values()))
    assert not AuditEntry.objects.filter(verb__startswith="unit.").exists()


def test_days_in_the_wrong_order_are_refused(units, hr) -> None:
    structure.rename(units["Branch A"], name="Branch One", on=PAST, by=hr, today=TODAY)
    with pytest.raises(ValidationError, match="present name since"):
        structure.rename(units["Branch A"], name="Branch Two", on=BEFORE, by=hr, today=TODAY)
    with pytest.raises(ValidationError, match="Choose a later day"):
        structure.close(units["Branch A"], on=PAST, by=hr, today=TODAY)
    # The place may still be changed before the name was: they do not contradict each other.
    structure.move(units["Branch A"], parent=units["Services"], on=BEFORE, by=hr, today=TODAY)
    assert "Meridian > Services > Branch A" in names(BEFORE)
    assert "Meridian > Services > Branch One" in names(TODAY)


def test_a_circle_over_time_is_a_circle(units, hr) -> None:
    """B lies in A until May. Moving A into B from April would make a circle in April, though not today."""
    structure.move(units["Branch A"], parent=units["Services"], on=PAST, by=hr, today=TODAY)
    with pytest.raises(ValidationError, match="circle"):
        structure.move(units["Retail"], parent=units["Branch A"], on=BEFORE, by=hr, today=TODAY)
    structure.move(units["Retail"], parent=units["Branch A"], on=PAST, by=hr, today=TODAY)
    assert "Meridian > Services > Branch A > Retail > Branch B" in names(TODAY)


def test_a_new_unit_needs_its_parent_on_that_day(units, hr) -> None:
    young = structure.create(name="Young", parent=units["Retail"], on=PAST, by=hr, today=TODAY)
    assert isinstance(young, Unit)
    with pytest.raises(ValidationError, match="Young exists only since"):
        structure.create(name="Older", parent=young, on=BEFORE, by=hr, today=TODAY)


def test_what_is_to_come_is_planned_and_done_on_its_day(units, hr) -> None:
    planned = structure.rename(units["Retail"], name="Shops", on=AHEAD, by=hr, today=TODAY)
    assert isinstance(planned, PlannedChange)
    assert "Meridian > Retail" in names(TODAY)
    assert structure.do_planned(today=AHEAD - dt.timedelta(days=1)) == 0
    assert structure.do_planned(today=AHEAD) == 1
    assert structure.do_planned(today=AHEAD) == 0
    planned.refresh_from_db()
    assert planned.status == "done"
    assert "Meridian > Shops" in names(AHEAD)
    assert "Meridian > Retail" in names(AHEAD - dt.timedelta(days=1))
    assert AuditEntry.objects.get(verb="unit.rename").actor == hr


def test_a_late_tick_still_uses_the_planned_day(units, hr) -> None:
    structure.merge(units["Branch A"], into=units["Branch B"], on=AHEAD, by=hr, today=TODAY)
    structure.do_planned(today=AHEAD + dt.timedelta(days=40))
    assert Unit.objects.get(pk=units["Branch A"].pk).until == AHEAD - dt.timedelta(days=1)


def test_a_plan_can_be_cancelled_once(units, hr) -> None:
    planned = structure.close(units["Branch B"], on=AHEAD, by=hr, today=TODAY)
    assert isinstance(planned, PlannedChange)
    structure.cancel(planned, by=hr)
    assert structure.do_planned(today=AHEAD) == 0
    with pytest.raises(ValidationError, match="no longer planned"):
        structure.cancel(planned, by=hr)


def test_a_plan_that_became_impossible_says_why_and_stops_nobody(units, hr) -> None:
    bad = structure.rename(units["Branch A"], name="Shop", on=AHEAD, by=hr, today=TODAY)
    good = structure.rename(units["Services"], name="Help", on=AHEAD, by=hr, today=TODAY)
    structure.create(name="Shop", parent=units["Retail"], on=TODAY, by=hr, today=TODAY)
    assert structure.do_planned(today=AHEAD) == 1
    for planned in (bad, good):
        planned.refresh_from_db()
    assert (bad.status, good.status) == ("failed", "done")
    assert "already a unit called Shop" in bad.problem


def test_the_tick_does_what_is_due(units, hr) -> None:
    today = timezone.localdate()
    structure.rename(units["Retail"], name="Shops", on=today + dt.timedelta(days=1), by=hr)
    tick.tick(now=timezone.now())
    assert Unit.objects.get(pk=units["Retail"].pk).name == "Retail"
    tick.tick(now=timezone.localtime() + dt.timedelta(days=1))
    assert Unit.objects.get(pk=units["Retail"].pk).name == "Shops"


def test_siblings_are_sorted_by_hand(units, hr) -> None:
    order = [units["Branch B"].pk, units["Branch A"].pk]
    structure.sort(parent=units["Retail"], order=order, by=hr)
    assert [node.name for node in asof.tree(TODAY) if node.depth == 2] == ["Branch B", "Branch A"]
    assert [unit.name for unit in units_tree() if unit.parent_id == units["Retail"].pk] == ["Branch B", "Branch A"]
    with pytest.raises(ValidationError, match="do not lie there"):
        structure.sort(parent=units["Retail"], order=[units["Services"].pk], by=hr)


def units_tree() -> list[Unit]:
    return units_today.tree()


def test_the_database_itself_refuses_overlaps(units, employee) -> None:
    state = UnitState.objects.get(unit=units["Retail"])
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitState.objects.create(unit=units["Retail"], name="X", since=TODAY, until=AHEAD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(employee=employee, unit=units["Retail"], since=PAST, until=TODAY)
    state.refresh_from_db()
    assert state.until is None


def test_a_closed_path_is_free_for_a_new_unit(units, hr) -> None:
    structure.close(units["Branch B"], on=PAST, by=hr, today=TODAY)
    new = structure.create(name="Branch B", parent=units["Retail"], on=TODAY, by=hr, today=TODAY)
    assert isinstance(new, Unit)
    assert new.path == units["Branch B"].path
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(name="Branch B", path=new.path, parent=units["Retail"])


def test_two_changes_at_once_wait_for_each_other(units, hr, monkeypatch) -> None:
    """While somebody else holds the lock, a change is refused with a word, not left half."""
    monkeypatch.setattr(structure, "PATIENCE", 0.1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [structure.LOCK])
        with pytest.raises(ValidationError, match="Try again in a minute"):
            structure.rename(units["Retail"], name="Shops", on=TODAY, by=hr, today=TODAY)
    finally:
        other.close()


def test_asking_costs_a_fixed_number_of_queries(units, hr, employee, django_assert_num_queries) -> None:
    for _round in range(2):
        with django_assert_num_queries(1):
            asof.tree(TODAY)
        with django_assert_num_queries(1):
            asof.headcounts(TODAY)
        with django_assert_num_queries(1):
            asof.units_of(employee, TODAY)
        with django_assert_num_queries(3):
            asof.mapping(BEFORE, TODAY)
        with django_assert_num_queries(1):
            asof.descendants([units["Meridian"].pk], TODAY)
        for n in range(3):
            make_unit(f"More {n}", units["Services"])
    with django_assert_num_queries(2):
        list(units_today.employees_in([units["Meridian"].pk], TODAY))


def test_who_leads_sees_the_own_unit_and_all_below(units, manager, employee, django_assert_num_queries) -> None:
    below = make_unit("Corner", units["Branch A"])
    led = units_today
    with django_assert_num_queries(2):
        assert led.units_led_by(manager, TODAY) == {units["Branch A"].pk, below.pk}
    assert led.units_led_by(employee, TODAY) == set()


def test_a_move_of_a_person_follows_the_day(units, hr, employee) -> None:
    memberships.move(employee, to=units["Services"], on=PAST, by=hr, today=TODAY)
    assert asof.units_of(employee, BEFORE)[-1].name == "Branch A"
    assert asof.units_of(employee, PAST)[-1].name == "Services"
    make_person("Z1", units["Services"])
    assert asof.headcounts(PAST)[units["Services"].pk] == 3
