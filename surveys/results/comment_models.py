"""Comments as they were released, and the time in which names in them may be masked before."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from surveys.results.models import Release
from surveys.waves.models import Wave


class ReleasedCommentQuerySet(models.QuerySet["ReleasedComment"]):
    def shown(self) -> ReleasedCommentQuerySet:
        """Of releases that were not replaced by a correction."""
        return self.filter(release__replaced_at__isnull=True, release__wave__state=Wave.State.RELEASED)


class ReleasedComment(models.Model):
    """One comment at its one home, a group of the reporting tree. Random ids: they say nothing of an order.

    ``family``: tree (people of ``unit`` about their own work) or said (about the service ``unit`` gives). ``item``:
    code of the question; '' where it was not kept. ``folded``: the text's words for searching (see themes.fold).
    ``themes``: keys of themes.THEMES. ``masked``: how many words or names stand masked in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.CASCADE, related_name="said")
    family = models.CharField(max_length=4, choices=[("tree", "tree"), ("said", "said")])
    unit = models.BigIntegerField()
    item = models.CharField(max_length=50, blank=True)
    text = models.TextField()
    folded = models.TextField()
    themes = ArrayField(models.CharField(max_length=12), default=list)
    masked = models.PositiveSmallIntegerField(default=0)

    objects = ReleasedCommentQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(family__in=["tree", "said"]), name="comment_of_a_family")]
        indexes = [
            models.Index(fields=["release", "unit", "family"], name="comment_home"),
            GinIndex(fields=["themes"], name="comment_themes"),
        ]


class Moderation(models.Model):
    """Comments of a closed wave wait until somebody looked at them, at the latest ``until``.

    Then they are released as they are, names of employees that were found in them masked (see masking.suggest).
    """

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="moderation")
    until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
