"""The plan: drafts and amendments, drawn order, milestones, risks, duties; enrolments that never overlap."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Earlier editions ended an enrolment on the day another began, or began one before it.
APART = """
UPDATE programs_program SET launched_on = starts_on;
UPDATE programs_enrolment o SET since = e.until + 1 FROM programs_enrolment e
    WHERE o.until IS NULL AND e.until IS NOT NULL AND e.program_id = o.program_id AND e.employee_id = o.employee_id
    AND e.id <> o.id AND o.since <= e.until
    AND e.until = (SELECT max(x.until) FROM programs_enrolment x WHERE x.program_id = o.program_id
                   AND x.employee_id = o.employee_id AND x.until IS NOT NULL);
DELETE FROM programs_enrolment WHERE until < since;
DELETE FROM programs_enrolment o USING programs_enrolment e
    WHERE o.until IS NOT NULL AND e.until IS NOT NULL AND e.program_id = o.program_id
    AND e.employee_id = o.employee_id AND e.id < o.id AND e.since <= o.until AND o.since <= e.until;
ALTER TABLE programs_enrolment ADD CONSTRAINT programs_enrolment_apart EXCLUDE USING gist (
    int8range(program_id, program_id, '[]') WITH &&, int8range(employee_id, employee_id, '[]') WITH &&,
    daterange(since, until, '[]') WITH &&);
"""
LET_OVERLAP = "ALTER TABLE programs_enrolment DROP CONSTRAINT programs_enrolment_apart;"
REFUSE = """
CREATE FUNCTION programs_amendment_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON programs_amendment
    FOR EACH ROW EXECUTE FUNCTION programs_amendment_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON programs_amendment
    FOR EACH STATEMENT EXECUTE FUNCTION programs_amendment_append_only();
CREATE TRIGGER never_rewritten BEFORE UPDATE ON programs_draw
    FOR EACH ROW EXECUTE FUNCTION programs_amendment_append_only();
"""
ALLOW = """
DROP TRIGGER append_only_row ON programs_amendment;
DROP TRIGGER append_only_table ON programs_amendment;
DROP TRIGGER never_rewritten ON programs_draw;
DROP FUNCTION programs_amendment_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0008_paths")]

    operations = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(max_length=1000)),
                ("changes", models.JSONField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CohortPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("method", models.CharField(max_length=16)),
                ("seed", models.CharField(max_length=64)),
                ("pool", models.JSONField()),
                ("days", models.JSONField()),
                ("result", models.JSONField()),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=300)),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["done_on", "due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("information", "Information"),
                            ("attitude", "Attitude"),
                            ("behaviour", "Behaviour"),
                            ("culture", "Culture"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("due_on", models.DateField()),
                ("leading", models.CharField(max_length=40)),
                ("leading_target", models.DecimalField(decimal_places=1, max_digits=6)),
                ("lagging", models.CharField(max_length=40)),
                ("lagging_target", models.DecimalField(decimal_places=1, max_digits=6)),
                ("reached_on", models.DateField(blank=True, null=True)),
                ("readings", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "ordering": ["due_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=300)),
                ("likelihood", models.PositiveSmallIntegerField(choices=[(1, "Low"), (2, "Medium"), (3, "High")])),
                ("impact", models.PositiveSmallIntegerField(choices=[(1, "Low"), (2, "Medium"), (3, "High")])),
                ("answer", models.CharField(max_length=500)),
                ("review_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["closed_on", "review_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="how",
            field=models.CharField(
                choices=[
                    ("start", "with the cohort"),
                    ("joined", "joined later"),
                    ("moved", "moved from another cohort"),
                    ("returned", "came back"),
                ],
                default="start",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="program",
            name="copied_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="programs.program",
            ),
        ),
        migrations.AddField(
            model_name="program",
            name="finished_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="focus",
            field=models.ManyToManyField(blank=True, related_name="+", to="culture.requirement"),
        ),
        migrations.AddField(
            model_name="program",
            name="followed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="launched_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="setup",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="program",
            name="state",
            field=models.CharField(
                choices=[("draft", "Draft"), ("running", "Running"), ("paused", "Paused"), ("finished", "Finished")],
                default="running",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="program",
            name="state",
            field=models.CharField(
                choices=[("draft", "Draft"), ("running", "Running"), ("paused", "Paused"), ("finished", "Finished")],
                default="draft",
                max_length=8,
            ),
        ),
        migrations.RunSQL(APART, LET_OVERLAP),
        migrations.AddField(
            model_name="stage",
            name="exit_criteria",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name="stage",
            name="goal",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name="program",
            name="charter",
            field=models.TextField(blank=True),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="enrolment_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "running", "paused", "finished"])),
                name="program_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_on__isnull", False), ("state", "finished")),
                    models.Q(models.Q(("state", "finished"), _negated=True), ("finished_on__isnull", True)),
                    _connector="OR",
                ),
                name="program_finished_on_a_day",
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="cohortperson",
            name="cohort",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="people_named", to="programs.cohort"
            ),
        ),
        migrations.AddField(
            model_name="cohortperson",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cohortperson",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="draws", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="duty",
            name="sponsor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="followed_by",
                to="programs.milestone",
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="risk",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="risk",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="risks", to="programs.program"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="amendment_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="cohortperson",
            constraint=models.UniqueConstraint(fields=("program", "employee"), name="person_in_one_cohort"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("leading", models.F("lagging")), _negated=True), name="milestone_two_indicators"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("lagging__startswith", "training."), _negated=True),
                name="milestone_not_by_training",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("after", models.F("id")), _negated=True), name="milestone_not_after_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reached_on__isnull", True), models.Q(("readings", {}), _negated=True), _connector="OR"
                ),
                name="milestone_reached_with_readings",
            ),
        ),
        migrations.AddConstraint(
            model_name="risk",
            constraint=models.CheckConstraint(
                condition=models.Q(("impact__range", (1, 3)), ("likelihood__range", (1, 3))),
                name="risk_graded_one_to_three",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
