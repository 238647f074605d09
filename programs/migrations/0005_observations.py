import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION programs_observation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.employee_id, OLD.observer_id, OLD.behaviour_id, OLD."on", OLD.what, OLD.at)
        IS DISTINCT FROM (NEW.employee_id, NEW.observer_id, NEW.behaviour_id, NEW."on", NEW.what, NEW.at)
        OR (OLD.note IS DISTINCT FROM NEW.note AND NEW.note <> '')
        OR (OLD.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS DISTINCT FROM NEW.withdrawn_at)
    THEN
        RAISE EXCEPTION 'an observation is never changed: withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER observation_stays BEFORE UPDATE ON programs_observation
    FOR EACH ROW EXECUTE FUNCTION programs_observation_stays();
"""
LOOSEN = """
DROP TRIGGER observation_stays ON programs_observation;
DROP FUNCTION programs_observation_stays();
"""


def within(most: int) -> list:
    return [django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(most)]


class Migration(migrations.Migration):
    dependencies = [
        ("culture", "0008_organisation"),
        ("programs", "0004_quiz_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "what",
                    models.CharField(
                        choices=[("seen", "Seen"), ("not_yet", "Not yet"), ("not_applicable", "Not applicable")],
                        max_length=16,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "behaviour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.behaviour"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "observer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("employee", models.F("observer")), _negated=True),
                        name="nobody_observes_himself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["seen", "not_yet", "not_applicable"])),
                        name="observation_what",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("employee", "observer", "behaviour", "on"),
                        name="observed_once_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SightingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sightings", models.PositiveSmallIntegerField(default=2, validators=within(20))),
                ("observers", models.PositiveSmallIntegerField(default=2, validators=within(20))),
                ("days", models.PositiveSmallIntegerField(default=90, validators=within(730))),
                (
                    "behaviour",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="culture.behaviour",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__gte", 1), ("observers__gte", 1), ("observers__lte", models.F("sightings"))
                        ),
                        name="sighting_rule_can_be_met",
                    ),
                    models.UniqueConstraint(fields=("behaviour",), name="sighting_rule_once", nulls_distinct=False),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LOOSEN),
    ]
