"""Gathers the models of programs' rooms for Django."""

from programs.planning.action_models import Action
from programs.planning.models import Cohort, CohortPerson, Enrolment, Program, Stage
from programs.planning.plan_models import Amendment, Draw, Duty, Milestone, Risk
from programs.recognition.fairness_models import Pattern, PatternPerson
from programs.recognition.models import Account, Kudos, KudosReceiver, LedgerEntry
from programs.recognition.point_models import AllowanceRule, Lot, LotUse, PointRules, Proof
from programs.recognition.reward_models import Redemption, RedemptionStep, Reward, RewardCode
from programs.training.content_models import (
    Blob,
    Certificate,
    CourseFile,
    CourseUpload,
    Refresher,
    RefresherStop,
    SelfView,
    Thought,
)
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone, QuizAttempt
from programs.training.observation_models import Observation, SightingRule
from programs.training.path_models import (
    Attained,
    Exemption,
    Path,
    PathEnrolment,
    PathRule,
    PathTally,
    Revocation,
    Step,
    TrainingMail,
    TrainingNight,
    TrainingReminder,
)
from programs.training.session_models import Seat, Session

__all__ = [
    "Account",
    "Action",
    "AllowanceRule",
    "Amendment",
    "Assignment",
    "Attained",
    "Blob",
    "Certificate",
    "Cohort",
    "CohortPerson",
    "Completion",
    "Course",
    "CourseFile",
    "CourseUpload",
    "CourseVersion",
    "Draw",
    "Duty",
    "Enrolment",
    "Exemption",
    "Kudos",
    "KudosReceiver",
    "LedgerEntry",
    "Lesson",
    "LessonDone",
    "Lot",
    "LotUse",
    "Milestone",
    "Observation",
    "Path",
    "PathEnrolment",
    "PathRule",
    "PathTally",
    "Pattern",
    "PatternPerson",
    "PointRules",
    "Program",
    "Proof",
    "QuizAttempt",
    "Redemption",
    "RedemptionStep",
    "Refresher",
    "RefresherStop",
    "Revocation",
    "Reward",
    "RewardCode",
    "Risk",
    "Seat",
    "SelfView",
    "Session",
    "SightingRule",
    "Stage",
    "Step",
    "Thought",
    "TrainingMail",
    "TrainingNight",
    "TrainingReminder",
]
