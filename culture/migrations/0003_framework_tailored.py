import uuid
import decimal
from django.conf import settings
import django.db.models.functions.text
import django.db.models.deletion
import django.contrib.postgres.fields
from django.db import migrations, models


# -- framework, tailoring and profiles (begin) --
APPEND_ONLY = """
CREATE FUNCTION culture_tailoringchange_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the free text may change: erasing a person takes names out of it.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'culture_tailoringchange is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON culture_tailoringchange
    FOR EACH ROW EXECUTE FUNCTION culture_tailoringchange_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON culture_tailoringchange
    FOR EACH STATEMENT EXECUTE FUNCTION culture_tailoringchange_append_only();
"""
ALLOW = """
DROP TRIGGER append_only_row ON culture_tailoringchange;
DROP TRIGGER append_only_table ON culture_tailoringchange;
DROP FUNCTION culture_tailoringchange_append_only();
"""
FRAMEWORK: list = [
    migrations.CreateModel(
        name="CatalogueVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.PositiveSmallIntegerField(unique=True)),
            ("loaded_at", models.DateTimeField(auto_now_add=True)),
            ("counts", models.JSONField(default=dict)),
            ("changed", models.JSONField(default=list)),
        ],
        options={
            "ordering": ["-number"],
        },
    ),
    migrations.CreateModel(
        name="Figure",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("code", models.CharField(max_length=8, unique=True)),
            ("position", models.PositiveSmallIntegerField()),
            ("text", models.JSONField(blank=True, default=dict)),
            ("detail", models.JSONField(blank=True, default=dict)),
            ("source", models.CharField(blank=True, max_length=16)),
            (
                "changed_in",
                models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
            ),
            ("withdrawn_in", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("own", models.BooleanField(default=False)),
            ("off_since", models.DateTimeField(blank=True, null=True)),
            ("tailored_text", models.JSONField(blank=True, default=dict)),
            ("tailored_detail", models.JSONField(blank=True, default=dict)),
            (
                "tailored_from",
                models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
            ),
            (
                "tailored_base",
                models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
            ),
            ("value", models.DecimalField(decimal_places=2, max_digits=10)),
            (
                "unit",
                models.CharField(choices=[("percent", "%"), ("people", "people"), ("times", "times")], max_length=8),
            ),
            ("subject", models.CharField(max_length=40)),
            ("tailored_value", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
        ],
        options={
            "ordering": ["position", "code"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="Notion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("code", models.CharField(max_length=8, unique=True)),
            ("position", models.PositiveSmallIntegerField()),
            ("text", models.JSONField(blank=True, default=dict)),
            ("detail", models.JSONField(blank=True, default=dict)),
            ("source", models.CharField(blank=True, max_length=16)),
            (
                "changed_in",
                models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
            ),
            ("withdrawn_in", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("own", models.BooleanField(default=False)),
            ("off_since", models.DateTimeField(blank=True, null=True)),
            ("tailored_text", models.JSONField(blank=True, default=dict)),
            ("tailored_detail", models.JSONField(blank=True, default=dict)),
            (
                "tailored_from",
                models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
            ),
            (
                "tailored_base",
                models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("stage", "Stage of a culture"),
                        ("quadrant", "Kind of service organisation"),
                        ("outcome", "Outcome people tell"),
                        ("satisfier", "Satisfier"),
                        ("dissatisfier", "Dissatisfier"),
                        ("customer", "Kind of customer"),
                        ("step", "Step of communication"),
                        ("skill", "Skill"),
                        ("premise", "Premise"),
                        ("tool", "Tool of HR"),
                    ],
                    max_length=12,
                ),
            ),
        ],
        options={
            "ordering": ["position", "code"],
            "abstract": False,
        },
    ),
    migrations.CreateModel(
        name="ProfileLine",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "level",
                models.PositiveSmallIntegerField(
                    choices=[(1, "Information"), (2, "Attitude"), (3, "Behaviour"), (4, "Culture")]
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="RequirementProfile",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("job_family", models.CharField(blank=True, max_length=120)),
            ("is_default", models.BooleanField(default=False)),
            ("updated_at", models.DateTimeField(auto_now=True)),
        ],
        options={
            "ordering": ["-is_default", "job_family"],
        },
    ),
    migrations.CreateModel(
        name="TailoringChange",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("at", models.DateTimeField(auto_now_add=True)),
            (
                "verb",
                models.CharField(
                    choices=[
                        ("add", "added"),
                        ("reword", "reworded"),
                        ("switch_off", "switched off"),
                        ("switch_on", "switched on"),
                        ("restore", "restored from the catalogue"),
                        ("keep", "kept over the newer catalogue text"),
                        ("profile", "changed the levels"),
                    ],
                    max_length=12,
                ),
            ),
            ("kind", models.CharField(max_length=16)),
            ("code", models.CharField(help_text="of the entry, or the job family of the profile", max_length=140)),
            ("before", models.JSONField(default=dict)),
            ("after", models.JSONField(default=dict)),
            ("reason", models.CharField(blank=True, max_length=500)),
        ],
        options={
            "ordering": ["-at", "-id"],
        },
    ),
    migrations.AlterModelOptions(
        name="behaviour",
        options={"ordering": ["position", "code"]},
    ),
    migrations.AlterModelOptions(
        name="condition",
        options={"ordering": ["position", "code"]},
    ),
    migrations.AlterModelOptions(
        name="practice",
        options={"ordering": ["position", "code"]},
    ),
    migrations.AlterModelOptions(
        name="requirement",
        options={"ordering": ["position", "code"]},
    ),
    migrations.AddField(
        model_name="behaviour",
        name="before",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="changed_in",
        field=models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="moment",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="off_since",
        field=models.DateTimeField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="own",
        field=models.BooleanField(default=False),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="prerequisites",
        field=django.contrib.postgres.fields.ArrayField(
            base_field=models.CharField(max_length=8), blank=True, default=list, size=None
        ),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="tailored_base",
        field=models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="tailored_detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="tailored_from",
        field=models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="tailored_text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="who",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="behaviour",
        name="withdrawn_in",
        field=models.PositiveSmallIntegerField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="condition",
        name="changed_in",
        field=models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
    ),
    migrations.AddField(
        model_name="condition",
        name="detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="condition",
        name="off_since",
        field=models.DateTimeField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="condition",
        name="own",
        field=models.BooleanField(default=False),
    ),
    migrations.AddField(
        model_name="condition",
        name="tailored_base",
        field=models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
    ),
    migrations.AddField(
        model_name="condition",
        name="tailored_detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="condition",
        name="tailored_from",
        field=models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
    ),
    migrations.AddField(
        model_name="condition",
        name="tailored_text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="condition",
        name="withdrawn_in",
        field=models.PositiveSmallIntegerField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="practice",
        name="changed_in",
        field=models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
    ),
    migrations.AddField(
        model_name="practice",
        name="off_since",
        field=models.DateTimeField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="practice",
        name="own",
        field=models.BooleanField(default=False),
    ),
    migrations.AddField(
        model_name="practice",
        name="tailored_base",
        field=models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
    ),
    migrations.AddField(
        model_name="practice",
        name="tailored_detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="practice",
        name="tailored_from",
        field=models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
    ),
    migrations.AddField(
        model_name="practice",
        name="tailored_text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="practice",
        name="withdrawn_in",
        field=models.PositiveSmallIntegerField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="requirement",
        name="before",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="changed_in",
        field=models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words"),
    ),
    migrations.AddField(
        model_name="requirement",
        name="detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="moment",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="off_since",
        field=models.DateTimeField(blank=True, null=True),
    ),
    migrations.AddField(
        model_name="requirement",
        name="own",
        field=models.BooleanField(default=False),
    ),
    migrations.AddField(
        model_name="requirement",
        name="prerequisites",
        field=django.contrib.postgres.fields.ArrayField(
            base_field=models.CharField(max_length=8), blank=True, default=list, size=None
        ),
    ),
    migrations.AddField(
        model_name="requirement",
        name="tailored_base",
        field=models.JSONField(blank=True, default=dict, help_text="the catalogue's words at that time"),
    ),
    migrations.AddField(
        model_name="requirement",
        name="tailored_detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="tailored_from",
        field=models.PositiveSmallIntegerField(blank=True, help_text="catalogue version reworded", null=True),
    ),
    migrations.AddField(
        model_name="requirement",
        name="tailored_text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="who",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddField(
        model_name="requirement",
        name="withdrawn_in",
        field=models.PositiveSmallIntegerField(blank=True, null=True),
    ),
    migrations.AlterField(
        model_name="behaviour",
        name="source",
        field=models.CharField(blank=True, max_length=16),
    ),
    migrations.AlterField(
        model_name="behaviour",
        name="text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AlterField(
        model_name="condition",
        name="source",
        field=models.CharField(blank=True, max_length=16),
    ),
    migrations.AlterField(
        model_name="condition",
        name="text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AlterField(
        model_name="practice",
        name="detail",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AlterField(
        model_name="practice",
        name="source",
        field=models.CharField(blank=True, max_length=16),
    ),
    migrations.AlterField(
        model_name="practice",
        name="text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AlterField(
        model_name="requirement",
        name="source",
        field=models.CharField(blank=True, max_length=16),
    ),
    migrations.AlterField(
        model_name="requirement",
        name="text",
        field=models.JSONField(blank=True, default=dict),
    ),
    migrations.AddConstraint(
        model_name="behaviour",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="behaviour_own_code",
        ),
    ),
    migrations.AddConstraint(
        model_name="condition",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="condition_own_code",
        ),
    ),
    migrations.AddConstraint(
        model_name="practice",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="practice_own_code",
        ),
    ),
    migrations.AddConstraint(
        model_name="requirement",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="requirement_own_code",
        ),
    ),
    migrations.AddConstraint(
        model_name="figure",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="figure_own_code",
        ),
    ),
    migrations.AddConstraint(
        model_name="figure",
        constraint=models.CheckConstraint(
            condition=models.Q(
                ("tailored_value__isnull", True),
                models.Q(
                    ("tailored_value__gte", 0),
                    models.Q(
                        models.Q(("unit", "percent"), _negated=True), ("tailored_value__lte", 100), _connector="OR"
                    ),
                ),
                _connector="OR",
            ),
            name="figure_value_possible",
        ),
    ),
    migrations.AddConstraint(
        model_name="notion",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("code__regex", "^[A-Z]X[0-9]+$"), ("own", True)),
                models.Q(("own", False), models.Q(("code__regex", "^[A-Z]X[0-9]+$"), _negated=True)),
                _connector="OR",
            ),
            name="notion_own_code",
        ),
    ),
    migrations.AddField(
        model_name="profileline",
        name="behaviour",
        field=models.ForeignKey(
            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.behaviour"
        ),
    ),
    migrations.AddField(
        model_name="profileline",
        name="requirement",
        field=models.ForeignKey(
            blank=True,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="culture.requirement",
        ),
    ),
    migrations.AddConstraint(
        model_name="requirementprofile",
        constraint=models.UniqueConstraint(
            django.db.models.functions.text.Lower("job_family"), name="profile_family_once"
        ),
    ),
    migrations.AddConstraint(
        model_name="requirementprofile",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("is_default", True), ("job_family", "")),
                models.Q(("is_default", False), models.Q(("job_family", ""), _negated=True)),
                _connector="OR",
            ),
            name="profile_default_has_no_family",
        ),
    ),
    migrations.AddField(
        model_name="profileline",
        name="profile",
        field=models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="culture.requirementprofile"
        ),
    ),
    migrations.AddField(
        model_name="tailoringchange",
        name="by",
        field=models.ForeignKey(
            db_constraint=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    ),
    migrations.AddConstraint(
        model_name="profileline",
        constraint=models.CheckConstraint(
            condition=models.Q(
                models.Q(("behaviour__isnull", True), ("requirement__isnull", False)),
                models.Q(("behaviour__isnull", False), ("requirement__isnull", True)),
                _connector="OR",
            ),
            name="profile_line_about_one",
        ),
    ),
    migrations.AddConstraint(
        model_name="profileline",
        constraint=models.CheckConstraint(condition=models.Q(("level__in", [1, 2, 3, 4])), name="profile_line_level"),
    ),
    migrations.AddConstraint(
        model_name="profileline",
        constraint=models.UniqueConstraint(fields=("profile", "requirement"), name="profile_requirement_once"),
    ),
    migrations.AddConstraint(
        model_name="profileline",
        constraint=models.UniqueConstraint(fields=("profile", "behaviour"), name="profile_behaviour_once"),
    ),
    migrations.AddIndex(
        model_name="tailoringchange",
        index=models.Index(fields=["kind", "code"], name="tailoring_kind_code"),
    ),
    migrations.RunSQL(APPEND_ONLY, ALLOW),
]
# -- framework, tailoring and profiles (end) --

# -- charter and readiness (begin) --
# What was published or closed stays: the database itself refuses to change it.
CHARTER_KEPT = """
CREATE FUNCTION culture_charter_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'charter versions are kept: TRUNCATE refused' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Only who did it may be forgotten.
    IF OLD.state = 'published' AND (
        TG_OP = 'DELETE'
        OR to_jsonb(NEW) - '{published_by_id,changed_by_id}'::text[] <> to_jsonb(OLD) - '{published_by_id,changed_by_id}'::text[]
        OR NEW.published_by_id <> coalesce(OLD.published_by_id, 0)
        OR NEW.changed_by_id <> coalesce(OLD.changed_by_id, 0)
    ) THEN
        RAISE EXCEPTION 'charter version % is published: % refused', OLD.number, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE UPDATE OR DELETE ON culture_charterversion
    FOR EACH ROW EXECUTE FUNCTION culture_charter_kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON culture_charterversion
    FOR EACH STATEMENT EXECUTE FUNCTION culture_charter_kept();

CREATE FUNCTION culture_standard_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version bigint;
    found text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'service standards are kept: TRUNCATE refused' USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH version IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.version_id]
        WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END
    LOOP
        -- Waits for a publishing that is under way.
        SELECT state INTO found FROM culture_charterversion WHERE id = version FOR SHARE;
        IF found = 'published' THEN
            RAISE EXCEPTION 'the charter version is published: % of a standard refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE INSERT OR UPDATE OR DELETE ON culture_servicestandard
    FOR EACH ROW EXECUTE FUNCTION culture_standard_kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON culture_servicestandard
    FOR EACH STATEMENT EXECUTE FUNCTION culture_standard_kept();

CREATE FUNCTION culture_acknowledgement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM culture_charterversion WHERE id = NEW.version_id AND state = 'published') THEN
            RAISE EXCEPTION 'a draft cannot be acknowledged' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF to_jsonb(NEW) - 'recorded_by_id' <> to_jsonb(OLD) - 'recorded_by_id' OR NEW.recorded_by_id <> coalesce(OLD.recorded_by_id, 0) THEN
        RAISE EXCEPTION 'an acknowledgement is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE INSERT OR UPDATE ON culture_charteracknowledgement
    FOR EACH ROW EXECUTE FUNCTION culture_acknowledgement_kept();
"""
CHARTER_FREE = """
DROP TRIGGER kept_row ON culture_charteracknowledgement;
DROP TRIGGER kept_table ON culture_servicestandard;
DROP TRIGGER kept_row ON culture_servicestandard;
DROP TRIGGER kept_table ON culture_charterversion;
DROP TRIGGER kept_row ON culture_charterversion;
DROP FUNCTION culture_acknowledgement_kept();
DROP FUNCTION culture_standard_kept();
DROP FUNCTION culture_charter_kept();
"""
READINESS_KEPT = """
CREATE FUNCTION culture_readiness_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'readiness assessments are kept: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION culture_assessment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' AND (
        TG_OP = 'DELETE'
        OR to_jsonb(NEW) - '{opened_by_id,closed_by_id}'::text[] <> to_jsonb(OLD) - '{opened_by_id,closed_by_id}'::text[]
        OR NEW.opened_by_id <> coalesce(OLD.opened_by_id, 0)
        OR NEW.closed_by_id <> coalesce(OLD.closed_by_id, 0)
    ) THEN
        RAISE EXCEPTION 'the assessment is closed: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE UPDATE OR DELETE ON culture_readinessassessment
    FOR EACH ROW EXECUTE FUNCTION culture_assessment_kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON culture_readinessassessment
    FOR EACH STATEMENT EXECUTE FUNCTION culture_readiness_refuse();

CREATE FUNCTION culture_sponsor_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SELECT state INTO found FROM culture_readinessassessment
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.assessment_id ELSE OLD.assessment_id END FOR SHARE;
    IF found = 'closed' AND (
        TG_OP <> 'UPDATE'
        OR to_jsonb(NEW) - 'employee_id' <> to_jsonb(OLD) - 'employee_id'
        OR NEW.employee_id <> coalesce(OLD.employee_id, 0)
    ) THEN
        RAISE EXCEPTION 'the assessment is closed: % of a sponsor refused', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.assessment_id <> OLD.assessment_id THEN
        RAISE EXCEPTION 'a sponsor stays in the assessment' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE INSERT OR UPDATE OR DELETE ON culture_readinesssponsor
    FOR EACH ROW EXECUTE FUNCTION culture_sponsor_kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON culture_readinesssponsor
    FOR EACH STATEMENT EXECUTE FUNCTION culture_readiness_refuse();

CREATE FUNCTION culture_judgement_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
    found text;
BEGIN
    FOREACH one IN ARRAY CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.sponsor_id]
        WHEN 'DELETE' THEN ARRAY[OLD.sponsor_id]
        ELSE ARRAY[OLD.sponsor_id, NEW.sponsor_id] END
    LOOP
        SELECT a.state INTO found FROM culture_readinesssponsor s
            JOIN culture_readinessassessment a ON a.id = s.assessment_id WHERE s.id = one FOR SHARE OF a;
        IF found = 'closed' THEN
            RAISE EXCEPTION 'the assessment is closed: % of a judgment refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_row BEFORE INSERT OR UPDATE OR DELETE ON culture_readinessjudgement
    FOR EACH ROW EXECUTE FUNCTION culture_judgement_kept();
CREATE TRIGGER kept_table BEFORE TRUNCATE ON culture_readinessjudgement
    FOR EACH STATEMENT EXECUTE FUNCTION culture_readiness_refuse();
"""
READINESS_FREE = """
DROP TRIGGER kept_table ON culture_readinessjudgement;
DROP TRIGGER kept_row ON culture_readinessjudgement;
DROP TRIGGER kept_table ON culture_readinesssponsor;
DROP TRIGGER kept_row ON culture_readinesssponsor;
DROP TRIGGER kept_table ON culture_readinessassessment;
DROP TRIGGER kept_row ON culture_readinessassessment;
DROP FUNCTION culture_judgement_kept();
DROP FUNCTION culture_sponsor_kept();
DROP FUNCTION culture_assessment_kept();
DROP FUNCTION culture_readiness_refuse();
"""
CHARTER_AND_READINESS = [
    migrations.CreateModel(
        name="CharterVersion",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("state", models.CharField(choices=[("draft", "Draft"), ("published", "Published")], default="draft", max_length=9)),
            ("number", models.PositiveIntegerField(blank=True, null=True, unique=True)),
            ("mission", models.JSONField(blank=True, default=dict)),
            ("philosophy", models.JSONField(blank=True, default=dict)),
            ("strategy", models.JSONField(blank=True, default=dict)),
            ("effective_on", models.DateField(blank=True, null=True)),
            ("published_at", models.DateTimeField(blank=True, null=True)),
            ("revision", models.PositiveIntegerField(default=1)),
            ("changed_at", models.DateTimeField(auto_now=True)),
            ("changed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ("published_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
        ],
        options={
            "ordering": ["-number"],
            "constraints": [
                models.UniqueConstraint(condition=models.Q(("state", "draft")), fields=("state",), name="charter_one_draft"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("effective_on__isnull", True), ("number__isnull", True), ("published_at__isnull", True), ("state", "draft")),
                        models.Q(("effective_on__isnull", False), ("number__gte", 1), ("published_at__isnull", False), ("state", "published")),
                        _connector="OR",
                    ),
                    name="charter_published_has_number_and_day",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ServiceStandard",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("key", models.UUIDField(default=uuid.uuid4)),
            ("position", models.PositiveSmallIntegerField()),
            ("text", models.JSONField(blank=True, default=dict)),
            ("measure", models.JSONField(blank=True, default=dict)),
            ("direction", models.CharField(choices=[("at_most", "at most"), ("at_least", "at least")], default="at_most", max_length=8)),
            ("target", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
            ("unit", models.CharField(choices=[("percent", "%"), ("seconds", "seconds"), ("minutes", "minutes"), ("hours", "hours"), ("days", "days"), ("times", "times"), ("points", "points")], default="percent", max_length=8)),
            ("version", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="standards", to="culture.charterversion")),
        ],
        options={
            "ordering": ["version", "position"],
            "constraints": [
                models.UniqueConstraint(fields=("version", "key"), name="standard_once_in_a_version"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("target__isnull", True),
                        models.Q(("target__gte", 0), ("target__lte", 100), ("unit", "percent")),
                        models.Q(("target__gte", 0), models.Q(("unit", "percent"), _negated=True)),
                        _connector="OR",
                    ),
                    name="standard_target_possible",
                ),
                models.CheckConstraint(condition=models.Q(("direction__in", ["at_most", "at_least"])), name="standard_direction"),
            ],
        },
    ),
    migrations.CreateModel(
        name="CharterAcknowledgement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("at", models.DateTimeField(auto_now_add=True)),
            ("employee", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="charter_acknowledgements", to=settings.AUTH_USER_MODEL)),
            ("recorded_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ("version", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acknowledgements", to="culture.charterversion")),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("version", "employee"), name="charter_acknowledged_once")],
        },
    ),
    migrations.CreateModel(
        name="ReadinessAssessment",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("on", models.DateField()),
            ("state", models.CharField(choices=[("open", "Open"), ("closed", "Closed")], default="open", max_length=6)),
            ("opened_at", models.DateTimeField(auto_now_add=True)),
            ("closed_at", models.DateTimeField(blank=True, null=True)),
            ("closed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ("opened_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
        ],
        options={
            "ordering": ["-on", "-pk"],
            "constraints": [
                models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("state",), name="readiness_one_open"),
                models.UniqueConstraint(fields=("on",), name="readiness_once_a_day"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("closed_at__isnull", True), ("state", "open")),
                        models.Q(("closed_at__isnull", False), ("state", "closed")),
                        _connector="OR",
                    ),
                    name="readiness_closed_has_moment",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ReadinessSponsor",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("handed_in_at", models.DateTimeField(blank=True, null=True)),
            ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sponsors", to="culture.readinessassessment")),
            ("employee", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="readiness_judged", to=settings.AUTH_USER_MODEL)),
        ],
        options={
            "ordering": ["pk"],
            "constraints": [models.UniqueConstraint(fields=("assessment", "employee"), name="readiness_sponsor_once")],
        },
    ),
    migrations.CreateModel(
        name="ReadinessJudgement",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("evidence", models.TextField(blank=True)),
            ("condition", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="culture.condition")),
            ("sponsor", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="judgements", to="culture.readinesssponsor")),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("sponsor", "condition"), name="readiness_judged_once"),
                models.CheckConstraint(condition=models.Q(("level__isnull", True), ("level__lte", 4), _connector="OR"), name="readiness_level_0_to_4"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ReadinessRule",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("threshold", models.DecimalField(decimal_places=1, default=decimal.Decimal("2.0"), max_digits=2)),
            ("scope", models.CharField(choices=[("success", "the conditions for success (S1–S10)"), ("all", "the conditions for success and the duties of HR (S1–S10, H1–H4)"), ("none", "nothing: no reason is ever asked for")], default="success", max_length=8)),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(("pk", 1)), name="readiness_rule_is_one"),
                models.CheckConstraint(condition=models.Q(("threshold__gte", decimal.Decimal("0.5")), ("threshold__lte", decimal.Decimal("4"))), name="readiness_threshold"),
                models.CheckConstraint(condition=models.Q(("scope__in", ["success", "all", "none"])), name="readiness_scope"),
            ],
        },
    ),
    migrations.RunSQL(CHARTER_KEPT, CHARTER_FREE),
    migrations.RunSQL(READINESS_KEPT, READINESS_FREE),
]
# -- charter and readiness (end) --


class Migration(migrations.Migration):
    dependencies = [("culture", "0002_append_only")]

    operations = [*FRAMEWORK, *CHARTER_AND_READINESS]
