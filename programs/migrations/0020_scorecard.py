"""Estimates of what poor service costs, each kept as it was made; and what is measured of a program day by day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KEEP = """
CREATE FUNCTION programs_costestimate_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON programs_costestimate
    FOR EACH ROW EXECUTE FUNCTION programs_costestimate_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON programs_costestimate
    FOR EACH STATEMENT EXECUTE FUNCTION programs_costestimate_append_only();
"""
NO_LONGER = """
DROP TRIGGER append_only_row ON programs_costestimate;
DROP TRIGGER append_only_table ON programs_costestimate;
DROP FUNCTION programs_costestimate_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0019_reports"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="CostEstimate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("note", models.CharField(blank=True, default="", max_length=1000)),
                ("inputs", models.JSONField()),
                ("result", models.JSONField()),
                ("seed", models.PositiveIntegerField()),
                ("draws", models.PositiveIntegerField()),
                ("method", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="costs", to="programs.program"
                    ),
                ),
            ],
            options={
                "ordering": ["program", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "number"), name="cost_number_once"),
                    models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="cost_currency_code"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, NO_LONGER),
        migrations.CreateModel(
            name="DayReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                ("on", models.DateField()),
                ("value", models.FloatField(blank=True, null=True)),
                ("words", models.CharField(max_length=400)),
                ("until", models.DateField(blank=True, null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="programs.program"
                    ),
                ),
            ],
            options={
                "ordering": ["program", "key", "-on"],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "key", "on"), name="reading_once_a_day"),
                ],
            },
        ),
    ]
