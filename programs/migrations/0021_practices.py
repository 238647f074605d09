"""Daily practices: notes to customers, memorable ideas, complaints made good, and their limits."""

import django.core.validators
import django.db.models.deletion
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("culture", "0010_moderators"),
        ("programs", "0020_scorecard"),
    ]

    operations = [
        migrations.CreateModel(
            name="PracticeSwitch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="practices", to="programs.program"
                    ),
                ),
                ("on", models.BooleanField(default=False)),
                ("changed_on", models.DateField()),
            ],
            options={
            },
        ),
        migrations.CreateModel(
            name="PracticeNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="practice_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("apology", "Apology"), ("thanks", "Thanks"), ("goodbye", "Goodbye")], max_length=8
                    ),
                ),
                (
                    "customer",
                    models.CharField(
                        choices=[("outside", "A customer"), ("inside", "A colleague we serve")],
                        default="outside",
                        max_length=7,
                    ),
                ),
                (
                    "many",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9),
                        ],
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("key", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "indexes": [
                    models.Index(fields=["employee", "-on"], name="practice_note_person"),
                    models.Index(fields=["on"], name="practice_note_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("employee", "key"), name="practice_note_once"),
                    models.CheckConstraint(
                        condition=models.Q(("many__gte", 1), ("many__lte", 9)), name="practice_note_of_some"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["apology", "thanks", "goodbye"])), name="practice_note_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Idea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ideas", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="culture.unit",
                    ),
                ),
                (
                    "behaviour",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="culture.behaviour",
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("what", models.TextField(max_length=1500)),
                ("phrases", models.TextField(blank=True, max_length=800)),
                ("cost", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=10)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("named", models.BooleanField(default=True)),
                (
                    "level",
                    models.CharField(
                        choices=[("own", "Within the own limit"), ("manager", "The manager"), ("hr", "HR")],
                        max_length=7,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for permission"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Taken back"),
                            ("retired", "No longer offered"),
                        ],
                        default="proposed",
                        max_length=9,
                    ),
                ),
                ("asked", models.JSONField(blank=True, default=dict)),
                ("reason", models.CharField(blank=True, max_length=500)),
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
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("key", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["state", "-decided_at"], name="idea_state"),
                    models.Index(fields=["proposer", "-at"], name="idea_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("proposer", "key"), name="idea_once"),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("proposer")), _negated=True),
                        name="idea_decided_by_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("cost__gte", 0)), name="idea_cost_not_below_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("cost", 0), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"),
                        name="idea_cost_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "declined"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="idea_decided_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("state", "declined"), _negated=True), ("asked", {})),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="idea_refused_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdeaMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "idea",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="marks", to="programs.idea"
                    ),
                ),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="idea_marks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("on", models.DateField()),
            ],
            options={
                "ordering": ["-on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("idea", "employee", "on"), name="idea_done_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="culture.unit",
                    ),
                ),
                ("happened_on", models.DateField()),
                ("what", models.TextField(max_length=1000)),
                (
                    "customer",
                    models.CharField(
                        choices=[("outside", "A customer"), ("inside", "A colleague we serve")],
                        default="outside",
                        max_length=7,
                    ),
                ),
                ("apologised_at", models.DateTimeField(blank=True, null=True)),
                (
                    "amends",
                    models.CharField(
                        choices=[
                            ("none", "The apology alone"),
                            ("discount", "Discount"),
                            ("replacement", "Replacement"),
                            ("refund", "Money back"),
                            ("rain_check", "Rain check: another time, on us"),
                            ("gift", "A small gift"),
                            ("service", "An extra service"),
                        ],
                        default="none",
                        max_length=11,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=10)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("limit", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                (
                    "level",
                    models.CharField(
                        choices=[("own", "Within the own limit"), ("manager", "The manager"), ("hr", "HR")],
                        default="own",
                        max_length=7,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for permission"),
                            ("open", "To be made good"),
                            ("refused", "Not allowed: offer something else"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("asked", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
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
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stayed", "The customer stayed"),
                            ("left", "The customer left"),
                            ("unknown", "We do not know"),
                        ],
                        max_length=7,
                    ),
                ),
                ("learnt", models.CharField(blank=True, max_length=500)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("key", models.UUIDField(default=uuid.uuid4)),
            ],
            options={
                "ordering": ["due_at", "pk"],
                "indexes": [
                    models.Index(fields=["employee", "state"], name="recovery_person"),
                    models.Index(fields=["state", "due_at"], name="recovery_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("employee", "key"), name="recovery_once"),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("employee")), _negated=True),
                        name="recovery_decided_by_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("value__gte", 0)), name="recovery_value_not_below_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("value", 0), ("currency__regex", "^[A-Z]{3}$"), _connector="OR"),
                        name="recovery_value_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "closed"),
                                models.Q(("outcome", ""), _negated=True),
                                ("closed_at__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("outcome", ""),
                                ("closed_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="recovery_closed_with_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="recovery_refused_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("recovery", "A complaint made good"), ("idea", "A memorable idea")], max_length=8
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="culture.unit",
                    ),
                ),
                ("job_family", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("own", models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=10)),
                ("manager", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
            ],
            options={
                "ordering": ["kind", "currency", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "unit", "job_family", "currency"), name="limit_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="limit_currency_iso"
                    ),
                    models.CheckConstraint(condition=models.Q(("own__gte", 0)), name="limit_not_below_zero"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("manager__isnull", True), ("manager__gte", models.F("own")), _connector="OR"
                        ),
                        name="limit_of_manager_not_less",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "idea"), _negated=True), ("own", 0), _connector="OR"),
                        name="limit_ideas_are_asked_for",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hours",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ]
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hours__gte", 1), ("hours__lte", 720)), name="recovery_rule_hours"
                    )
                ],
            },
        ),
    ]
