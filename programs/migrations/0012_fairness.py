import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0011_points"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Pattern",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ring", "Points in a ring"),
                            ("reciprocity", "Back and forth between two"),
                            ("concentration", "Most points to one person"),
                            ("last_days", "Given on the last days"),
                            ("no_story", "Hardly a story"),
                        ],
                        max_length=13,
                    ),
                ),
                ("evidence", models.JSONField(default=dict)),
                ("found_on", models.DateField()),
                ("seen_on", models.DateField(help_text="last night on which it still held")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To look at"), ("fine", "Nothing wrong"), ("talked", "Talked about")],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-found_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PatternPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "pattern",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="people", to="programs.pattern"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddConstraint(
            model_name="pattern",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), models.Q(("note", ""), _negated=True), _connector="OR"),
                name="pattern_decided_with_a_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="patternperson",
            constraint=models.UniqueConstraint(fields=("pattern", "place"), name="pattern_place_once"),
        ),
    ]
