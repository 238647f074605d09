"""How often a behaviour must be seen is dated, and a completion keeps for how long it was worth something."""

import datetime as dt

from django.db import migrations, models
from django.db.models import F, Q

# As the rules are today: what they were before is not known.
ALWAYS = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Migration(migrations.Migration):
    dependencies = [("programs", "0026_training_repairs")]

    operations: list = [
        migrations.AddField("sightingrule", "since", models.DateTimeField(default=ALWAYS), preserve_default=False),
        migrations.AddField("sightingrule", "ended_at", models.DateTimeField(null=True, blank=True)),
        migrations.RemoveConstraint("sightingrule", "sighting_rule_once"),
        migrations.AddConstraint(
            "sightingrule",
            models.UniqueConstraint(
                fields=["behaviour"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="sighting_rule_once",
            ),
        ),
        migrations.AddConstraint(
            "sightingrule",
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")), name="sighting_rule_in_order"
            ),
        ),
        migrations.AlterModelOptions("sightingrule", options={"ordering": ["since", "pk"]}),
        migrations.AddField("completion", "months", models.PositiveSmallIntegerField(null=True, blank=True)),
        migrations.AddField("completion", "window", models.PositiveSmallIntegerField(null=True, blank=True)),
        migrations.AddConstraint(
            "completion",
            models.CheckConstraint(
                condition=Q(months__isnull=True, window__isnull=True)
                | Q(months__isnull=False, window__isnull=False) & (Q(months__gt=0) | Q(window=0)),
                name="completion_worth_something_for_so_long",
            ),
        ),
    ]
