"""What training holds of what somebody makes of his courses: his alone, and gone with him."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import WHILE_EMPLOYED, Fate, Group, Holding, Row
from programs.training.content_models import SelfView


def _thought(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.lesson.version.course.name,
        _("Lesson"): row.lesson.title,
        _("What you wrote"): row.text,
        _("When"): row.at,
    }


def _self_view(row: Any, person: Employee) -> Row:
    return {
        _("Requirement"): row.requirement.label,
        _("Day"): row.on,
        _("Want"): row.want,
        _("Know"): row.know,
        _("Can"): row.can,
        _("Note"): row.note,
        _("Shared with"): row.shared_with.name if row.shared_with else "",
    }


def _shared_with(row: Any, person: Employee) -> Row:
    """That somebody confided in him; what he said is the other's."""
    return {_("Day"): row.on}


def _stop_sharing(person: Employee) -> int:
    return SelfView.objects.filter(shared_with=person).update(shared_with=None, shared_at=None)


def _refresher(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.completion.version.course.name,
        _("Offered"): row.due_on,
        _("Answered"): row.done_at,
        _("Right"): row.right if row.done_at else "",
        _("Skipped"): row.skipped_at,
    }


def _stopped(row: Any, person: Employee) -> Row:
    return {_("Course"): row.course.name, _("Since"): row.at}


def _upload(row: Any, person: Employee) -> Row:
    return {_("Brought"): row.at}


def _certificate(row: Any, person: Employee) -> Row:
    return {
        _("Course"): row.completion.version.course.name,
        _("Made"): row.made_at,
        _("Shows"): [str(row.Part(part).label) for part in row.shows],
        pgettext_lazy("day", "Taken back"): row.ended_at,
    }


def register() -> None:
    """What somebody makes of his courses: his alone, and gone with him."""
    gone = _("Removed.")
    own: list[tuple[str, Any, Any, tuple[str, ...], Any]] = [
        (
            "programs.Thought",
            _("What you wrote for yourself to lessons"),
            _thought,
            ("lesson__version__course",),
            rights.ONLY_YOU,
        ),
        (
            "programs.SelfView",
            _("How you see yourself"),
            _self_view,
            ("requirement", "shared_with"),
            _("Only you, and your manager where you share it"),
        ),
        (
            "programs.Refresher",
            _("Questions offered again"),
            _refresher,
            ("completion__version__course",),
            rights.ONLY_YOU,
        ),
        ("programs.RefresherStop", _("Courses you want no more questions of"), _stopped, ("course",), rights.ONLY_YOU),
        ("programs.CourseUpload", _("A course you brought and looked at"), _upload, (), rights.ONLY_YOU),
    ]
    for model, title, show, related, seen_by in own:
        rights.hold(
            Holding(
                model=model,
                fields=("employee",),
                group=Group.TRAINING,
                title=title,
                kept=WHILE_EMPLOYED,
                seen_by=seen_by,
                after=gone,
                fate=Fate.REMOVED,
                show=show,
                related=related,
            )
        )
    rights.hold(
        Holding(
            model="programs.Certificate",
            fields=("completion__employee",),
            group=Group.TRAINING,
            title=_("Public links to your certificates"),
            kept=WHILE_EMPLOYED,
            seen_by=_("You, and whoever you give the link to: what you allow"),
            after=_("Removed: the links lead nowhere."),
            fate=Fate.REMOVED,
            show=_certificate,
            related=("completion__version__course",),
        )
    )
    rights.hold(
        Holding(
            model="programs.SelfView",
            fields=("shared_with",),
            group=Group.TRAINING,
            title=_("What your people share with you of how they see themselves"),
            kept=_("Until they take it back, or another leads them"),
            seen_by=_("Whoever wrote it, and you"),
            after=_("Shared with nobody any more; it stays with whoever wrote it."),
            fate=Fate.CLEARED,
            show=_shared_with,
            erase=_stop_sharing,
        )
    )
