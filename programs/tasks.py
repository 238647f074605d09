"""Gathers the tasks of programs's rooms, where Celery looks for them."""

from programs.training.tasks import evaluate_changed, run_night, send_training_mails

__all__ = ["evaluate_changed", "run_night", "send_training_mails"]
