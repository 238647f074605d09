from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_release_full")]

    operations: list = [
        migrations.AddField("series", "matters", models.PositiveSmallIntegerField(db_default=5, default=5)),
        migrations.AddField("series", "barrier_at", models.FloatField(db_default=3.0, default=3.0)),
        migrations.AddField("series", "quadrant_at", models.FloatField(db_default=3.5, default=3.5)),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(condition=Q(matters__gte=1, matters__lte=20), name="series_matters_1_to_20"),
        ),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(
                condition=Q(barrier_at__gt=1, barrier_at__lt=5, quadrant_at__gt=1, quadrant_at__lt=5),
                name="series_cuts_inside_the_scale",
            ),
        ),
    ]
