"""Gathers the tasks of programs's rooms, where Celery looks for them."""

from programs.recognition.award_tasks import send_award_mails
from programs.recognition.tasks import call_hooks, release_evenness, send_thanks_mails
from programs.reports.effect_tasks import find_effect
from programs.reports.reading_tasks import keep_readings
from programs.reports.report_tasks import make_reports, send_problem_mails, send_reports
from programs.training.tasks import evaluate_changed, run_night, send_training_mails

__all__ = [
    "call_hooks",
    "evaluate_changed",
    "find_effect",
    "keep_readings",
    "make_reports",
    "release_evenness",
    "run_night",
    "send_award_mails",
    "send_problem_mails",
    "send_reports",
    "send_thanks_mails",
    "send_training_mails",
]
