"""Wiring. The Celery app is loaded with Django, so that tasks sent by web processes go to our broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
