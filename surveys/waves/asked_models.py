"""Which promises a wave asks about, as they stood when it opened."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from surveys.waves.models import Wave


class AskedPromiseQuerySet(models.QuerySet["AskedPromise"]):
    def alive(self) -> AskedPromiseQuerySet:
        """Of waves that were not cancelled: their answers count or will."""
        return self.exclude(wave__state=Wave.State.CANCELLED)


class AskedPromise(models.Model):
    """A promise of ``provider`` to ``customer`` (unit ids), frozen with the wave that asks whether it was kept.

    ``promise``: its id where it is kept, which this wing does not know. ``text``: {language: text}, and ``due_on``, as
    they were. ``units``: whose people are asked. ``whole``: these are whole reporting blocks. ``judged``: None until
    the release; then whether it could be shown.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="asked_promises")
    promise = models.BigIntegerField()
    provider = models.BigIntegerField()
    customer = models.BigIntegerField()
    text = models.JSONField()
    due_on = models.DateField()
    units = ArrayField(models.BigIntegerField())
    whole = models.BooleanField()
    judged = models.BooleanField(null=True)

    objects = AskedPromiseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "promise"], name="promise_asked_once"),
            # It is shown once, so that no two surveys about it can be subtracted from each other.
            models.UniqueConstraint(fields=["promise"], condition=Q(judged=True), name="promise_judged_once"),
            models.CheckConstraint(condition=Q(units__len__gte=1), name="promise_asked_of_somebody"),
        ]
        indexes = [models.Index(fields=["promise"], name="promise_asked")]
