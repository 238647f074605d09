from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_readiness_reason")]

    operations = [
        migrations.AddField("courseversion", "draw", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("courseversion", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("courseversion", "cooldown_hours", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("courseversion", "shuffled", models.BooleanField(default=False)),
        migrations.AddField("quizattempt", "asked", models.JSONField(default=list)),
        migrations.AddConstraint(
            "courseversion",
            models.CheckConstraint(
                condition=models.Q(tries=0) | models.Q(cooldown_hours__gt=0), name="limited_tries_have_a_pause"
            ),
        ),
    ]
