"""What is granted, by what was done or by hand; revoked by a dated act; and who need not do something for a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.training import cycles, facts, observing, slots, standing
from programs.training.models import Assignment, Completion, CourseVersion, QuizAttempt
from programs.training.observation_models import Observation
from programs.training.path_models import Attained, Exemption, Revocation, Step, subject_of
from programs.training.session_models import CAME, Seat

DAY = dt.timedelta(days=1)
LONGEST_EXEMPTION = dt.timedelta(days=730)
# Nothing done longer ago is granted by hand.
FURTHEST_BACK = dt.timedelta(days=3653)
KINDS = [Step.Kind.QUIZ, Step.Kind.SESSION, Step.Kind.OBSERVATION]


# -- granted by what was done ----------------------------------------------------------------------------------------


def attain(*, today: dt.date, employees: Collection[int] | None = None) -> int:
    """Grant the quizzes, sessions and behaviours of paths for which enough was done; returns how many.

    For these people, or for all (the night). What is granted once stays, whatever happens to the seats and notes.
    """
    held = Assignment.objects.filter(ended_on__isnull=True, step__kind__in=KINDS).select_related("step")
    if employees is not None:
        held = held.filter(employee__in=employees)
    rows = [row for row in held.order_by("pk") if row.step is not None]
    if not rows:
        return 0
    people = {row.employee_id for row in rows}  # type: ignore[attr-defined]
    known = facts.facts(people, today)
    revoked = _revoked(people, today)
    evidence = _Evidence(rows, today)
    granted = []
    for row in rows:
        assert row.step is not None
        found = _grant(row, row.step, known, revoked, evidence, today)
        if found is not None:
            granted.append(found)
    # Two paths asking for the same grant it once.
    made = Attained.objects.bulk_create(granted, batch_size=2000, ignore_conflicts=True)
    return len(made)


def _revoked(people: Collection[int], today: dt.date) -> dict[facts.Key, dt.date]:
    rows = Revocation.objects.filter(attained__employee__in=people, on__lte=today)
    found: dict[facts.Key, dt.date] = {}
    for employee, kind, course, behaviour, on in rows.values_list(
        "attained__employee", "attained__kind", "attained__course", "attained__behaviour", "on"
    ):
        key = (employee, kind, course or behaviour)
        found[key] = max(on, found.get(key, on))
    return found


def _grant(
    row: Assignment,
    step: Step,
    known: facts.Facts,
    revoked: dict[facts.Key, dt.date],
    evidence: _Evidence,
    today: dt.date,
) -> Attained | None:
    kind, about = subject_of(step)
    key = (row.employee_id, kind, about)  # type: ignore[attr-defined]
    valid = cycles.validity(list(known.of(row)), row.rule)
    since = revoked.get(key)
    if valid is not None:
        opens = cycles.renewal_opens(valid, row.rule)
        if opens is None or today < opens:
            return None
        since = max(opens, since or opens)
    found = evidence.of(row, step, since)
    if found is None:
        return None
    day, proof = found
    observation = step.kind == Step.Kind.OBSERVATION
    return Attained(
        employee_id=row.employee_id,  # type: ignore[attr-defined]
        kind=step.kind,
        course_id=None if observation else about,
        behaviour_id=about if observation else None,
        times=row.times,
        done_on=day,
        evidence=proof,
    )


class _Evidence:
    """What those of ``rows`` have done, read in three queries: quizzes passed, sessions attended, behaviour seen."""

    def __init__(self, rows: list[Assignment], today: dt.date) -> None:
        self.today = today
        self.quizzes: dict[tuple[int, int], list[tuple[dt.date, dict[str, Any]]]] = defaultdict(list)
        self.seats: dict[tuple[int, int], list[tuple[dt.date, dict[str, Any]]]] = defaultdict(list)
        self.seen: dict[tuple[int, int], list[slots.Sighting]] = defaultdict(list)
        self.rules = observing.Rules(())
        of: dict[str, tuple[set[int], set[int]]] = {kind.value: (set(), set()) for kind in KINDS}
        for row in rows:
            assert row.step is not None
            kind, about = subject_of(row.step)
            of[kind][0].add(row.employee_id)  # type: ignore[attr-defined]
            of[kind][1].add(about)
        self._read_quizzes(*of[Step.Kind.QUIZ.value])
        self._read_seats(*of[Step.Kind.SESSION.value])
        self._read_seen(*of[Step.Kind.OBSERVATION.value])

    def _read_quizzes(self, people: set[int], courses: set[int]) -> None:
        if not people:
            return
        rows = QuizAttempt.objects.filter(employee__in=people, version__course__in=courses, passed=True).order_by("at")
        for pk, employee, course, number, score, at in rows.values_list(
            "pk", "employee", "version__course", "version__number", "score", "at"
        ):
            proof = {"attempt": pk, "version": number, "score": score}
            self.quizzes[employee, course].append((timezone.localdate(at), proof))

    def _read_seats(self, people: set[int], courses: set[int]) -> None:
        if not people:
            return
        rows = Seat.objects.filter(
            employee__in=people,
            session__course__in=courses,
            attendance__in=CAME,
            session__cancelled_at__isnull=True,
        ).select_related("session")
        for seat in rows.order_by("session__starts_at"):
            session = seat.session
            day = session.local(session.starts_at).date()
            key = (seat.employee_id, session.course_id)  # type: ignore[attr-defined]
            self.seats[key].append((day, {"session": session.pk}))

    def _read_seen(self, people: set[int], behaviours: set[int]) -> None:
        if not people:
            return
        self.rules = observing.history()
        rows = Observation.objects.filter(employee__in=people, behaviour__in=behaviours, withdrawn_at=None)
        for note in rows.order_by("on", "pk"):
            self.seen[note.employee_id, note.behaviour_id].append(self.rules.sighting(note))  # type: ignore[attr-defined]

    def of(self, row: Assignment, step: Step, since: dt.date | None) -> tuple[dt.date, dict[str, Any]] | None:
        """(day it was enough, what it rests on), counting only from ``since`` on."""
        kind, about = subject_of(step)
        key = (row.employee_id, about)  # type: ignore[attr-defined]
        first = since or dt.date.min
        if kind == Step.Kind.QUIZ:
            return next(((day, proof) for day, proof in self.quizzes[key] if first <= day <= self.today), None)
        if kind == Step.Kind.SESSION:
            came = [(day, proof) for day, proof in self.seats[key] if first <= day <= self.today]
            if len(came) < row.times:
                return None
            enough = came[: row.times]
            return enough[-1][0], {"sessions": [proof["session"] for _day, proof in enough]}
        seen = [one for one in self.seen[key] if one.on >= first]
        shown = slots.shown(seen, self.rules.now(about), self.today)
        if shown.granted_on is None or shown.by is None:
            return None
        needed = shown.by
        proof = {"sightings": needed.sightings, "observers": needed.observers, "days": needed.days}
        return shown.granted_on, proof


# -- by hand ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def by_hand(
    *,
    by: Employee,
    assignment: Assignment,
    done_on: dt.date,
    evidence: str,
    score: int | None = None,
    today: dt.date | None = None,
) -> Completion | Attained:
    """Grant what was done elsewhere (a certificate of another house, a course before this site), with the evidence."""
    today = today or timezone.localdate()
    row = Assignment.objects.select_for_update(of=("self",)).select_related("step", "course").get(pk=assignment.pk)
    _refuse_grant(by, row, done_on, evidence, score, today)
    proof = {"by_hand": " ".join(evidence.split())}
    step = row.step
    if step is not None and step.kind != Step.Kind.COURSE:
        made: Completion | Attained = _attained_by_hand(by, row, step, done_on, proof)
    else:
        made = _completed_by_hand(by, row, done_on, proof, score, today)
    audit.record(by, "granted completion", row.employee, title=_title(row), on=done_on)
    return made


def _refuse_grant(
    by: Employee, row: Assignment, done_on: dt.date, evidence: str, score: int | None, today: dt.date
) -> None:
    found: dict[str, list[str]] = {}
    if row.employee_id == by.pk:  # type: ignore[attr-defined]
        found["__all__"] = [_("Nobody grants something to himself: ask a colleague who may.")]
    if done_on > today:
        found["done_on"] = [_("This day is still to come.")]
    elif done_on < today - FURTHEST_BACK:
        found["done_on"] = [_("This is more than ten years ago.")]
    if not evidence.strip():
        found["evidence"] = [_("Say what shows it: a certificate, who saw it, where it is kept.")]
    if score is not None and not 0 <= score <= 100:
        found["score"] = [_("The score is a percentage from 0 to 100.")]
    if found:
        raise ValidationError(found)


def _attained_by_hand(by: Employee, row: Assignment, step: Step, done_on: dt.date, proof: dict[str, Any]) -> Attained:
    kind, about = subject_of(step)
    observation = step.kind == Step.Kind.OBSERVATION
    same = Attained.objects.filter(
        Q(course=about) | Q(behaviour=about), employee=row.employee, kind=kind, done_on=done_on, times=row.times
    )
    if same.exists():
        raise ValidationError({"done_on": [_("It was granted for this day already.")]})
    return Attained.objects.create(
        employee=row.employee,
        kind=kind,
        course_id=None if observation else about,
        behaviour_id=about if observation else None,
        times=row.times,
        done_on=done_on,
        evidence=proof,
        granted_by=by,
    )


def _completed_by_hand(
    by: Employee, row: Assignment, done_on: dt.date, proof: dict[str, Any], score: int | None, today: dt.date
) -> Completion:
    course = row.step.course if row.step else row.course
    assert course is not None
    version = row.version or (
        CourseVersion.objects.filter(course=course, published_at__isnull=False).order_by("-number").first()
    )
    if version is None:
        raise ValidationError(_("The course has no published version."))
    if Completion.objects.filter(employee=row.employee, version=version, done_on=done_on).exists():
        raise ValidationError({"done_on": [_("It was granted for this day already.")]})
    proof = {"course": course.name, "version": version.number, "score": score, **proof}
    return Completion.objects.create(
        employee=row.employee,
        version=version,
        done_on=done_on,
        score=score,
        evidence=proof,
        granted_by=by,
        **vars(standing.course_rule(row.employee_id, course, today)),  # type: ignore[attr-defined]
    )


def _title(row: Assignment) -> str:
    return row.step.title if row.step else (row.course.name if row.course else "")


@transaction.atomic
def revoke(
    *,
    by: Employee,
    granted: Completion | Attained,
    reason: str,
    on: dt.date | None = None,
    today: dt.date | None = None,
) -> Revocation:
    """It counts no more from ``on`` on. It stays on record, with this act beside it."""
    today = today or timezone.localdate()
    on = on or today
    found: dict[str, list[str]] = {}
    if granted.employee_id == by.pk:  # type: ignore[attr-defined]
        found["__all__"] = [_("Nobody revokes what is his own: ask a colleague who may.")]
    if not reason.strip():
        found["reason"] = [_("Say why: the person reads it.")]
    if on > today:
        found["on"] = [_("This day is still to come.")]
    elif on < granted.done_on:
        found["on"] = [_("It was not granted yet on this day.")]
    if Revocation.objects.filter(**_about(granted)).exists():
        found["__all__"] = [_("It was revoked already.")]
    if found:
        raise ValidationError(found)
    made = Revocation.objects.create(
        **_about(granted), on=on, reason=" ".join(reason.split()), by=by, at=timezone.now()
    )
    audit.record(by, "revoked completion", granted.employee, granted_on=granted.done_on, on=on)
    return made


def _about(granted: Completion | Attained) -> dict[str, Any]:
    return {"completion" if isinstance(granted, Completion) else "attained": granted}


# -- exemptions ------------------------------------------------------------------------------------------------------


@transaction.atomic
def exempt(
    *,
    by: Employee,
    assignment: Assignment,
    since: dt.date,
    until: dt.date,
    reason: str,
    today: dt.date | None = None,
) -> Exemption:
    """From ``since`` to ``until`` it is not asked of the person. Afterwards it is asked again by itself."""
    today = today or timezone.localdate()
    row = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    found: dict[str, list[str]] = {}
    if row.employee_id == by.pk:  # type: ignore[attr-defined]
        found["__all__"] = [_("Nobody exempts himself: ask a colleague who may.")]
    if not reason.strip():
        found["reason"] = [_("Say why: the person and those who come after you read it.")]
    if until < since:
        found["until"] = [_("The last day is before the first.")]
    elif until < today:
        found["until"] = [_("This day is past: choose today or a later one.")]
    elif until - since > LONGEST_EXEMPTION:
        found["until"] = [_("Two years at most: then it is looked at again.")]
    if since < row.assigned_on:
        found["since"] = [_("It was not given yet on this day.")]
    if row.exemptions.filter(since__lte=until, until__gte=since).exists():
        found["since"] = [_("There is an exemption in these days already: end that one first.")]
    if found:
        raise ValidationError(found)
    made = Exemption.objects.create(
        assignment=row, since=since, until=until, reason=" ".join(reason.split()), by=by, at=timezone.now()
    )
    audit.record(by, "exempted from training", row.employee, since=since, until=until)
    return made


@transaction.atomic
def end_exemption(*, by: Employee, exemption: Exemption, today: dt.date | None = None) -> None:
    """Yesterday was its last day; one that has not begun, or began today, never was."""
    today = today or timezone.localdate()
    here = Exemption.objects.select_for_update(of=("self",)).select_related("assignment__employee").get(pk=exemption.pk)
    if here.until < today:
        raise ValidationError(_("It is over already."))
    if here.since >= today:
        here.delete()
    else:
        here.until = today - DAY
        here.save(update_fields=["until"])
    audit.record(by, "ended an exemption", here.assignment.employee)


def of_person(employee: Employee) -> tuple[QuerySet[Completion], QuerySet[Attained]]:
    """Everything granted, the newest first."""
    done = employee.completions.select_related("version__course", "granted_by", "revocation__by")  # type: ignore[attr-defined]
    rows = employee.attained.select_related("course", "behaviour", "granted_by", "revocation__by")  # type: ignore[attr-defined]
    return done.order_by("-done_on", "-pk"), rows.order_by("-done_on", "-pk")
