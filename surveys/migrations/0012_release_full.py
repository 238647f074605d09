"""Cuts frozen into a wave, corrections as further releases, and released cells that the database keeps as they are."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import surveys.waves.cuts

STAYS = """
CREATE FUNCTION surveys_release_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'surveys_release' THEN
        IF OLD.replaced_at IS NULL AND NEW.replaced_at IS NOT NULL
            AND to_jsonb(NEW) - 'replaced_at' = to_jsonb(OLD) - 'replaced_at'
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'What was released is never changed: a correction is a new release.';
END $$;
CREATE TRIGGER surveys_release_stays BEFORE UPDATE ON surveys_release
    FOR EACH ROW EXECUTE FUNCTION surveys_release_stays();
CREATE TRIGGER surveys_cellgroup_stays BEFORE UPDATE ON surveys_cellgroup
    FOR EACH ROW EXECUTE FUNCTION surveys_release_stays();
"""
GOES = """
DROP TRIGGER surveys_cellgroup_stays ON surveys_cellgroup;
DROP TRIGGER surveys_release_stays ON surveys_release;
DROP FUNCTION surveys_release_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0011_promise_kept")]

    operations = [
        migrations.AddField(
            model_name="series",
            name="cuts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), blank=True, default=surveys.waves.cuts.default, size=None
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="cuts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), blank=True, db_default=models.Value([]), default=list, size=None
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE surveys_sealedown ADD COLUMN cuts smallint[] NOT NULL DEFAULT '{}'",
            "ALTER TABLE surveys_sealedown DROP COLUMN cuts",
        ),
        migrations.AlterField(
            model_name="release",
            name="wave",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="surveys.wave"
            ),
        ),
        migrations.AddField("release", "number", models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddField("release", "instrument", models.CharField(blank=True, db_default="", max_length=120)),
        migrations.AddField("release", "why", models.CharField(blank=True, db_default="", max_length=500)),
        migrations.AddField(
            "release",
            "changes",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField("release", "replaced_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("cellgroup", "cut", models.CharField(blank=True, db_default="", default="", max_length=20)),
        migrations.AddConstraint(
            "release", models.UniqueConstraint(fields=("wave", "number"), name="release_number_once")
        ),
        migrations.AddConstraint(
            "release",
            models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)), fields=("wave",), name="release_one_shown"
            ),
        ),
        migrations.AddConstraint(
            "release",
            models.CheckConstraint(
                condition=models.Q(("number", 1), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="correction_says_why",
            ),
        ),
        migrations.RunSQL(STAYS, GOES),
    ]
