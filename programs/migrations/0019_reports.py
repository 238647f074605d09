"""Published reports and their files, append-only; orders, subscriptions, deliveries, problems, slide templates."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("programs_publishedreport", "programs_reportfile")
REFUSE = (
    """
CREATE FUNCTION programs_report_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
""".replace("%%", "%")
    + "".join(
        f"""
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION programs_report_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION programs_report_append_only();
"""
        for table in TABLES
    )
)
ALLOW = (
    "".join(
        f"DROP TRIGGER append_only_row ON {table}; DROP TRIGGER append_only_table ON {table};\n" for table in TABLES
    )
    + "DROP FUNCTION programs_report_append_only();"
)
# Packed already: PostgreSQL need not try once more.
EXTERNAL = "".join(
    f"ALTER TABLE {table} ALTER COLUMN content SET STORAGE EXTERNAL;\n"
    for table in ("programs_reportfile", "programs_slidetemplate")
)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0018_effect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("title", models.CharField(max_length=200)),
                ("place", models.CharField(max_length=400)),
                ("audience", models.CharField(max_length=10)),
                ("as_of", models.DateField()),
                ("waves", models.JSONField(default=list)),
                ("cells", models.JSONField(default=list)),
                ("problems", models.JSONField(default=list)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="programs.publishedreport",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.program"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ReportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("format", models.CharField(max_length=5)),
                ("name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="programs.publishedreport"
                    ),
                ),
            ],
            options={
                "ordering": ["language", "format"],
            },
        ),
        migrations.CreateModel(
            name="ReportOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("languages", models.JSONField(default=list)),
                (
                    "paper",
                    models.CharField(choices=[("a4", "A4"), ("us-letter", "Letter")], default="a4", max_length=10),
                ),
                ("why", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "waits"),
                            ("claimed", "is being made"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.publishedreport",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.publishedreport",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="ReportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("chart", "A picture could not be drawn"),
                            ("part", "A part could not be made"),
                            ("glyphs", "Letters without a font"),
                            ("report", "The report could not be made"),
                            ("mail", "A mail did not leave"),
                        ],
                        max_length=8,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.publishedreport",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="SlideTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("in_use", models.BooleanField(default=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=200)),
                ("first_on", models.DateField()),
                ("next_on", models.DateField(null=True)),
                ("language", models.CharField(max_length=10)),
                (
                    "format",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("pptx", "Slides"), ("xlsx", "Spreadsheet")],
                        default="pdf",
                        max_length=5,
                    ),
                ),
                (
                    "paper",
                    models.CharField(choices=[("a4", "A4"), ("us-letter", "Letter")], default="a4", max_length=10),
                ),
                ("confirm", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["program", "reader"],
            },
        ),
        migrations.CreateModel(
            name="ReportDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "waits"),
                            ("claimed", "is being sent"),
                            ("sent", "sent"),
                            ("skipped", "not sent"),
                            ("failed", "failed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programs.publishedreport",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="programs.subscription",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="publishedreport",
            index=models.Index(fields=["program", "unit", "as_of"], name="report_of_program"),
        ),
        migrations.AddConstraint(
            model_name="publishedreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrects__isnull", True), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="report_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("audience__in", ["leaders", "managers"])), name="report_audience_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportfile",
            constraint=models.UniqueConstraint(fields=("report", "language", "format"), name="report_file_once"),
        ),
        migrations.AddConstraint(
            model_name="reportfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["json", "pdf", "pptx", "xlsx"])), name="report_file_format"
            ),
        ),
        migrations.AddIndex(
            model_name="reportorder",
            index=models.Index(
                condition=models.Q(("state__in", ["due", "claimed"])), fields=["at"], name="report_order_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("report__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("report__isnull", True)),
                    _connector="OR",
                ),
                name="report_order_done_has_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportproblem",
            constraint=models.UniqueConstraint(
                fields=("kind", "program", "unit", "detail", "day"), name="report_problem_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="slidetemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("in_use", True)), fields=("in_use",), name="slide_template_one_in_use"
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["next_on"], name="report_subscription_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("reader", "program", "unit"),
                name="report_subscription_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_on__isnull", True), ("next_on__gte", models.F("first_on")), _connector="OR"),
                name="report_subscription_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["pdf", "pptx", "xlsx"])), name="report_subscription_format"
            ),
        ),
        migrations.AddIndex(
            model_name="reportdelivery",
            index=models.Index(
                condition=models.Q(("state__in", ["due", "claimed"])), fields=["due_at"], name="report_delivery_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportdelivery",
            constraint=models.UniqueConstraint(fields=("subscription", "day"), name="report_delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="reportdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True),
                    models.Q(("report__isnull", False), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="report_delivery_sent_has_report",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(EXTERNAL, migrations.RunSQL.noop),
    ]
