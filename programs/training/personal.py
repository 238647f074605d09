"""What training holds about a person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, WHILE_EMPLOYED, Fate, Group, Holding, Row
from programs.training import personal_content
from programs.training.models import Completion
from programs.training.observation_models import Observation
from programs.training.path_models import Attained, Exemption, Revocation

STAYS = _("Stays for counts; it points at “a former colleague”.")
TEAM = _("You, your manager and those above, HR")
# What the database lets stand where a reason was.
REMOVED = "–"


def _assignment(row: Any, person: Employee) -> Row:
    title = row.step.title if row.step else row.course.label
    return {_("What"): title, _("Assigned"): row.assigned_on, _("Due"): row.due_on, _("Until"): row.ended_on}


def _enrolment(row: Any, person: Employee) -> Row:
    return {_("Path"): row.path.name, _("Since"): row.begins_on, _("Until"): row.ended_on}


def _attained(row: Any, person: Employee) -> Row:
    title = row.behaviour.label if row.behaviour else row.course.label
    return {
        _("What"): title,
        _("Kind"): row.get_kind_display(),
        _("Completed"): row.done_on,
        _("Evidence"): row.evidence,
    }


def _revocation(row: Any, person: Employee) -> Row:
    granted = row.completion or row.attained
    return {_("Granted"): granted.done_on, _("Counts no more from"): row.on, _("Why"): row.reason}


def _exemption(row: Any, person: Employee) -> Row:
    return {_("From"): row.since, pgettext_lazy("day", "To"): row.until, _("Why"): row.reason}


def _training_mail(row: Any, person: Employee) -> Row:
    return {_("Day"): row.day, _("About"): row.get_kind_display(), _("State"): row.get_state_display()}


def _clear_attained(person: Employee) -> int:
    return Attained.objects.filter(employee=person).exclude(evidence={}).update(evidence={})


def _clear_revocations(person: Employee) -> int:
    """That it was revoked, and from when, counts; the words were about a person."""
    mine = Q(completion__employee=person) | Q(attained__employee=person)
    return Revocation.objects.filter(mine).exclude(reason=REMOVED).update(reason=REMOVED)


def _clear_exemptions(person: Employee) -> int:
    return Exemption.objects.filter(assignment__employee=person).exclude(reason=REMOVED).update(reason=REMOVED)


def _lesson(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.lesson.version.course.name,
        _("Lesson"): row.lesson.title,
        pgettext_lazy("day", "Read"): row.at,
    }


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


def _hold_paths() -> None:
    rights.hold(
        Holding(
            model="programs.Attained",
            fields=("employee",),
            group=Group.TRAINING,
            title=_("Quizzes, meetings and behaviours completed"),
            kept=FOR_EVER,
            seen_by=TEAM,
            after=_("Stays for counts without the evidence; it points at “a former colleague”."),
            fate=Fate.CLEARED,
            show=_attained,
            erase=_clear_attained,
            related=("course", "behaviour"),
        )
    )
    rights.hold(
        Holding(
            model="programs.Revocation",
            fields=("completion__employee", "attained__employee"),
            group=Group.TRAINING,
            title=_("What was granted to you and revoked"),
            kept=FOR_EVER,
            seen_by=_("You, and HR"),
            after=_("Stays for counts without the reason; it points at “a former colleague”."),
            fate=Fate.CLEARED,
            show=_revocation,
            erase=_clear_revocations,
            related=("completion", "attained"),
        )
    )
    rights.hold(
        Holding(
            model="programs.Exemption",
            fields=("assignment__employee",),
            group=Group.TRAINING,
            title=_("What you were spared for a time"),
            kept=FOR_EVER,
            seen_by=_("You, and HR"),
            after=_("Stays for counts without the reason; it points at “a former colleague”."),
            fate=Fate.CLEARED,
            show=_exemption,
            erase=_clear_exemptions,
        )
    )
    rights.hold(
        Holding(
            model="programs.TrainingMail",
            fields=("employee",),
            group=Group.TRAINING,
            title=_("Mails about training: when each was due"),
            kept=WHILE_EMPLOYED,
            seen_by=_("You, and HR"),
            after=_("Removed"),
            fate=Fate.REMOVED,
            show=_training_mail,
        )
    )
    acts = (
        ("Completion", "granted_by", _("Courses you granted by hand"), "done_on"),
        ("Attained", "granted_by", _("Steps of paths you granted by hand"), "done_on"),
        ("Revocation", "by", _("What you revoked"), "on"),
        ("Exemption", "by", _("What you spared others"), "since"),
        ("Path", "created_by", _("Training paths you wrote"), "name"),
        ("PathRule", "made_by", _("Rules of training paths you made"), "since"),
    )
    for model, field, title, name in acts:
        rights.authored(f"programs.{model}", field, title=title, group=Group.TRAINING, name=name)


def register() -> None:
    """Called when the apps are ready."""
    kept: list[tuple[str, Any, Any, tuple[str, ...]]] = [
        ("programs.Assignment", _("What was asked of you"), _assignment, ("course", "step__course", "step__behaviour")),
        ("programs.PathEnrolment", _("Training paths"), _enrolment, ("path",)),
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
    _hold_paths()
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
    personal_content.register()
    for label in (
        "Program",
        "Cohort",
        "Course",
        "CourseVersion",
        "Lesson",
        "CourseFile",
        "Blob",
        "SightingRule",
        "Path",
        "Step",
        "PathRule",
        "PathTally",
        "TrainingNight",
        "Session",
    ):
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
