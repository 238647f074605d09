"""HR is told by mail of what failed with reports: a mail to each, and what it tells of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = [
    ("due", "Due"),
    ("claimed", "Claimed"),
    ("sent", "Sent"),
    ("skipped", "Not needed any more"),
    ("failed", "Failed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0023_thanks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProblemMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, default="due", max_length=8)),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=60)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="problem_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(state="due"), fields=["due_at", "id"], name="problem_mail_waiting"),
                    models.Index(condition=models.Q(state="claimed"), fields=["id"], name="problem_mail_in_hand"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="claimed") | models.Q(claimed_at__isnull=False),
                        name="problem_mail_claimed_at_a_moment",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProblemMailLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="programs.problemmail",
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="programs.reportproblem",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("mail", "problem"), name="problem_mail_line_once")]
            },
        ),
    ]
