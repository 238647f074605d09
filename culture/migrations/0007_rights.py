"""Erasures, holds and retention periods; and an erased person's row keeps its neutral values, whoever updates it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STAYS_ERASED = """
CREATE FUNCTION culture_employee_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.number := OLD.number;
    NEW.given_name := OLD.given_name;
    NEW.family_name := OLD.family_name;
    NEW.email := OLD.email;
    NEW.job_family := OLD.job_family;
    NEW.job_title := OLD.job_title;
    NEW.site := OLD.site;
    NEW.left_on := OLD.left_on;
    NEW.is_active := false;
    NEW.is_staff := false;
    NEW.is_superuser := false;
    RETURN NEW;
END $$;
CREATE TRIGGER stays_erased BEFORE UPDATE ON culture_employee FOR EACH ROW
    WHEN (OLD.number = 'erased-' || OLD.id) EXECUTE FUNCTION culture_employee_stays_erased();
"""
COMES_BACK = """
DROP TRIGGER stays_erased ON culture_employee;
DROP FUNCTION culture_employee_stays_erased();
"""


class Migration(migrations.Migration):
    dependencies = [("culture", "0006_access_scoped")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "why",
                    models.CharField(
                        choices=[("request", "asked for"), ("period", "retention period over")], max_length=8
                    ),
                ),
                ("counts", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employee",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasure", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SlugField(max_length=40, unique=True)),
                ("days", models.PositiveIntegerField(blank=True, null=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True)),
                ("next_run_at", models.DateTimeField(blank=True, null=True)),
                ("last_run_at", models.DateTimeField(blank=True, null=True)),
                ("last_removed", models.PositiveIntegerField(default=0)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500)),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lifted_by",
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
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)), fields=("employee",), name="hold_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="hold_has_reason"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedErasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("noticed_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "employee",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned_erasure",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("noticed_on"))), name="erasure_announced_before"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(max_length=500)),
                ("running", models.BooleanField(default=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
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
                "ordering": ["-since"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("running", True)), fields=("running",), name="retention_paused_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="pause_has_reason"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("running", True)),
                            models.Q(("ended_at__isnull", False), ("running", False)),
                            _connector="OR",
                        ),
                        name="pause_ended_when_not_running",
                    ),
                ],
            },
        ),
        migrations.RunSQL(STAYS_ERASED, COMES_BACK),
    ]
