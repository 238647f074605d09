from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_wave_participation")]

    operations = [
        migrations.AddField("item", "help", models.JSONField(blank=True, default=dict)),
        migrations.AddField("item", "options", models.JSONField(blank=True, default=dict)),
        migrations.AlterField(
            "item",
            "kind",
            models.CharField(
                choices=[
                    ("agreement", "Agreement"),
                    ("frequency", "How often"),
                    ("satisfaction", "Satisfaction"),
                    ("recommendation", "Recommendation, 0 to 10"),
                    ("effort", "Effort, 1 to 7"),
                    ("outcome", "The five outcomes"),
                    ("pair", "Expectation and experience"),
                    ("single", "One choice"),
                    ("multiple", "Several choices"),
                    ("lost_time", "Lost time"),
                    ("number", "Number"),
                    ("yes_no", "Yes or no"),
                    ("comment", "Comment"),
                ],
                max_length=16,
            ),
        ),
    ]
