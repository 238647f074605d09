"""Changes of addresses that wait for a confirmation, and keys of the API that expire and know their second factor."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

Q = models.Q


class Migration(migrations.Migration):
    dependencies = [("culture", "0008_organisation")]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_address", models.EmailField(blank=True, max_length=254)),
                ("at", models.DateTimeField()),
                (
                    "settled",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "changed by the person"),
                            ("person", "confirmed by the person"),
                            ("second", "confirmed by a second HR admin"),
                            ("operator", "confirmed on the server"),
                            ("back", "taken back"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "notice",
                    models.CharField(
                        choices=[
                            ("none", "nobody to tell"),
                            ("due", "to be sent"),
                            ("sent", "sent"),
                            ("failed", "could not be sent"),
                        ],
                        default="none",
                        max_length=6,
                    ),
                ),
                ("notice_after", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="address_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settled_by",
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
                "indexes": [
                    models.Index(condition=Q(("settled", "")), fields=["employee"], name="addresschange_open"),
                    models.Index(condition=Q(("notice", "due")), fields=["notice_after"], name="addresschange_to_tell"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            Q(("settled", ""), ("settled_at", None)),
                            Q(Q(("settled", ""), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="address_change_settled_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("notice", "due"), _negated=True),
                            Q(Q(("old_address", ""), _negated=True), ("notice_after__isnull", False)),
                            _connector="OR",
                        ),
                        name="address_change_notice_has_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("hint", models.CharField(max_length=4)),
                ("may_change", models.BooleanField(default=False)),
                ("second_factor", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            ("expires_at__gt", models.F("created_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"), "+", models.Value(datetime.timedelta(days=366))
                                ),
                            ),
                        ),
                        name="api_token_expires_within_a_year",
                    ),
                    models.CheckConstraint(condition=Q(("name", ""), _negated=True), name="api_token_has_name"),
                ],
            },
        ),
        # The keys of rest_framework.authtoken never expired and knew no second factor: none of them goes on.
        migrations.RunSQL("DROP TABLE IF EXISTS authtoken_token", migrations.RunSQL.noop),
    ]
