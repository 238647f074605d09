"""What is told of practices is told once a week, of who kept them all the time; ideas without a name lose the unit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Who keeps practices today has done so since his program was launched, they were switched on, and he was enrolled.
KEEPERS = """
    INSERT INTO programs_practicekeeper (program_id, employee_id, since)
    SELECT e.program_id, e.employee_id, GREATEST(p.launched_on, s.changed_on, e.since)
    FROM programs_enrolment e
        JOIN programs_program p ON p.id = e.program_id AND p.state = 'running'
        JOIN programs_practiceswitch s ON s.program_id = p.id AND s."on"
    WHERE e.until IS NULL AND e.since <= CURRENT_DATE
"""
# Whose unit was kept with an idea he did not put his name to could be found by it.
UNNAMED = "UPDATE programs_idea SET unit_id = NULL WHERE NOT named AND unit_id IS NOT NULL"
# A share is never told below 10 or above 90: nobody can aim there.
AIMS = """
    UPDATE programs_milestone SET leading_target = GREATEST(15, LEAST(90, leading_target))
    WHERE "leading" = 'practices.people' AND reached_on IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0027_sighting_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticeWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField(unique=True)),
                ("at", models.DateTimeField()),
                ("told", models.JSONField()),
            ],
            options={"ordering": ["-until"]},
        ),
        migrations.CreateModel(
            name="PracticeKeeper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "employee"), name="practice_keeper_once")
                ],
            },
        ),
        migrations.RunSQL(KEEPERS, migrations.RunSQL.noop),
        migrations.RunSQL(UNNAMED, migrations.RunSQL.noop),
        migrations.RunSQL(AIMS, migrations.RunSQL.noop),
    ]
