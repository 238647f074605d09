"""What was found of a program's effect (kept as found), and when it was last looked for."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

KEEP = """
CREATE FUNCTION programs_effectestimate_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON programs_effectestimate
    FOR EACH ROW EXECUTE FUNCTION programs_effectestimate_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON programs_effectestimate
    FOR EACH STATEMENT EXECUTE FUNCTION programs_effectestimate_append_only();
"""
LOOSEN = """
DROP TRIGGER append_only_row ON programs_effectestimate;
DROP TRIGGER append_only_table ON programs_effectestimate;
DROP FUNCTION programs_effectestimate_append_only();
"""
KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("programs", "0017_recognition_api")]

    operations = [
        migrations.CreateModel(
            name="EffectEstimate",
            fields=[
                ("id", KEY),
                ("outcome", models.CharField(max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("main", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("method", models.CharField(max_length=20)),
                ("inputs_hash", models.CharField(max_length=64)),
                ("inputs", models.JSONField()),
                ("result", models.JSONField()),
                ("word", models.CharField(max_length=8)),
                ("points", models.FloatField(blank=True, null=True)),
                ("low", models.FloatField(blank=True, null=True)),
                ("high", models.FloatField(blank=True, null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="effects", to="programs.program"
                    ),
                ),
            ],
            options={
                "ordering": ["program", "outcome", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=["program", "outcome", "number"], name="effect_number_once"),
                    models.CheckConstraint(
                        condition=Q(word__in=["clear", "likely", "early", "none"]), name="effect_word_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(low__isnull=True, high__isnull=True)
                        | Q(low__lte=models.F("high"), points__isnull=False),
                        name="effect_interval_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EffectRun",
            fields=[
                ("id", KEY),
                ("wanted", models.CharField(max_length=64)),
                ("done", models.CharField(blank=True, default="", max_length=64)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("failed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="effect_run", to="programs.program"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(KEEP, LOOSEN),
    ]
