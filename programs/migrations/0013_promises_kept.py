import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0012_fairness")]

    operations = [
        migrations.CreateModel(
            "StageExit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("information", "Information"),
                            ("attitude", "Attitude"),
                            ("behaviour", "Behaviour"),
                            ("culture", "Culture"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField()),
                ("met", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=1000)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exits", to="programs.program"
                    ),
                ),
            ],
            options={
                "ordering": ["on", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "kind"), name="stage_closed_once"),
                ],
            },
        ),
    ]
