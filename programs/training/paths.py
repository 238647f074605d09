"""Writing paths: their steps, for whom they are, starting and ending them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.organisation import language_choices
from culture.people.models import Employee, Unit
from programs.planning.models import Cohort, Program
from programs.training import evaluating, matching, path_rules
from programs.training.models import Assignment, Course
from programs.training.path_models import Path, PathEnrolment, PathRule, Step
from programs.training.path_rules import Conditions, StepPlan

# A path of more people is worked out by the tick, within a minute; one of fewer while one waits.
AT_ONCE = 5000
DAY = dt.timedelta(days=1)


@transaction.atomic
def save(
    *,
    by: Employee | None,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    steps: Sequence[StepPlan],
    summary: str = "",
    path: Path | None = None,
    also_under_way: bool = False,
    today: dt.date | None = None,
) -> Path:
    """Write a path. A step with ``pk`` is one that was there; one left out is retired and what was done stays.

    What is changed is for those who come later; with ``also_under_way`` also for those who have not done it yet, and
    never due earlier than today. Nobody begins anew, and what is done stays as it was asked for.
    """
    today = today or timezone.localdate()
    _refuse(path, name, starts_on, ends_on, steps)
    begun = False
    if path is None:
        path = Path.objects.create(name=name.strip(), starts_on=starts_on, ends_on=ends_on, created_by=by)
    else:
        path = Path.objects.select_for_update().get(pk=path.pk)
        if path.state == Path.State.ENDED:
            raise ValidationError({"__all__": [_("This path was ended: it stays as it was.")]})
        begun = path.state == Path.State.RUNNING and path.starts_on <= today
        if begun and starts_on != path.starts_on:
            raise ValidationError({"starts_on": [_("It has started: its first day stays.")]})
    path.name, path.summary = name.strip(), summary.strip()
    path.starts_on, path.ends_on = starts_on, ends_on
    path.save()
    _write_steps(path, steps, today, begun, also_under_way)
    audit.record(by, "path.saved", path, name=path.name, steps=len(steps))
    _evaluate_soon(path, today)
    return path


def _refuse(path: Path | None, name: str, starts_on: dt.date, ends_on: dt.date, steps: Sequence[StepPlan]) -> None:
    found = path_rules.check(starts_on=starts_on, ends_on=ends_on, steps=steps)
    if not name.strip():
        found["name"] = [_("Give the path a name.")]
    elif Path.objects.filter(name__iexact=name.strip()).exclude(pk=path.pk if path else 0).exists():
        found["name"] = [_("Another path has this name already.")]
    courses = {step.subject for step in steps if step.kind != Step.Kind.OBSERVATION and step.subject}
    published = set(
        Course.objects.filter(pk__in=courses, versions__published_at__isnull=False).values_list("pk", flat=True)
    )
    quizzes = set(
        Course.objects.filter(pk__in=courses, versions__published_at__isnull=False)
        .exclude(versions__quiz=[])
        .values_list("pk", flat=True)
    )
    kept = set(path.steps.values_list("pk", flat=True)) if path else set()
    for number, step in enumerate(steps):
        key = f"step_{number}_subject"
        if step.pk is not None and step.pk not in kept:
            found.setdefault(key, []).append(_("This step is of another path."))
        if step.kind == Step.Kind.OBSERVATION or not step.subject:
            continue
        if step.subject not in published:
            found.setdefault(key, []).append(_("Publish this course before you make it a step."))
        elif step.kind == Step.Kind.QUIZ and step.subject not in quizzes:
            found.setdefault(key, []).append(_("This course has no quiz."))
    if found:
        raise ValidationError(found)


def _write_steps(path: Path, steps: Sequence[StepPlan], today: dt.date, begun: bool, also_under_way: bool) -> None:
    known = {step.pk: step for step in path.steps.filter(retired_on__isnull=True)}
    # A step that now asks for something else is another step: what was done of the old one stays with it.
    kept = {
        plan.pk
        for plan in steps
        if plan.pk in known and (known[plan.pk].kind, _subject(known[plan.pk])) == (plan.kind, plan.subject)
    }
    for pk, step in known.items():
        if pk not in kept:
            retire(step, today)
    written: list[Step] = []
    changed: list[int] = []
    moved: list[int] = []
    for position, plan in enumerate(steps, 1):
        step = known[plan.pk] if plan.pk in kept and plan.pk is not None else Step(path=path)
        if not begun:
            # All of a path to come begins with it, wherever its first day is moved.
            step.added_on = path.starts_on
        elif step.pk is None:
            step.added_on = today
        days, worth = (step.due_days, step.due_on), (step.times, step.months, step.window)
        observation = plan.kind == Step.Kind.OBSERVATION
        step.position, step.kind = position, plan.kind
        step.course_id = None if observation else plan.subject  # type: ignore[attr-defined]
        step.behaviour_id = plan.subject if observation else None  # type: ignore[attr-defined]
        step.times = plan.times if plan.kind == Step.Kind.SESSION else 1
        step.due_days, step.due_on = plan.due_days, plan.due_on
        step.months, step.window = plan.months, plan.window
        step.save()
        written.append(step)
        if days != (step.due_days, step.due_on):
            moved.append(step.pk)
        if step.pk in moved or worth != (step.times, step.months, step.window):
            changed.append(step.pk)
    if also_under_way and changed:
        evaluating.change_under_way(path, changed=changed, moved=moved, today=today)
    for step, plan in zip(written, steps, strict=True):
        step.after.set([written[number - 1] for number in plan.after])


def _subject(step: Step) -> int | None:
    return step.behaviour_id if step.kind == Step.Kind.OBSERVATION else step.course_id  # type: ignore[attr-defined]


def retire(step: Step, today: dt.date) -> None:
    """Nobody is asked for it any more; who did it has done it. One that nobody ever had goes for good."""
    if not step.assignments.exists():
        step.delete()
        return
    step.retired_on = today
    step.save(update_fields=["retired_on"])
    step.after.clear()
    step.before.clear()
    held = Assignment.objects.filter(step=step, ended_on__isnull=True)
    held.update(ended_on=today - DAY)


# -- for whom --------------------------------------------------------------------------------------------------------


def rule_of(path: Path, wanted: Conditions, *, since: dt.date, by: Employee | None = None) -> PathRule:
    """An unsaved rule. Raises ``ValidationError`` by field for what does not exist."""
    found: dict[str, list[str]] = {}
    if wanted.empty:
        found["__all__"] = [_("Say for whom: at least one condition, or everybody.")]
    if wanted.everybody and wanted != Conditions(everybody=True):
        found["everybody"] = [_("Everybody, or those of the conditions: not both.")]
    things: tuple[tuple[str, Any], ...] = (("program", Program), ("cohort", Cohort), ("unit", Unit))
    for name, model in things:
        pk = getattr(wanted, name)
        if pk is not None and not model.objects.filter(pk=pk).exists():
            found[name] = [_("This does not exist any more.")]
    if wanted.language and wanted.language not in dict(language_choices(wanted.language)):
        found["language"] = [_("This language is not offered.")]
    if found:
        raise ValidationError(found)
    values = {key: value for key, value in vars(wanted).items() if key not in ("program", "cohort", "unit")}
    return PathRule(
        path=path,
        program_id=wanted.program,
        cohort_id=wanted.cohort,
        unit_id=wanted.unit,
        since=since,
        made_by=by,
        **values,
    )


def proposed(path: Path, *, add: Conditions | None, drop: int | None, today: dt.date) -> list[PathRule]:
    """The rules as they would be with one more and one less."""
    rules = [rule for rule in matching.in_force(path) if rule.pk != drop]
    return [*rules, rule_of(path, add, since=today)] if add is not None else rules


@transaction.atomic
def change_rules(
    *, by: Employee, path: Path, add: Conditions | None = None, drop: int | None = None, today: dt.date | None = None
) -> Path:
    """Add a rule, end one, or both at once (a rule that changed). Nobody who stays begins anew."""
    today = today or timezone.localdate()
    path = Path.objects.select_for_update().get(pk=path.pk)
    if path.state == Path.State.ENDED:
        raise ValidationError(_("This path was ended."))
    if drop is not None and not path.rules.filter(pk=drop, ended_on__isnull=True).update(ended_on=today):
        raise ValidationError(_("This rule was ended already."))
    if add is not None:
        if any(matching.conditions(rule) == add for rule in matching.in_force(path)):
            raise ValidationError(_("The path has this rule already."))
        rule_of(path, add, since=today, by=by).save()
    audit.record(by, "path.rules", path, name=path.name, added=add is not None, ended=drop is not None)
    _evaluate_soon(path, today)
    return path


def _evaluate_soon(path: Path, today: dt.date) -> None:
    """Now where that is quick, else by the next tick."""
    if path.state != Path.State.RUNNING:
        return
    Path.objects.filter(pk=path.pk).update(evaluate=True)
    if matching.people(matching.in_force(path), today).count() <= AT_ONCE:
        evaluating.evaluate(path, today=today)
        evaluating.count(path, today=today)


@transaction.atomic
def start(*, by: Employee, path: Path, today: dt.date | None = None) -> Path:
    """From now on (or from its first day, if that is to come) whoever the rules name is on it."""
    today = today or timezone.localdate()
    path = Path.objects.select_for_update().get(pk=path.pk)
    if path.state != Path.State.DRAFT:
        raise ValidationError(_("It is running already, or was ended."))
    if not path.steps.filter(retired_on__isnull=True).exists():
        raise ValidationError(_("A path needs at least one step."))
    if not matching.in_force(path):
        raise ValidationError(_("Say first for whom it is: add a rule."))
    if path.ends_on < today:
        raise ValidationError(_("Its last day is past: give it a later one first."))
    path.state = Path.State.RUNNING
    path.save(update_fields=["state"])
    audit.record(by, "path.started", path, name=path.name)
    _evaluate_soon(path, today)
    path.refresh_from_db()
    return path


@transaction.atomic
def end(*, by: Employee, path: Path, today: dt.date | None = None) -> int:
    """Nobody is asked for it any more. What was done is kept. Returns how many were on it."""
    today = today or timezone.localdate()
    path = Path.objects.select_for_update().get(pk=path.pk)
    if path.state != Path.State.RUNNING:
        raise ValidationError(_("Only a running path can be ended."))
    path.state = Path.State.ENDED
    path.save(update_fields=["state"])
    path.rules.filter(ended_on__isnull=True).update(ended_on=today)
    pks = list(path.enrolments.filter(ended_on__isnull=True).values_list("pk", flat=True))
    count = evaluating.end_enrolments(pks, PathEnrolment.Why.OVER, today)
    audit.record(by, "path.ended", path, name=path.name, people=count)
    return count


@transaction.atomic
def delete(*, by: Employee, path: Path) -> None:
    """Only a draft: nobody was ever on it."""
    path = Path.objects.select_for_update().get(pk=path.pk)
    if path.state != Path.State.DRAFT:
        raise ValidationError(_("People were on this path: end it instead."))
    audit.record(by, "path.deleted", path, name=path.name)
    path.delete()


def plans(path: Path) -> list[StepPlan]:
    """The path's steps as they were written."""
    steps = list(path.steps.filter(retired_on__isnull=True).select_related("course", "behaviour"))
    number = {step.pk: place for place, step in enumerate(steps, 1)}
    through = Step.after.through.objects.filter(from_step__in=number)
    after: dict[int, list[int]] = {}
    for step, before in through.values_list("from_step", "to_step"):
        if before in number:
            after.setdefault(step, []).append(number[before])
    return [
        StepPlan(
            kind=step.kind,
            subject=_subject(step),
            title=step.title,
            times=step.times,
            due_days=step.due_days,
            due_on=step.due_on,
            months=step.months,
            window=step.window,
            after=tuple(sorted(after.get(step.pk, ()))),
            pk=step.pk,
        )
        for step in steps
    ]
