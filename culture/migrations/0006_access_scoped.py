"""Grants from a day to a day, ended by somebody for a reason; the audit trail says from where."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import culture.access.models

ROLES = ["hr_admin", "program_lead", "trainer", "executive", "auditor"]

# Ranges of one number stand in for equality: GiST knows ranges without the extension btree_gist, which the embedded
# server does not have. A role is told by its hash; five fixed words do not collide.
ONCE = """
ALTER TABLE culture_grant ADD CONSTRAINT grant_once_at_a_time EXCLUDE USING gist (
    int8range(employee_id, employee_id, '[]') WITH &&,
    int8range(coalesce(unit_id, 0), coalesce(unit_id, 0), '[]') WITH &&,
    int8range(hashtextextended(role, 0), hashtextextended(role, 0), '[]') WITH &&,
    daterange(since, until, '[]') WITH &&
) WHERE (ended_at IS NULL);
"""
NOT_ONCE = "ALTER TABLE culture_grant DROP CONSTRAINT grant_once_at_a_time;"

HERE = """
CREATE FUNCTION culture_grant_to_somebody_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM culture_employee e WHERE e.id = NEW.employee_id
               AND (e.left_on < NEW.since OR e.hired_on > NEW.since)) THEN
        RAISE EXCEPTION 'grant to somebody who is not here on %', NEW.since
            USING ERRCODE = 'check_violation', CONSTRAINT = 'grant_to_somebody_here';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_to_somebody_here BEFORE INSERT OR UPDATE OF employee_id, since ON culture_grant
    FOR EACH ROW EXECUTE FUNCTION culture_grant_to_somebody_here();
"""
NOT_HERE = """
DROP TRIGGER grant_to_somebody_here ON culture_grant;
DROP FUNCTION culture_grant_to_somebody_here();
"""

# Before this, a grant held from the moment it was given. Whoever had left by then keeps the row, from his last day.
FILL = """
UPDATE culture_grant g
SET since = greatest(least((g.granted_at AT TIME ZONE 'UTC')::date, coalesce(e.left_on, 'infinity')),
                     coalesce(e.hired_on, '-infinity'))
FROM culture_employee e WHERE e.id = g.employee_id;
"""


class Migration(migrations.Migration):
    dependencies = [("culture", "0005_imports")]

    operations = [
        migrations.RemoveConstraint(model_name="grant", name="grant_once"),
        migrations.AlterField(
            model_name="grant",
            name="role",
            field=models.CharField(
                choices=[
                    ("hr_admin", "HR admin"),
                    ("program_lead", "Program lead"),
                    ("trainer", "Trainer"),
                    ("executive", "Executive"),
                    ("auditor", "Auditor"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="grant",
            name="since",
            field=models.DateField(default=culture.access.models.organisation_today),
        ),
        migrations.AddField(model_name="grant", name="until", field=models.DateField(blank=True, null=True)),
        migrations.AddField(model_name="grant", name="reason", field=models.CharField(blank=True, max_length=300)),
        migrations.AddField(model_name="grant", name="ended_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="grant",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="grant", name="ended_reason", field=models.CharField(blank=True, max_length=300)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=Q(("until", None), ("until__gte", F("since")), _connector="OR"), name="grant_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(condition=Q(("role__in", ROLES)), name="grant_of_a_known_role"),
        ),
        migrations.RunSQL(ONCE, NOT_ONCE),
        migrations.RunSQL(HERE, NOT_HERE),
        migrations.AddField(
            model_name="auditentry",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("page", "Page"),
                    ("api", "API"),
                    ("command", "Command line"),
                    ("task", "In the background"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="address",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.AddIndex(model_name="auditentry", index=models.Index(fields=["-at", "-id"], name="audit_newest")),
        migrations.AddIndex(model_name="auditentry", index=models.Index(fields=["subject"], name="audit_subject")),
        migrations.AddIndex(model_name="auditentry", index=models.Index(fields=["verb"], name="audit_verb")),
    ]
