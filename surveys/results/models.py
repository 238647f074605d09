"""Sealed, unlinked rows, and the release: every number that will ever be shown."""

from __future__ import annotations

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
    """Own-unit answers of one respondent; ``answers`` in the order of the snapshot's own, non-comment items.

    ``cuts``: the category of each cut of the snapshot, 0 where it is not told.
    """

    block = models.BigIntegerField()
    cuts = ArrayField(models.SmallIntegerField(), default=list, db_default=models.Value([]))
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
    """One comment in its one home: a block (``about_provider`` false) or a provider (true).

    ``masks``: start and end of each stretch to be masked, one after the other; ``looked``: somebody looked for names.
    """

    item = models.CharField(max_length=50)
    home = models.BigIntegerField()
    about_provider = models.BooleanField()
    text = models.TextField()
    masks = ArrayField(models.IntegerField(), default=list, db_default=models.Value([]))
    looked = models.BooleanField(default=False, db_default=False)

    class Meta(SealedRow.Meta):
        abstract = False
        db_table = "surveys_sealedcomment"


class Release(models.Model):
    """Computed once at closing; never changed. ``rules_hash`` covers rules, snapshot and formula version.

    A correction is a further release (``number`` 2, 3 …) that only composes cells of the one before and says ``why``
    and what ``changes`` ([{"what", "group", "measure"}]). Of a wave's releases one is not replaced: what is shown.
    """

    wave = models.ForeignKey(Wave, models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    at = models.DateTimeField(auto_now_add=True)
    formula_version = models.CharField(max_length=20)
    instrument = models.CharField(max_length=120, blank=True, db_default="")
    rules = models.JSONField()
    rules_hash = models.CharField(max_length=64)
    why = models.CharField(max_length=500, blank=True, db_default="")
    changes = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["wave"], condition=models.Q(replaced_at__isnull=True), name="release_one_shown"
            ),
            models.CheckConstraint(condition=models.Q(number=1) | ~models.Q(why=""), name="correction_says_why"),
        ]


class CellGroupQuerySet(models.QuerySet):
    def shown(self) -> CellGroupQuerySet:
        """Of releases that were not replaced by a correction."""
        return self.filter(release__replaced_at__isnull=True, release__wave__state=Wave.State.RELEASED)


class CellGroup(models.Model):
    """The released cells of one group.

    ``family``: tree (unit), matrix (provider × customer), division (the same a level below the top), customer (all its
    providers together), cut (one category of everybody), unit_cut (one category of a division). ``unit`` is the wave's
    unit or block id of the row, ``other`` the customer's in the matrix and the category's id in a cut; ``cut`` its key.
    ``cells``: {measure: {"shown": bool, "n": "8–11" or int, "index": 0–100 (talk: −100–100), "low", "high", "fav",
    "neu", "unf", "dist": [...], "why": words when hidden, "band": "60–69" instead of an interval (index: its middle)}};
    "barrier": {"shares": {want, know, can, none, unclassified}} (of cuts, too, as "below:…" and "drivers");
    "participation": {"percent", "words"}; "change": {"delta", "low", "high", "word", "since": wave's number, "first":
    the same against the series' first wave}.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="groups")
    family = models.CharField(max_length=16)
    unit = models.BigIntegerField()
    other = models.BigIntegerField(null=True)
    name = models.CharField(max_length=400)
    parent = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    cut = models.CharField(max_length=20, blank=True, default="", db_default="")
    cells = models.JSONField(default=dict)

    objects = CellGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "family", "unit", "other"], nulls_distinct=False, name="group_once"
            )
        ]
