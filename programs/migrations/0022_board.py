import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("programs_benchmark", "programs_keptplan", "programs_yearcomment")
REFUSE = "".join(
    f"""
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION programs_report_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION programs_report_append_only();
"""
    for table in TABLES
)
ALLOW = "".join(
    f"DROP TRIGGER append_only_row ON {table}; DROP TRIGGER append_only_table ON {table};\n" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [
        ("programs", "0021_practices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Benchmark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.PositiveIntegerField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("measure", models.CharField(max_length=60)),
                (
                    "statistic",
                    models.CharField(
                        choices=[
                            ("index", "Index 0–100"),
                            ("favourable", "Share who answer favourably, %"),
                            ("unfavourable", "Share who answer unfavourably, %"),
                            ("net", "Favourable less unfavourable share, −100 to 100"),
                            ("share", "Share of people or cases, %"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "answers",
                    models.CharField(
                        choices=[
                            ("agreement5", "Agreement, 5 answers"),
                            ("agreement7", "Agreement, 7 answers"),
                            ("frequency5", "Frequency, 5 answers"),
                            ("satisfaction5", "Satisfaction, 5 answers"),
                            ("effort7", "Effort, 7 answers"),
                            ("recommendation11", "Recommendation, 0 to 10"),
                            ("outcome5", "What people tell others, 5 answers"),
                            ("yes_no2", "Yes or no"),
                            ("mixed", "Several scales together"),
                            ("counted", "Not asked but counted"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=6)),
                ("low", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("high", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ("people", models.PositiveIntegerField(blank=True, null=True)),
                ("population", models.CharField(max_length=200)),
                ("country", models.CharField(blank=True, max_length=80)),
                ("sector", models.CharField(blank=True, max_length=120)),
                ("year", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=300)),
                ("link", models.CharField(max_length=500)),
                ("licence", models.CharField(max_length=300)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("until", models.DateField()),
                ("withdrawn", models.BooleanField(default=False)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["entry", "-version"],
            },
        ),
        migrations.CreateModel(
            name="KeptPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(null=True)),
                ("on", models.DateField()),
                ("plan", models.JSONField()),
            ],
            options={
                "ordering": ["program", "on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="YearComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=2000)),
                ("role", models.CharField(choices=[("sponsor", "sponsor"), ("executive", "executive")], max_length=12)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="publishedreport",
            name="kind",
            field=models.CharField(
                choices=[("program", "Program"), ("board", "Board view"), ("year", "Yearly review")],
                default="program",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="publishedreport",
            name="year",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reportorder",
            name="kind",
            field=models.CharField(
                choices=[("program", "Program"), ("board", "Board view"), ("year", "Yearly review")],
                default="program",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="reportorder",
            name="year",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="publishedreport",
            name="program",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.program"
            ),
        ),
        migrations.AlterField(
            model_name="reportorder",
            name="program",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
            ),
        ),
        migrations.AlterField(
            model_name="reportproblem",
            name="program",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="programs.program"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "program"), ("program__isnull", False), ("year__isnull", True)),
                    models.Q(
                        ("kind", "board"), ("program__isnull", True), ("unit__isnull", True), ("year__isnull", True)
                    ),
                    models.Q(
                        ("kind", "year"), ("program__isnull", False), ("unit__isnull", True), ("year__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="report_kind_fits",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "program"), ("program__isnull", False), ("year__isnull", True)),
                    models.Q(
                        ("kind", "board"), ("program__isnull", True), ("unit__isnull", True), ("year__isnull", True)
                    ),
                    models.Q(
                        ("kind", "year"), ("program__isnull", False), ("unit__isnull", True), ("year__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="report_order_kind_fits",
            ),
        ),
        migrations.AddField(
            model_name="benchmark",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="keptplan",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="kept_plans", to="programs.program"
            ),
        ),
        migrations.AddField(
            model_name="yearcomment",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="yearcomment",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="year_comments", to="programs.program"
            ),
        ),
        migrations.AddIndex(
            model_name="benchmark",
            index=models.Index(fields=["measure"], name="benchmark_measure"),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.UniqueConstraint(fields=("entry", "version"), name="benchmark_version_once"),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("entry__gte", 1), ("version__gte", 1)), name="benchmark_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("version", 1), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="benchmark_correction_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", False), ("version__gt", 1), _connector="OR"),
                name="benchmark_withdrawn_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", ""), _negated=True),
                    models.Q(("link", ""), _negated=True),
                    models.Q(("population", ""), _negated=True),
                ),
                name="benchmark_sourced",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", -100), ("value__lte", 100)), name="benchmark_within_hundred"
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("high__isnull", True), ("low__isnull", True)),
                    models.Q(("high__gte", models.F("value")), ("low__lte", models.F("value"))),
                    _connector="OR",
                ),
                name="benchmark_interval_around",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("people__isnull", True), ("people__gte", 1), _connector="OR"),
                name="benchmark_people_some",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 1900), ("year__lte", 2200)), name="benchmark_year_possible"
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(("statistic__in", ["index", "favourable", "unfavourable", "net", "share", "other"])),
                name="benchmark_statistic_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "answers__in",
                        [
                            "agreement5",
                            "agreement7",
                            "frequency5",
                            "satisfaction5",
                            "effort7",
                            "recommendation11",
                            "outcome5",
                            "yes_no2",
                            "mixed",
                            "counted",
                            "other",
                        ],
                    )
                ),
                name="benchmark_answers_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="keptplan",
            constraint=models.UniqueConstraint(fields=("program", "year"), name="plan_kept_once", nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name="keptplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("year__isnull", True), models.Q(("year__gte", 1900), ("year__lte", 2200)), _connector="OR"
                ),
                name="plan_year",
            ),
        ),
        migrations.AddIndex(
            model_name="yearcomment",
            index=models.Index(fields=["program", "year"], name="year_comment_of"),
        ),
        migrations.AddConstraint(
            model_name="yearcomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="year_comment_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="yearcomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["sponsor", "executive"])), name="year_comment_role"
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
