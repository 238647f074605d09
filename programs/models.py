"""Gathers the models of programs' rooms for Django."""

from programs.planning.action_models import Action
from programs.planning.models import Cohort, Enrolment, Program, Stage
from programs.recognition.models import Account, Kudos, LedgerEntry
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone, QuizAttempt
from programs.training.observation_models import Observation, SightingRule
from programs.training.session_models import Seat, Session

__all__ = [
    "Account",
    "Action",
    "Assignment",
    "Cohort",
    "Completion",
    "Course",
    "CourseVersion",
    "Enrolment",
    "Kudos",
    "LedgerEntry",
    "Lesson",
    "LessonDone",
    "Observation",
    "Program",
    "QuizAttempt",
    "Seat",
    "Session",
    "SightingRule",
    "Stage",
]
