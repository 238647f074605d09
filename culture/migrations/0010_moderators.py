"""A role for who looks at comments for names: for a time, and for the whole organisation only."""

from django.db import migrations, models

Q = models.Q
ROLES = ["hr_admin", "program_lead", "trainer", "executive", "auditor", "moderator"]


class Migration(migrations.Migration):
    dependencies = [("culture", "0009_rights_scope")]

    operations = [
        migrations.RemoveConstraint(model_name="grant", name="grant_of_a_known_role"),
        migrations.AlterField(
            model_name="grant",
            name="role",
            field=models.CharField(
                choices=[
                    ("hr_admin", "HR admin"),
                    ("program_lead", "Program lead"),
                    ("trainer", "Trainer"),
                    ("executive", "Executive"),
                    ("auditor", "Auditor"),
                    ("moderator", "Comment moderator"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(condition=Q(("role__in", ROLES)), name="grant_of_a_known_role"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("role", "moderator"), _negated=True),
                    Q(("unit__isnull", True), ("until__isnull", False)),
                    _connector="OR",
                ),
                name="moderator_for_a_time",
            ),
        ),
    ]
