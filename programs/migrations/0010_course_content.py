"""Courses in several languages with files; what people make of them: thoughts, self views, refreshers, proofs."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import programs.training.models

# Parts of a film are read from the middle: only what lies uncompressed can be cut out without reading it all.
SLICED = "ALTER TABLE programs_blob ALTER COLUMN content SET STORAGE EXTERNAL;"
# Lessons written before they had a key: their place is who they are.
KEYS = "UPDATE programs_lesson SET key = 'l' || lpad(position::text, 2, '0') WHERE key = '';"
NAMES = """
UPDATE programs_courseversion v SET quiz = (
    SELECT jsonb_agg(CASE WHEN q ? 'name' THEN q ELSE q || jsonb_build_object('name', 'q' || lpad(n::text, 2, '0')) END
                     ORDER BY n)
    FROM jsonb_array_elements(v.quiz) WITH ORDINALITY AS one(q, n))
WHERE jsonb_array_length(v.quiz) > 0;
UPDATE programs_course SET names = jsonb_build_object('en', name),
    summaries = CASE WHEN summary = '' THEN '{}' ELSE jsonb_build_object('en', summary) END;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0009_plan")]

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("size", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32, unique=True)),
                (
                    "shows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("name", "my name"),
                                ("course", "the course"),
                                ("day", "the day I completed it"),
                                ("until", "until when it is valid"),
                                ("score", "how many percent I had right"),
                            ],
                            max_length=8,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CourseFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="CourseUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Refresher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("asked", models.JSONField(default=list)),
                ("answers", models.JSONField(blank=True, null=True)),
                ("right", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("skipped_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RefresherStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SelfView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "want",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                (
                    "know",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                (
                    "can",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000)),
                ("shared_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["requirement", "-on"],
            },
        ),
        migrations.CreateModel(
            name="Thought",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=4000)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="course",
            name="names",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="course",
            name="refresh_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                default=programs.training.models.refresh_days,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="refresh_questions",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name="course",
            name="slug",
            field=models.CharField(blank=True, max_length=60, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="course",
            name="summaries",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="language",
            field=models.CharField(default="en", max_length=12),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=programs.training.models.only_english, size=None
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="minutes",
            field=models.PositiveSmallIntegerField(default=0, help_text="reading time; 0: the lessons' together"),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="quiz_words",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="lesson",
            name="key",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="lesson",
            name="minutes",
            field=models.PositiveSmallIntegerField(default=0, help_text="reading time; 0: estimated from the text"),
        ),
        migrations.AddField(
            model_name="lesson",
            name="reflect",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="lesson",
            name="texts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="lesson",
            name="video",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="certificate",
            name="completion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="certificates", to="programs.completion"
            ),
        ),
        migrations.AddField(
            model_name="coursefile",
            name="blob",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.blob"),
        ),
        migrations.AddField(
            model_name="coursefile",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="files", to="programs.courseversion"
            ),
        ),
        migrations.AddField(
            model_name="courseupload",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refresher",
            name="completion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="refreshers", to="programs.completion"
            ),
        ),
        migrations.AddField(
            model_name="refresher",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="refreshers", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refresherstop",
            name="course",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.course"
            ),
        ),
        migrations.AddField(
            model_name="refresherstop",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="selfview",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="self_views", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="selfview",
            name="requirement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.requirement"
            ),
        ),
        migrations.AddField(
            model_name="selfview",
            name="shared_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="thought",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="thought",
            name="lesson",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.lesson"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("completion",), name="certificate_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="coursefile",
            constraint=models.UniqueConstraint(fields=("version", "name"), name="course_file_once"),
        ),
        migrations.AddIndex(
            model_name="refresher",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("skipped_at__isnull", True)),
                fields=["employee"],
                name="refresher_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="refresher",
            constraint=models.UniqueConstraint(fields=("completion", "number"), name="refresher_once"),
        ),
        migrations.AddConstraint(
            model_name="refresher",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at__isnull", True), ("skipped_at__isnull", True), _connector="OR"),
                name="refresher_done_or_skipped",
            ),
        ),
        migrations.AddConstraint(
            model_name="refresherstop",
            constraint=models.UniqueConstraint(fields=("employee", "course"), name="refresher_stop_once"),
        ),
        migrations.AddConstraint(
            model_name="selfview",
            constraint=models.UniqueConstraint(fields=("employee", "requirement", "on"), name="self_view_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="selfview",
            constraint=models.CheckConstraint(
                condition=models.Q(("can__range", (1, 5)), ("know__range", (1, 5)), ("want__range", (1, 5))),
                name="self_view_one_to_five",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shared_with__isnull", True),
                    models.Q(("shared_with", models.F("employee")), _negated=True),
                    _connector="OR",
                ),
                name="self_view_shared_with_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="thought",
            constraint=models.UniqueConstraint(fields=("employee", "lesson"), name="thought_once"),
        ),
        migrations.RunSQL(SLICED, migrations.RunSQL.noop),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
    ]
