"""What is kept while a wave is open: sealed envelopes and encrypted drafts. Nothing here names anybody."""

import uuid

from django.db import models

from surveys.waves.models import Wave


class InboxEnvelope(models.Model):
    """One sealed box: padded, encrypted for the wave's key. A random key and nothing else on the row."""

    pk = models.CompositePrimaryKey("wave_id", "id")
    id = models.UUIDField(default=uuid.uuid4)
    wave = models.ForeignKey(Wave, models.DO_NOTHING, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        managed = False  # list-partitioned by wave: made by a migration's SQL
        db_table = "surveys_inboxenvelope"


class Draft(models.Model):
    """Unsent answers, padded and encrypted with a key derived from the link and the wave's secret.

    ``key`` is a hash derived from the link, so that the row cannot be matched to an invitation without the secret.
    """

    key = models.BinaryField(primary_key=True)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=0)
