from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_append_only")]

    operations = [
        migrations.AddField(model_name="program", name="readiness_below", field=models.JSONField(blank=True, default=list)),
        migrations.AddField(model_name="program", name="readiness_reason", field=models.TextField(blank=True, default="")),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("readiness_below", []), models.Q(("readiness_reason", ""), _negated=True), _connector="OR"),
                name="program_below_readiness_has_reason",
            ),
        ),
    ]
