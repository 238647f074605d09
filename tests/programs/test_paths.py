"""Paths follow the organisation, and what was done stays done."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people import leaves, memberships
from culture.people.models import Employee, Leave
from programs.planning import indicators
from programs.planning.models import Enrolment
from programs.planning.tick import tick as enrol
from programs.training import courses, evaluating, granting, matching, observing, paths, queries, standing
from programs.training.models import Assignment, Completion
from programs.training.path_models import Attained, PathEnrolment, PathTally, Revocation
from programs.training.path_rules import Conditions, Person, StepPlan
from tests.conftest import make_person
from tests.programs.path_world import DAY, complete, day, make_course, make_path, step
from tests.programs.test_planning import make_program

pytestmark = pytest.mark.django_db


def stand(person: Employee, on: dt.date, place: int = 0) -> standing.Stand:
    return standing.of_people([person.pk], on)[person.pk][place]


def test_the_textbook_days(hr: Any, employee: Employee) -> None:
    """Assigned 1 Feb, due in two weeks; done on the 12th or the 20th; valid for twelve months."""
    one, two = make_course(hr), make_course(hr, "Memorable")
    path = make_path(hr, step(one, due_days=14, months=12, window=30), step(two, due_days=14), today=day("2026-02-01"))
    row = stand(employee, day("2026-02-01"))
    assert (row.assignment.due_on, row.state) == (day("2026-02-15"), "soon")
    assert stand(employee, day("2026-02-15")).state == "soon"
    assert stand(employee, day("2026-02-16")).state == "late"
    complete(employee, one, day("2026-02-12"))
    done = next(s for s in standing.of_people([employee.pk], day("2026-02-20"))[employee.pk] if s.done)
    assert (done.until, done.days_late, done.renews_from) == (day("2027-02-11"), 0, day("2027-01-13"))
    other = Employee.objects.get(number="A2")
    complete(other, one, day("2026-02-20"))
    done = next(s for s in standing.of_people([other.pk], day("2026-03-01"))[other.pk] if s.done)
    assert (done.until, done.days_late) == (day("2027-02-19"), 5)
    told = {
        on: standing.counts(path, day(on))[path.steps.get(position=1).pk, None, employee.unit_id]  # type: ignore[attr-defined]
        for on in ("2026-02-12", "2027-01-13", "2027-02-12", "2027-02-20")
    }
    assert [(c.valid, c.renew, c.lapsed) for c in told.values()] == [(1, 0, 0), (1, 1, 0), (0, 1, 1), (0, 0, 2)]


def test_joiners_have_their_own_days(hr: Any, employee: Employee, units: Any) -> None:
    """A path of 1 Jan, due in ten days: staff 11 Jan, who joins on 1 Feb 11 Feb."""
    path = make_path(hr, step(make_course(hr)), today=day("2026-01-01"))
    assert stand(employee, day("2026-01-01")).by == day("2026-01-11")
    evaluating.evaluate(path, today=day("2026-01-31"))
    joiner = make_person("J1", units["Branch B"], hired_on=day("2026-02-01"))
    for on in ("2026-02-01", "2026-02-02", "2026-02-02"):
        evaluating.evaluate(path, today=day(on))
    assert stand(joiner, day("2026-02-02")).by == day("2026-02-11")
    # Nothing of the others moved, and nobody has anything twice.
    assert stand(employee, day("2026-02-02")).by == day("2026-01-11")
    assert Assignment.objects.count() == Employee.objects.here(day("2026-02-02")).count()


def test_movers_carry_what_they_have_and_leavers_end(hr: Any, employee: Employee, units: Any) -> None:
    one = make_course(hr)
    here = make_path(hr, step(one), today=day("2026-01-01"), rules=[Conditions(unit=units["Branch A"].pk)])
    there = make_path(
        hr, step(one), today=day("2026-01-01"), name="There", rules=[Conditions(unit=units["Branch B"].pk)]
    )
    fact = complete(employee, one, day("2026-01-05"))
    late = Employee.objects.get(number="A2")
    for person in (employee, late):
        memberships.move(person, to=units["Branch B"], on=day("2026-02-01"), by=hr, today=day("2026-02-01"))
    leaver = Employee.objects.get(number="A3")
    Employee.objects.filter(pk=leaver.pk).update(left_on=day("2026-02-10"))
    for path in (here, there):
        evaluating.evaluate(path, today=day("2026-02-11"))
    ended = here.enrolments.get(employee=employee)
    assert (ended.why, ended.ended_on) == ("moved", day("2026-02-10"))
    assert (here.enrolments.get(employee=leaver).why, here.enrolments.get(employee=leaver).ended_on) == (
        "left", day("2026-02-10"),
    )  # fmt: skip
    row = stand(employee, day("2026-02-11"))
    assert row.state == "valid" and row.assignment.enrolment.path == there  # type: ignore[union-attr]
    assert stand(late, day("2026-02-11")).by == day("2026-02-11")
    assert Completion.objects.get() == fact
    # As it was on 15 January: in Branch A, on the first path.
    then = standing.counts(here, day("2026-01-15"))
    assert {(unit, c.given, c.valid, c.late) for (_s, _c, unit), c in then.items()} == {
        (units["Branch A"].pk, 12, 1, 11)
    }


def test_leave_moves_the_day_and_coming_back_early_moves_it_back(hr: Any, employee: Employee) -> None:
    path = make_path(hr, step(make_course(hr)), today=day("2026-01-01"))
    leave = leaves.start(employee, since=day("2026-01-05"), by=hr, today=day("2026-01-05"))
    evaluating.evaluate(path, today=day("2026-01-14"))
    assert stand(employee, day("2026-01-14")).by == day("2026-01-21")
    leaves.finish(leave, back_on=day("2026-01-10"), by=hr, today=day("2026-01-14"))
    evaluating.evaluate(path, today=day("2026-01-15"))
    assert stand(employee, day("2026-01-15")).by == day("2026-01-16")
    Leave.objects.all().delete()
    evaluating.evaluate(path, today=day("2026-01-15"))
    assert stand(employee, day("2026-01-15")).by == day("2026-01-11")


def test_a_rule_in_the_database_is_the_rule_on_paper(hr: Any, manager: Any, stranger: Any, units: Any) -> None:
    program = make_program(hr, units)
    enrol(now=timezone.now())
    cohort = program.cohorts.first()
    today = timezone.localdate()
    Employee.objects.filter(number="A1").update(job_family="Sales", language="it")
    Employee.objects.filter(number="A2").update(job_family="Sales", hired_on=day("2026-05-01"))
    path = make_path(hr, step(make_course(hr)), today=today, start=False)
    above = {u.pk: {u.pk, *([u.parent_id] if u.parent_id else [])} for u in units.values()}
    for unit in units.values():
        above[unit.pk] |= above.get(unit.parent_id or 0, set())
    known = {
        person: Person(
            units=frozenset(above[person.unit_id]),  # type: ignore[attr-defined]
            programs=frozenset(person.enrolments.values_list("program", flat=True)),  # type: ignore[attr-defined]
            cohorts=frozenset(person.enrolments.filter(since__lte=today).values_list("cohort", flat=True)),  # type: ignore[attr-defined]
            job_family=person.job_family,
            language=person.language,
            hired_on=person.hired_on,
        )
        for person in Employee.objects.here(today)
    }
    wanted = [
        Conditions(everybody=True),
        Conditions(unit=units["Retail"].pk),
        Conditions(cohort=cohort.pk),
        Conditions(cohort=cohort.pk, job_family="Sales"),
        Conditions(job_family="Sales", language="it"),
        Conditions(joined_after=day("2026-04-30")),
        Conditions(joined_after=day("2026-05-01")),
        Conditions(unit=units["Services"].pk, language="it"),
        Conditions(),
    ]
    sizes = []
    for one in wanted:
        rule = paths.rule_of(path, one, since=today) if not one.empty else path.rules.model(path=path, since=today)
        found = set(matching.people([rule], today))
        assert found == {person for person, paper in known.items() if one.names(paper)}, one
        sizes.append(len(found))
    assert sizes[0] > sizes[1] > sizes[3] == 2 and sizes[5] == 1 and sizes[6:] == [0, 0, 0]


def test_the_preview_is_what_happens_and_resets_nobody(hr: Any, manager: Any, stranger: Any, units: Any) -> None:
    today = timezone.localdate()
    one = make_course(hr)
    path = make_path(hr, step(one), today=today - 5 * DAY, rules=[Conditions(unit=units["Branch A"].pk)])
    before = {row.employee_id: row.due_on for row in Assignment.objects.all()}  # type: ignore[attr-defined]
    complete(manager, one, today - 2 * DAY)
    rule = path.rules.get()
    proposed = paths.proposed(path, add=Conditions(unit=units["Retail"].pk), drop=rule.pk, today=today)
    seen = matching.preview(path, proposed, today)
    assert (seen.joining.count, seen.leaving.count, seen.staying) == (1, 0, 12)
    assert seen.joining.by_unit == [("Branch B", 1)] and seen.joining.names == [stranger]
    paths.change_rules(by=hr, path=path, add=Conditions(unit=units["Retail"].pk), drop=rule.pk, today=today)
    after = {row.employee_id: row.due_on for row in Assignment.objects.filter(ended_on=None)}  # type: ignore[attr-defined]
    assert after == {**before, stranger.pk: today + 10 * DAY}
    gone = matching.preview(path, [], today)
    assert (gone.joining.count, gone.leaving.count) == (0, 13)
    paths.change_rules(by=hr, path=path, drop=path.rules.get(ended_on=None).pk, today=today)
    assert not PathEnrolment.objects.filter(ended_on=None).exists() and Completion.objects.count() == 1


def test_steps_change_and_nobody_begins_anew(hr: Any, employee: Employee) -> None:
    today = timezone.localdate()
    one, two, three = make_course(hr), make_course(hr, "Two"), make_course(hr, "Three")
    path = make_path(hr, step(one), step(two), today=today - 20 * DAY)
    complete(employee, one, today - 15 * DAY)
    first, second = paths.plans(path)
    fresh = step(three, after=(1,))
    paths.save(
        by=hr,
        path=path,
        name=path.name,
        starts_on=path.starts_on,
        ends_on=path.ends_on,
        steps=[StepPlan(**{**vars(first), "due_days": 30}), fresh],
        today=today,
    )
    mine = {s.title: s for s in standing.of_people([employee.pk], today)[employee.pk]}
    assert set(mine) == {"Seven sins", "Three"}
    assert mine["Seven sins"].state == "valid"
    assert mine["Three"].by == today + 10 * DAY and not mine["Three"].first
    other = {s.title: s for s in standing.of_people([hr.pk], today)[hr.pk]}
    assert other["Three"].first == ("Seven sins",) and other["Seven sins"].by == today - 10 * DAY
    # HR says: also for those under way. Never a day that is past.
    paths.save(
        by=hr,
        path=path,
        name=path.name,
        starts_on=path.starts_on,
        ends_on=path.ends_on,
        steps=[StepPlan(**{**vars(paths.plans(path)[0]), "due_days": 40}), paths.plans(path)[1]],
        also_under_way=True,
        today=today,
    )
    assert stand(hr, today).by in {today + 10 * DAY, today + 20 * DAY}
    assert second.pk and path.steps.get(pk=second.pk).retired_on == today


def test_quizzes_sessions_and_behaviours_are_granted_once(hr: Any, manager: Any, employee: Employee) -> None:
    from programs.training import answering, sessions
    from programs.training.slots import Needed

    load_catalogue()
    today, now = timezone.localdate(), timezone.now()
    quiz = [{"text": "Which?", "options": ["A", "B"], "right": [0], "why": ""}]
    version = make_course(hr, quiz=quiz, pass_mark=100)
    attitude = Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE).first()
    assert attitude is not None
    make_path(
        hr,
        step(version, kind="quiz"),
        step(version, kind="session", times=2),
        StepPlan(kind="observation", subject=attitude.pk, due_days=90, months=12, window=30),
        today=today - 40 * DAY,
    )
    for lesson in version.lessons.all():
        courses.finish_lesson(employee=employee, lesson=lesson)
    answering.answer_quiz(employee=employee, version=version, answers=[[0]])
    assert [(a.kind, a.evidence["score"]) for a in Attained.objects.all()] == [("quiz", 100)]
    for days in (2, 3):
        starts = now + dt.timedelta(days=days)
        plan = sessions.Plan(starts, starts + dt.timedelta(hours=1), "Europe/Rome", "Room", 10)
        session = sessions.plan(by=hr, course=version.course, plan=plan)
        seat = sessions.take_seat(employee=employee, session=session, by=employee)
        sessions.mark(by=hr, session=session, marks={seat.pk: "present"}, now=starts + dt.timedelta(hours=2))
    assert Attained.objects.filter(kind="session").count() == 1
    observing.set_rules(by=hr, needed={None: Needed(2, 2, 90)})
    for who in (hr, manager):
        observing.observe(by=who, employee=employee, behaviour=attitude, what="seen", on=today)
    granting.attain(today=today)
    granting.attain(today=today)
    assert Attained.objects.filter(kind="observation").count() == 1
    assert Attained.objects.filter(employee=employee).count() == 3
    # The seats may be corrected afterwards: what was granted stays.
    from programs.training.session_models import Seat

    Seat.objects.update(attendance="absent")
    granting.attain(today=today + 3 * DAY)
    assert Attained.objects.filter(kind="session").count() == 1


def test_a_course_is_renewed_by_doing_it_again(hr: Any, employee: Employee) -> None:
    version = make_course(hr)
    path = make_path(hr, step(version, months=12, window=30), today=day("2026-01-01"))
    (lesson,) = version.lessons.all()

    def read(on: str) -> None:
        moment = timezone.make_aware(dt.datetime.combine(day(on), dt.time(12)))
        courses.finish_lesson(employee=employee, lesson=lesson, now=moment)

    read("2026-01-05")
    read("2026-06-01")
    assert Completion.objects.count() == 1
    assert queries.lesson_rows(employee, version, day("2026-06-02"))[0]["done"]
    assert not queries.lesson_rows(employee, version, day("2026-12-20"))[0]["done"]
    read("2026-12-20")
    assert stand(employee, day("2026-12-20")).until == day("2028-01-04")
    assert sorted(Completion.objects.values_list("done_on", flat=True)) == [day("2026-01-05"), day("2026-12-20")]
    evaluating.evaluate(path, today=day("2026-12-21"))
    assert stand(employee, day("2026-12-21")).state == "valid"


def test_granted_by_hand_and_revoked_with_a_reason(hr: Any, employee: Employee) -> None:
    today = timezone.localdate()
    make_path(hr, step(make_course(hr)), today=today - 5 * DAY)
    row = stand(employee, today).assignment
    for bad in ({"evidence": " "}, {"done_on": today + DAY}, {"score": 101}, {"by": employee}):
        values = {"by": hr, "assignment": row, "done_on": today, "evidence": "Certificate", **bad}
        with pytest.raises(ValidationError):
            granting.by_hand(**values)  # type: ignore[arg-type]
    done = granting.by_hand(by=hr, assignment=row, done_on=today - 3 * DAY, evidence="Certificate of 2026")
    assert isinstance(done, Completion) and done.granted_by == hr and done.evidence["by_hand"] == "Certificate of 2026"
    assert stand(employee, today).state == "valid"
    with pytest.raises(ValidationError):
        granting.by_hand(by=hr, assignment=row, done_on=today - 3 * DAY, evidence="Again")
    with pytest.raises(ValidationError):
        granting.revoke(by=hr, granted=done, reason=" ")
    granting.revoke(by=hr, granted=done, reason="It was of somebody else", on=today)
    assert stand(employee, today).state == "soon" and stand(employee, today - DAY).state == "valid"
    with pytest.raises(ValidationError):
        granting.revoke(by=hr, granted=done, reason="Twice")


@pytest.mark.parametrize("change", ["update", "delete", "revocation", "evidence"])
def test_the_database_keeps_what_was_granted(hr: Any, employee: Employee, change: str) -> None:
    done = complete(employee, make_course(hr), day("2026-01-05"))
    act = granting.revoke(by=hr, granted=done, reason="Wrong person")
    rows = Completion.objects.filter(pk=done.pk)
    acts: dict[str, Any] = {
        "update": lambda: rows.update(done_on=day("2026-01-06")),
        "delete": lambda: rows.delete(),
        "revocation": lambda: Revocation.objects.filter(pk=act.pk).update(reason="Another"),
        "evidence": lambda: rows.update(evidence={"by_hand": "Better"}),
    }
    with pytest.raises((DatabaseError, ValidationError)), transaction.atomic():
        acts[change]()
    # Erasing a person takes his words out, and nothing else.
    assert rows.update(evidence={}) == 1


def test_exempt_for_a_time_and_asked_again_afterwards(hr: Any, employee: Employee) -> None:
    today = timezone.localdate()
    path = make_path(hr, step(make_course(hr)), today=today - 20 * DAY)
    row = stand(employee, today).assignment
    with pytest.raises(ValidationError) as refused:
        granting.exempt(by=hr, assignment=row, since=today, until=today - DAY, reason="")
    assert set(refused.value.message_dict) == {"reason", "until"}
    one = granting.exempt(by=hr, assignment=row, since=today, until=today + 5 * DAY, reason="Project abroad")
    assert stand(employee, today).state == "exempt" and stand(employee, today + 6 * DAY).state == "late"
    assert standing.total(standing.counts(path, today).values()).exempt == 1
    with pytest.raises(ValidationError):
        granting.exempt(by=hr, assignment=row, since=today + DAY, until=today + 9 * DAY, reason="Longer")
    granting.end_exemption(by=hr, exemption=one)
    assert stand(employee, today).state == "late"


def test_what_pages_of_large_organisations_read_is_what_stands(hr: Any, employee: Employee, units: Any) -> None:
    today = timezone.localdate()
    one = make_course(hr)
    path = make_path(hr, step(one), step(make_course(hr, "Two"), months=12, window=30), today=today - 20 * DAY)
    complete(employee, one, today)
    assert evaluating.count(path, today=today)
    assert evaluating.count(path, today=today) == 0
    live = standing.counts(path, today)
    stored = {(r.step_id, r.cohort_id, r.unit_id): (r.given, r.valid, r.late) for r in PathTally.objects.all()}  # type: ignore[attr-defined]
    assert stored == {key: (c.given, c.valid, c.late) for key, c in live.items()}
    rows = list(standing.lines(path, today, only={"late", "lapsed"}))
    assert len(rows) == standing.total(live.values()).risk
    some = list(standing.lines(path, today, units=[units["Branch A"].pk]))
    assert len(some) == 24 and sum(line.state == "valid" for line in some) == 1


def test_an_evaluation_that_changes_nothing_writes_nothing(hr: Any, employee: Employee) -> None:
    today = timezone.localdate()
    path = make_path(hr, step(make_course(hr)), today=today - 5 * DAY)
    assert not evaluating.evaluate(path, today=today)
    assert not evaluating.evaluate(path, today=today + DAY)


def test_what_is_required_and_still_valid_is_told_to_the_plan(hr: Any, units: Any) -> None:
    """Renewals that ran out count as not valid; what somebody is spared, or left, is not asked of anybody."""
    began = day("2026-02-09")
    program = make_program(hr, units)
    people = [make_person(f"V{n}", units["Branch A"]) for n in range(12)]
    program.enrolments.all().delete()
    cohort = program.cohorts.earliest("starts_on")
    for one in people:
        Enrolment.objects.create(program=program, cohort=cohort, employee=one, since=began)
    once, yearly = make_course(hr, "Once"), make_course(hr, "Yearly")
    steps = [step(once), step(yearly, months=12, window=30)]
    path = make_path(hr, *steps, today=began, rules=[Conditions(program=program.pk)], ends_on=day("2029-01-01"))
    total = 2 * len(people)
    assert Assignment.objects.filter(enrolment__path=path).count() == total == 24

    def read(on: dt.date) -> indicators.Reading:
        return indicators.read("training.valid", program, on)

    assert read(on=began).value == 0 and f"0 of {total}" in read(on=began).words
    for one in people[:6]:
        complete(one, once, began + DAY)
        complete(one, yearly, began + DAY)
    late = day("2027-01-20")
    complete(people[0], yearly, late)  # renewed in the window: valid until 9 February 2028
    assert all(f"12 of {total}" in read(on=on).words for on in (late, day("2027-02-09")))
    assert f"7 of {total}" in read(on=day("2027-02-10")).words  # five lapsed
    assert f"7 of {total}" in read(on=day("2028-02-09")).words and f"6 of {total}" in read(on=day("2028-02-10")).words
    revoked = people[1].completions.get(version=once)  # type: ignore[attr-defined]
    Revocation.objects.create(completion=revoked, on=day("2027-02-15"), reason="x", by=hr, at=timezone.now())
    assert f"6 of {total}" in read(on=day("2027-02-15")).words
    spared = Assignment.objects.filter(employee=people[7], step__course=once.course).get()
    granting.exempt(
        by=hr,
        assignment=spared,
        since=day("2027-02-16"),
        until=day("2027-03-05"),
        reason="Away",
        today=day("2027-02-16"),
    )
    assert f"6 of {total - 1}" in read(on=day("2027-02-17")).words
    with CaptureQueriesContext(connection) as caught:
        read(on=day("2027-02-17"))
    assert len(caught) == 2, "what is required, and who is in which programs"
