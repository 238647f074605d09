"""Sealed, unlinked rows, and the release: every number that will ever be shown."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from surveys.waves.models import Wave


class SealedRow(models.Model):
    """A row without a person: list-partitioned by wave, primary key (wave, random id)."""

    pk = models.CompositePrimaryKey("wave_id", "id")
    id = models.UUIDField(default=uuid.uuid4)
    wave = models.ForeignKey(Wave, models.DO_NOTHING, related_name="+")

    class Meta:
        abstract = True
        managed = False


class SealedOwn(SealedRow):
    """Own-unit answers of one respondent; ``answers`` in the order of the snapshot's own, non-comment items."""

    block = models.BigIntegerField()
    answers = ArrayField(models.SmallIntegerField(null=True))

    class Meta(SealedRow.Meta):
        abstract = False
        db_table = "surveys_sealedown"


class SealedRating(SealedRow):
    """One rating of one provider; ``answers`` in the order of the snapshot's provider, non-comment items."""

    provider = models.BigIntegerField()
    customer_block = models.BigIntegerField()
    answers = ArrayField(models.SmallIntegerField(null=True))

    class Meta(SealedRow.Meta):
        abstract = False
        db_table = "surveys_sealedrating"


class SealedComment(SealedRow):
    """One comment in its one home: a block (``about_provider`` false) or a provider (true)."""

    item = models.CharField(max_length=50)
    home = models.BigIntegerField()
    about_provider = models.BooleanField()
    text = models.TextField()

    class Meta(SealedRow.Meta):
        abstract = False
        db_table = "surveys_sealedcomment"


class Release(models.Model):
    """Computed once at closing; never changed. ``rules_hash`` covers rules, snapshot and formula version."""

    wave = models.OneToOneField(Wave, models.PROTECT, related_name="release")
    at = models.DateTimeField(auto_now_add=True)
    formula_version = models.CharField(max_length=20)
    rules = models.JSONField()
    rules_hash = models.CharField(max_length=64)


class CellGroup(models.Model):
    """The released cells of one group.

    ``family``: tree (unit), matrix (provider × customer), customer (all its providers together). ``unit`` is the wave's
    unit or block id of the row, ``other`` the customer's in the matrix.
    ``cells``: {measure: {"shown": bool, "n": "8–11" or int, "index": 0–100 (talk: −100–100), "low", "high", "fav",
    "neu", "unf", "dist": [...], "why": words when hidden, "band": "60–69" instead of an interval (index: its middle)}};
    "barrier": {"shares": {want, know, can, none}}; "participation": {"percent", "words"}.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="groups")
    family = models.CharField(max_length=16)
    unit = models.BigIntegerField()
    other = models.BigIntegerField(null=True)
    name = models.CharField(max_length=400)
    parent = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    cells = models.JSONField(default=dict)
    comments = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "family", "unit", "other"], nulls_distinct=False, name="group_once"
            )
        ]
