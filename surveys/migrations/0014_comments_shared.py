"""Comments in rows of their own, looked at for names before a release; who sees results from which day; moderators.

Comments released before are copied out of their groups; waves released before stay shared as they were: with leaders
and managers from the day of the release.
"""

from __future__ import annotations

import uuid
from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from surveys.results import themes

Q = models.Q
STAYS = """
CREATE TRIGGER surveys_releasedcomment_stays BEFORE UPDATE ON surveys_releasedcomment
    FOR EACH ROW EXECUTE FUNCTION surveys_release_stays();
"""
GOES = "DROP TRIGGER surveys_releasedcomment_stays ON surveys_releasedcomment"
SHARED_AS_BEFORE = """
INSERT INTO surveys_sharing (wave_id, leaders_on, managers_on, employee_comments, chosen, tell, told)
SELECT id, released_at::date, released_at::date, false, false, false, '{leaders,managers}'
FROM surveys_wave WHERE state = 'released'
"""


def copy_comments(apps: Any, editor: Any) -> None:
    group, comment = apps.get_model("surveys", "CellGroup"), apps.get_model("surveys", "ReleasedComment")
    rows = []
    for one in group.objects.exclude(comments=[]).filter(family__in=["tree", "said"]).iterator():
        for text in one.comments:
            folded = themes.fold(text)
            rows.append(
                comment(
                    release_id=one.release_id,
                    family=one.family,
                    unit=one.unit,
                    text=text,
                    folded=folded,
                    themes=themes.of(folded),
                )
            )
    # In no order: their random ids are the order in which they are read.
    comment.objects.bulk_create(sorted(rows, key=lambda row: row.id), batch_size=1000)
    # These held comments and nothing else.
    group.objects.filter(family="said").delete()


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_meaning"), ("culture", "0010_moderators")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE surveys_sealedcomment ADD COLUMN masks integer[] NOT NULL DEFAULT '{}', "
            "ADD COLUMN looked boolean NOT NULL DEFAULT false",
            "ALTER TABLE surveys_sealedcomment DROP COLUMN masks, DROP COLUMN looked",
        ),
        migrations.CreateModel(
            name="Moderation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "finished_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="moderation", to="surveys.wave"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReleasedComment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("family", models.CharField(choices=[("tree", "tree"), ("said", "said")], max_length=4)),
                ("unit", models.BigIntegerField()),
                ("item", models.CharField(blank=True, max_length=50)),
                ("text", models.TextField()),
                ("folded", models.TextField()),
                (
                    "themes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("masked", models.PositiveSmallIntegerField(default=0)),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="said", to="surveys.release"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["release", "unit", "family"], name="comment_home"),
                    django.contrib.postgres.indexes.GinIndex(fields=["themes"], name="comment_themes"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=Q(("family__in", ["tree", "said"])), name="comment_of_a_family")
                ],
            },
        ),
        migrations.CreateModel(
            name="ResultMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("audience", models.CharField(max_length=9)),
                ("retry_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="surveys.wave"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["retry_at"], name="result_mail_due")],
                "constraints": [models.UniqueConstraint(fields=("wave", "employee"), name="results_told_once")],
            },
        ),
        migrations.CreateModel(
            name="Sharing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaders_on", models.DateField(blank=True, null=True)),
                ("managers_on", models.DateField(blank=True, null=True)),
                ("employees_on", models.DateField(blank=True, null=True)),
                ("employee_comments", models.BooleanField(default=False)),
                ("moderation_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("chosen", models.BooleanField(default=False)),
                ("tell", models.BooleanField(default=False)),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9), blank=True, db_default=[], default=list, size=None
                    ),
                ),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sharing", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=(
                            Q(managers_on=None) | Q(leaders_on__isnull=False, leaders_on__lte=models.F("managers_on"))
                        )
                        & (
                            Q(employees_on=None)
                            | Q(managers_on__isnull=False, managers_on__lte=models.F("employees_on"))
                        ),
                        name="sharing_in_order",
                    ),
                    models.CheckConstraint(
                        condition=Q(("moderation_days", None), ("moderation_days__lte", 14), _connector="OR"),
                        name="moderation_of_a_wave_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SharingPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leaders_after", models.PositiveSmallIntegerField(blank=True, default=0, null=True)),
                ("managers_after", models.PositiveSmallIntegerField(blank=True, default=0, null=True)),
                ("employees_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("employee_comments", models.BooleanField(default=False)),
                ("moderation_days", models.PositiveSmallIntegerField(default=0)),
                ("tell", models.BooleanField(default=False)),
                (
                    "series",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sharing_plan", to="surveys.series"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=(
                            Q(managers_after=None)
                            | Q(leaders_after__isnull=False, leaders_after__lte=models.F("managers_after"))
                        )
                        & (
                            Q(employees_after=None)
                            | Q(managers_after__isnull=False, managers_after__lte=models.F("employees_after"))
                        ),
                        name="sharing_plan_in_order",
                    ),
                    models.CheckConstraint(condition=Q(("moderation_days__lte", 14)), name="moderation_ends"),
                ],
            },
        ),
        migrations.RunPython(copy_comments, migrations.RunPython.noop),
        # The foreign keys of what was copied are checked at the end, and until then no table can be changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="cellgroup", name="comments"),
        migrations.RunSQL(STAYS, GOES),
        migrations.RunSQL(SHARED_AS_BEFORE, migrations.RunSQL.noop),
    ]
