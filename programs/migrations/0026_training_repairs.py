"""What a step asks for is kept with what was given; what was given by hand can end and be given again."""

from django.db import migrations, models
from django.db.models import Q

# As the steps are today: what they were when it was given is not known.
COPY = """
UPDATE programs_assignment a
SET times = CASE WHEN s.kind = 'session' THEN s.times ELSE 1 END, months = s.months, "window" = s."window"
FROM programs_step s
WHERE s.id = a.step_id AND (s.months > 0 OR s.kind = 'session' AND s.times <> 1)
"""
# Steps of paths that nobody has begun begin with the path, wherever its first day was moved meanwhile.
ADDED = """
UPDATE programs_step s SET added_on = p.starts_on
FROM programs_path p
WHERE p.id = s.path_id AND p.state <> 'ended' AND p.evaluated_on IS NULL AND s.added_on <> p.starts_on
    AND NOT EXISTS (SELECT 1 FROM programs_assignment a WHERE a.step_id = s.id)
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0025_recognition_kept_value")]

    operations: list = [
        migrations.AddField("assignment", "times", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("assignment", "months", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("assignment", "window", models.PositiveSmallIntegerField(default=0)),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunSQL(ADDED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(condition=Q(times__gte=1), name="assigned_for_some_times"),
        ),
        migrations.AddConstraint(
            "assignment",
            models.CheckConstraint(condition=Q(months__gt=0) | Q(window=0), name="assigned_window_of_a_validity"),
        ),
        migrations.AddIndex(
            "assignment",
            models.Index(
                fields=["step"], condition=Q(ended_on__isnull=True, months__gt=0), name="assignment_to_renew"
            ),
        ),
        migrations.RemoveConstraint("assignment", "assigned_once"),
        migrations.AddConstraint(
            "assignment",
            models.UniqueConstraint(
                fields=["course", "employee"],
                condition=Q(step__isnull=True, version__isnull=True, ended_on__isnull=True),
                name="assigned_once",
            ),
        ),
    ]
