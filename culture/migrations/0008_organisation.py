"""The organisation's settings, links of the first start, locks and one-time links of the sign-in."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("culture", "0007_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=120)),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), blank=True, default=list, size=None
                    ),
                ),
                ("language", models.CharField(default="en", max_length=12)),
                ("time_zone", models.CharField(default="Europe/Rome", max_length=64)),
                ("sender_name", models.CharField(blank=True, max_length=120)),
                ("sender_address", models.EmailField(blank=True, max_length=254)),
                ("k", models.PositiveSmallIntegerField(default=5)),
                (
                    "steps_done",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), blank=True, default=list, size=None
                    ),
                ),
                ("set_up_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="organisation_only_one"),
                    models.CheckConstraint(condition=models.Q(("k__in", (5, 7, 10))), name="organisation_k_allowed"),
                    models.CheckConstraint(
                        condition=models.Q(("set_up_at", None), models.Q(("name", ""), _negated=True), _connector="OR"),
                        name="organisation_set_up_has_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetupLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("visit_digest", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="setup_link_expires"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_at", None), ("visit_digest", "")),
                            models.Q(
                                models.Q(("taken_at", None), _negated=True),
                                models.Q(("visit_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="setup_link_taken_by_a_browser",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInLock",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("times", models.PositiveSmallIntegerField(default=0)),
                ("updated_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_in_links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))), name="sign_in_link_expires"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("used_at", None)), fields=("employee",), name="sign_in_link_one_unused"
                    ),
                ],
            },
        ),
    ]
