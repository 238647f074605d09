"""Training paths; granted completions become facts that the database keeps."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was granted stays as it was: only what a person said or did goes when he is erased (evidence, reason).
KEPT = """
CREATE FUNCTION programs_fact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'evidence' - 'reason' = to_jsonb(OLD) - 'evidence' - 'reason'
            AND (to_jsonb(NEW) -> 'evidence' IS NOT DISTINCT FROM to_jsonb(OLD) -> 'evidence'
                OR to_jsonb(NEW) -> 'evidence' = '{}'::jsonb)
            AND (to_jsonb(NEW) ->> 'reason' IS NOT DISTINCT FROM to_jsonb(OLD) ->> 'reason'
                OR to_jsonb(NEW) ->> 'reason' = '–')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is a record of facts: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fact_kept BEFORE UPDATE OR DELETE ON programs_completion
    FOR EACH ROW EXECUTE FUNCTION programs_fact_kept();
CREATE TRIGGER fact_kept BEFORE UPDATE OR DELETE ON programs_attained
    FOR EACH ROW EXECUTE FUNCTION programs_fact_kept();
CREATE TRIGGER fact_kept BEFORE UPDATE OR DELETE ON programs_revocation
    FOR EACH ROW EXECUTE FUNCTION programs_fact_kept();
CREATE TRIGGER fact_table BEFORE TRUNCATE ON programs_completion
    FOR EACH STATEMENT EXECUTE FUNCTION programs_fact_kept();
CREATE TRIGGER fact_table BEFORE TRUNCATE ON programs_attained
    FOR EACH STATEMENT EXECUTE FUNCTION programs_fact_kept();
CREATE TRIGGER fact_table BEFORE TRUNCATE ON programs_revocation
    FOR EACH STATEMENT EXECUTE FUNCTION programs_fact_kept();
"""
NO_LONGER_KEPT = """
DROP TRIGGER fact_kept ON programs_completion;
DROP TRIGGER fact_table ON programs_completion;
DROP TRIGGER fact_kept ON programs_attained;
DROP TRIGGER fact_table ON programs_attained;
DROP TRIGGER fact_kept ON programs_revocation;
DROP TRIGGER fact_table ON programs_revocation;
DROP FUNCTION programs_fact_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0007_actions")]

    operations = [
        migrations.CreateModel(
            name="Attained",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("quiz", "Quiz passed"),
                            ("session", "Sessions attended"),
                            ("observation", "Behaviour shown"),
                        ],
                        max_length=12,
                    ),
                ),
                ("times", models.PositiveSmallIntegerField(default=1)),
                ("done_on", models.DateField()),
                ("evidence", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["done_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Path",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
                ("summary", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("evaluate", models.BooleanField(default=False)),
                ("evaluated_on", models.DateField(blank=True, null=True)),
                ("counted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PathEnrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "left the organisation"),
                            ("moved", "no rule names this person any more"),
                            ("over", "the path was ended"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PathRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("everybody", models.BooleanField(default=False)),
                ("job_family", models.CharField(blank=True, max_length=120)),
                ("language", models.CharField(blank=True, max_length=12)),
                ("joined_after", models.DateField(blank=True, null=True)),
                ("since", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PathTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given", models.PositiveIntegerField(default=0)),
                ("valid", models.PositiveIntegerField(default=0)),
                ("renew", models.PositiveIntegerField(default=0)),
                ("soon", models.PositiveIntegerField(default=0)),
                ("late", models.PositiveIntegerField(default=0)),
                ("lapsed", models.PositiveIntegerField(default=0)),
                ("exempt", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("course", "Course"),
                            ("quiz", "Quiz only"),
                            ("session", "Sessions in class"),
                            ("observation", "Behaviour shown"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                    ),
                ),
                ("due_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("window", models.PositiveSmallIntegerField(default=0)),
                ("added_on", models.DateField()),
                ("retired_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["path", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TrainingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("own", "What is due"), ("team", "What is due in the team")], max_length=4
                    ),
                ),
                ("day", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("claimed", "Claimed"),
                            ("sent", "Sent"),
                            ("skipped", "Not needed any more"),
                            ("failed", "Failed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="TrainingNight",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("told", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="TrainingReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.DateField(help_text="the due day, or the last valid day")),
                ("days", models.SmallIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="assignment",
            name="assigned_once",
        ),
        migrations.RemoveConstraint(
            model_name="completion",
            name="completed_once",
        ),
        migrations.AddField(
            model_name="assignment",
            name="ended_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="paused_days",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="assignment",
            name="version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.courseversion",
            ),
        ),
        migrations.AddField(
            model_name="completion",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="course",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="programs.course",
            ),
        ),
        migrations.AddConstraint(
            model_name="completion",
            constraint=models.UniqueConstraint(fields=("employee", "version", "done_on"), name="completed_once_a_day"),
        ),
        migrations.AddField(
            model_name="attained",
            name="behaviour",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="culture.behaviour",
            ),
        ),
        migrations.AddField(
            model_name="attained",
            name="course",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="programs.course",
            ),
        ),
        migrations.AddField(
            model_name="attained",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attained", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attained",
            name="granted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exemption",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exemptions", to="programs.assignment"
            ),
        ),
        migrations.AddField(
            model_name="exemption",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="path",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pathenrolment",
            name="cohort",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="programs.cohort",
            ),
        ),
        migrations.AddField(
            model_name="pathenrolment",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="path_enrolments", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pathenrolment",
            name="path",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="enrolments", to="programs.path"
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="enrolment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="assignments",
                to="programs.pathenrolment",
            ),
        ),
        migrations.AddField(
            model_name="pathrule",
            name="cohort",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.cohort",
            ),
        ),
        migrations.AddField(
            model_name="pathrule",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pathrule",
            name="path",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rules", to="programs.path"
            ),
        ),
        migrations.AddField(
            model_name="pathrule",
            name="program",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.program",
            ),
        ),
        migrations.AddField(
            model_name="pathrule",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.unit"
            ),
        ),
        migrations.AddField(
            model_name="pathtally",
            name="cohort",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="programs.cohort",
            ),
        ),
        migrations.AddField(
            model_name="pathtally",
            name="unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="attained",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revocation",
                to="programs.attained",
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="completion",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revocation",
                to="programs.completion",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="after",
            field=models.ManyToManyField(blank=True, related_name="before", to="programs.step"),
        ),
        migrations.AddField(
            model_name="step",
            name="behaviour",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="culture.behaviour",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="course",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="programs.course",
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="path",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="programs.path"
            ),
        ),
        migrations.AddField(
            model_name="pathtally",
            name="step",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.step"),
        ),
        migrations.AddField(
            model_name="assignment",
            name="step",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="programs.step",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("ended_on__isnull", True)), fields=["due_on"], name="assignment_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("step__isnull", True), ("version__isnull", True)),
                fields=("course", "employee"),
                name="assigned_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(fields=("step", "enrolment"), name="assigned_once_on_a_path"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("version__isnull", False)),
                fields=("version", "employee"),
                name="assigned_new_content_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("course__isnull", False), ("enrolment__isnull", True), ("step__isnull", True)),
                    models.Q(("enrolment__isnull", False), ("step__isnull", False), ("version__isnull", True)),
                    _connector="OR",
                ),
                name="assigned_by_hand_or_by_a_path",
            ),
        ),
        migrations.AddField(
            model_name="trainingmail",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="training_mails", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="trainingreminder",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="programs.assignment"
            ),
        ),
        migrations.AddField(
            model_name="trainingreminder",
            name="mail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reminders", to="programs.trainingmail"
            ),
        ),
        migrations.AddConstraint(
            model_name="attained",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("behaviour__isnull", False), ("course__isnull", True), ("kind", "observation")),
                    models.Q(("behaviour__isnull", True), ("course__isnull", False), ("kind__in", ["quiz", "session"])),
                    _connector="OR",
                ),
                name="attained_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="attained",
            constraint=models.UniqueConstraint(
                condition=models.Q(("course__isnull", False)),
                fields=("employee", "kind", "course", "times", "done_on"),
                name="attained_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="attained",
            constraint=models.UniqueConstraint(
                condition=models.Q(("behaviour__isnull", False)),
                fields=("employee", "behaviour", "done_on"),
                name="attained_behaviour_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))), name="exemption_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="exemption_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="path",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="path_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="path",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="path_has_a_name"),
        ),
        migrations.AddConstraint(
            model_name="pathenrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)), fields=("path", "employee"), name="path_enrolled_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathenrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on__isnull", True), ("why", "")),
                    models.Q(("ended_on__isnull", False), models.Q(("why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="path_enrolment_ended_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("everybody", True),
                    ("program__isnull", False),
                    ("cohort__isnull", False),
                    ("unit__isnull", False),
                    models.Q(("job_family", ""), _negated=True),
                    models.Q(("language", ""), _negated=True),
                    ("joined_after__isnull", False),
                    _connector="OR",
                ),
                name="path_rule_says_for_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attained__isnull", True), ("completion__isnull", False)),
                    models.Q(("attained__isnull", False), ("completion__isnull", True)),
                    _connector="OR",
                ),
                name="revocation_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="revocation_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("behaviour__isnull", False), ("course__isnull", True), ("kind", "observation")),
                    models.Q(
                        ("behaviour__isnull", True),
                        ("course__isnull", False),
                        ("kind__in", ["course", "quiz", "session"]),
                    ),
                    _connector="OR",
                ),
                name="step_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_days__isnull", False), ("due_on__isnull", False), _connector="OR"),
                name="step_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("times__gte", 1), ("times__lte", 50)), name="step_times"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(("months__gt", 0), ("window", 0), _connector="OR"), name="step_window_of_a_validity"
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(
                condition=models.Q(("course__isnull", False), ("retired_on__isnull", True)),
                fields=("path", "kind", "course"),
                name="step_course_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(
                condition=models.Q(("behaviour__isnull", False), ("retired_on__isnull", True)),
                fields=("path", "behaviour"),
                name="step_behaviour_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathtally",
            constraint=models.UniqueConstraint(
                fields=("step", "cohort", "unit"), name="path_tally_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="trainingmail",
            index=models.Index(
                condition=models.Q(("state", "due")), fields=["due_at", "id"], name="training_mail_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="trainingmail",
            index=models.Index(condition=models.Q(("state", "claimed")), fields=["id"], name="training_mail_in_hand"),
        ),
        migrations.AddConstraint(
            model_name="trainingmail",
            constraint=models.UniqueConstraint(fields=("employee", "kind", "day"), name="training_mail_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="trainingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "claimed"), _negated=True), ("claimed_at__isnull", False), _connector="OR"
                ),
                name="training_mail_claimed_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingreminder",
            constraint=models.UniqueConstraint(fields=("assignment", "about", "days"), name="reminded_once"),
        ),
        migrations.RunSQL(KEPT, NO_LONGER_KEPT),
    ]
