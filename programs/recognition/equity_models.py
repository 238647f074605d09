"""What may be known of how evenly people are recognised: released once a quarter, never worked out again."""

from django.db import models


class EquityRelease(models.Model):
    """One quarter. ``groups``: [{"family", "name", "depth", "cut", "cells"}] as the gate let them pass.

    ``requirements``: [{"code", "trained", "recognised"}], each a cell. ``rules``: of protection, as they were used.
    """

    quarter = models.DateField(unique=True, help_text="its first day")
    made_at = models.DateTimeField()
    rules = models.JSONField(default=dict)
    groups = models.JSONField(default=list)
    requirements = models.JSONField(default=list)

    class Meta:
        ordering = ["-quarter"]
