"""What an import is on the way, and what it leaves behind: how it was read, what was decided, how to undo it."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_token() -> str:
    return secrets.token_urlsafe(24)


class ImportSource(models.Model):
    """How files of one source are read, remembered from the last time a person said so.

    ``key`` is the name HR gave the source, or else the fingerprint of the headings.
    """

    key = models.CharField(max_length=160, unique=True)
    name = models.CharField(max_length=120, blank=True)
    mapping = models.JSONField(default=dict)
    """Plain heading → field; '' for a column that is not used."""
    number_width = models.PositiveSmallIntegerField(null=True, blank=True)
    date_order = models.CharField(max_length=3, blank=True)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "key"]
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="importsource_has_key")]


class PeopleImport(models.Model):
    """One confirmed import: which file, by whom, read how, what it did; and whether it was undone."""

    class Undo(models.TextChoices):
        NONE = "", "–"
        ASKED = "asked", "asked for"
        DONE = "done", "done"

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    """Mode, source, encoding, number width, date order, new units, and what was decided about suspicious cases."""
    undo = models.CharField(max_length=6, choices=Undo.choices, blank=True, default=Undo.NONE)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_claimed_at = models.DateTimeField(null=True, blank=True)
    undo_refused = models.JSONField(default=list, blank=True)
    """Why the last try to undo it was refused: sentences with names."""

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=False) | ~Q(undo="done"), name="peopleimport_undone_when"
            )
        ]

    @property
    def undone(self) -> bool:
        return self.undo == self.Undo.DONE


class ImportEffect(models.Model):
    """What one import did to one person (or that it made one unit): enough to put it back as it was."""

    done = models.ForeignKey(PeopleImport, models.CASCADE, related_name="effects")
    kind = models.CharField(max_length=8)
    """joined, left, moved, changed, or unit."""
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    unit_id = models.BigIntegerField(null=True, blank=True)
    name = models.CharField(max_length=1000, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    """Column → value, and under "memberships" and "reportings" the rows of the dated tables."""

    class Meta:
        indexes = [models.Index(fields=["done", "kind", "id"], name="importeffect_listed")]


class ImportDraft(models.Model):
    """An uploaded file on its way: read, asked about, shown, confirmed. Removed when it is done, or after a day."""

    class State(models.TextChoices):
        READING = "reading", "being read"
        ASKING = "asking", "waits for an answer"
        READY = "ready", "to be confirmed"
        APPLYING = "applying", "being imported"
        REFUSED = "refused", "cannot be taken"

    token = models.CharField(max_length=40, unique=True, default=new_token)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    options = models.JSONField(default=dict)
    """How to read it and what was decided: see ``drafts.Options``."""
    language = models.CharField(max_length=12, default="en")
    big = models.BooleanField(default=False)
    """Worked on by the worker, with progress."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    phase = models.CharField(max_length=20, blank=True)
    share = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    beaten_at = models.DateTimeField(null=True, blank=True)
    """When the worker on it was last alive."""
    attempts = models.PositiveSmallIntegerField(default=0)
    told: Any = models.JSONField(default=dict)
    """What reading it found: counts, notes, stops, questions, the fingerprint of the preview."""

    class Meta:
        indexes = [models.Index(fields=["state", "beaten_at"], name="importdraft_due")]


class DraftRow(models.Model):
    """One line of a preview."""

    draft = models.ForeignKey(ImportDraft, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=10)
    """joined, left, moved, changed, unchanged, rejected, or suspicious."""
    line = models.PositiveIntegerField(default=0)
    number = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["draft", "kind", "id"], name="draftrow_listed")]
