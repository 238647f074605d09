"""What training holds about a person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, WHILE_EMPLOYED, Fate, Group, Holding, Row
from programs.training.models import Completion
from programs.training.observation_models import Observation

STAYS = _("Stays for counts; it points at “a former colleague”.")
TEAM = _("You, your manager and those above, HR")


def _assignment(row: Any, person: Employee) -> Row:
    return {_("Course"): row.course.name, _("Assigned"): row.assigned_on, _("Due"): row.due_on}


def _lesson(row: Any, person: Employee) -> Row:
    return {_("Course"): row.lesson.version.course.name, _("Lesson"): row.lesson.title, _("Read"): row.at}


def _attempt(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.version.course.name,
        _("When"): row.at,
        _("Score in percent"): row.score,
        _("Passed"): row.passed,
        _("What you ticked"): row.answers,
    }


def _completion(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.version.course.name,
        _("Edition"): row.version.number,
        _("Completed"): row.done_on,
        _("Score in percent"): row.score,
        _("Evidence"): row.evidence,
    }


def _clear_evidence(person: Employee) -> int:
    """That somebody completed it counts; what he wrote or who saw it was about him."""
    return Completion.objects.filter(employee=person).exclude(evidence={}).update(evidence={})


def _observation(row: Any, person: Employee) -> Row:
    return {
        _("Behaviour"): row.behaviour.label,
        _("Day"): row.on,
        _("What was seen"): row.get_what_display(),
        _("Note"): row.note,
        _("Noted by"): row.observer.name,
        _("Withdrawn"): row.withdrawn_at,
    }


def _noted(row: Any, person: Employee) -> Row:
    return {
        _("Of whom"): row.employee.name,
        _("Behaviour"): row.behaviour.label,
        _("Day"): row.on,
        _("What was seen"): row.get_what_display(),
        _("Note"): row.note,
    }


def _seat(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.session.course.name,
        _("Session"): row.session.starts_at,
        _("Seat"): row.get_state_display(),
        _("Attendance"): row.get_attendance_display() if row.attendance else "",
    }


def _clear_notes(person: Employee) -> int:
    """How often a behaviour was seen counts for others' pages; the words were about a person, or his own."""
    mine = Observation.objects.filter(Q(employee=person) | Q(observer=person))
    return mine.exclude(note="").update(note="")


def register() -> None:
    """Called when the apps are ready."""
    kept: list[tuple[str, Any, Any, tuple[str, ...]]] = [
        ("programs.Assignment", _("Courses assigned"), _assignment, ("course",)),
        ("programs.LessonDone", _("Lessons read"), _lesson, ("lesson__version__course",)),
        ("programs.Seat", _("Sessions in class"), _seat, ("session__course",)),
    ]
    for model, title, show, related in kept:
        rights.hold(
            Holding(
                model=model,
                fields=("employee",),
                group=Group.TRAINING,
                title=title,
                kept=FOR_EVER,
                seen_by=TEAM,
                after=STAYS,
                fate=Fate.KEPT,
                show=show,
                related=related,
            )
        )
    rights.hold(
        Holding(
            model="programs.QuizAttempt",
            fields=("employee",),
            group=Group.TRAINING,
            title=_("Quizzes tried"),
            kept=WHILE_EMPLOYED,
            seen_by=_("You; nobody else sees what you ticked"),
            after=_("Removed: that a course was completed is kept by itself."),
            fate=Fate.REMOVED,
            show=_attempt,
            related=("version__course",),
        )
    )
    rights.hold(
        Holding(
            model="programs.Completion",
            fields=("employee",),
            group=Group.TRAINING,
            title=_("Courses completed"),
            kept=FOR_EVER,
            seen_by=TEAM,
            after=_("Stays for counts without the evidence; it points at “a former colleague”."),
            fate=Fate.CLEARED,
            show=_completion,
            erase=_clear_evidence,
            related=("version__course",),
        )
    )
    for field, title, show in (
        ("employee", _("What others saw of your behaviour"), _observation),
        ("observer", _("What you noted of others' behaviour"), _noted),
    ):
        rights.hold(
            Holding(
                model="programs.Observation",
                fields=(field,),
                group=Group.TRAINING,
                title=title,
                kept=FOR_EVER,
                seen_by=_("Whom it is about, those who lead or train him, HR"),
                after=_("Stays for counts without the note; it points at “a former colleague”."),
                fate=Fate.CLEARED,
                show=show,
                erase=_clear_notes,
                related=("behaviour", "observer", "employee"),
            )
        )
    rights.authored("programs.Session", "trainer", title=_("Sessions you train"), group=Group.TRAINING, name="place")
    rights.authored("programs.Seat", "marked_by", title=_("Attendance you marked"), group=Group.TRAINING)
    for label in ("Program", "Cohort", "Course", "CourseVersion", "Lesson", "SightingRule", "Session"):
        rights.published(
            f"programs.{label}", reason="What the organisation teaches and plans, not data about a person."
        )
    retention.unlimited(
        retention.Unlimited(
            key="completions",
            title=_("Assignments and completions"),
            reason=_("Counts of the program must stay comparable over years. Names go with the identity."),
        )
    )
