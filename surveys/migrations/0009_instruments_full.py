import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# What a wave asked can never be told differently afterwards, whoever writes into the database.
FROZEN = """
CREATE FUNCTION surveys_item_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (
    SELECT 1 FROM surveys_instrumentversion WHERE id = OLD.version_id AND frozen_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'question % belongs to an edition that a wave uses', OLD.code USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (
    SELECT 1 FROM surveys_instrumentversion WHERE id = NEW.version_id AND frozen_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'question % belongs to an edition that a wave uses', NEW.code USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER surveys_item_stays BEFORE INSERT OR UPDATE OR DELETE ON surveys_item
  FOR EACH ROW EXECUTE FUNCTION surveys_item_stays();
CREATE FUNCTION surveys_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.instrument_id, NEW.number, NEW.sections, NEW.frozen_at, NEW.draft)
      IS DISTINCT FROM (OLD.instrument_id, OLD.number, OLD.sections, OLD.frozen_at, OLD.draft) THEN
    RAISE EXCEPTION 'edition % is used by a wave', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER surveys_version_stays BEFORE UPDATE OR DELETE ON surveys_instrumentversion
  FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION surveys_version_stays();
"""
THAWED = """
DROP TRIGGER surveys_version_stays ON surveys_instrumentversion;
DROP TRIGGER surveys_item_stays ON surveys_item;
DROP FUNCTION surveys_version_stays();
DROP FUNCTION surveys_item_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_item_rules")]

    operations = [
        migrations.AddField("instrument", "archived_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "instrument",
            "sources",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=300), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField("instrument", "library_key", models.CharField(blank=True, max_length=50)),
        migrations.AddField("instrumentversion", "draft", models.BooleanField(default=False)),
        migrations.AddField("instrumentversion", "edited", models.BooleanField(default=False)),
        migrations.AddField("instrumentversion", "made_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddConstraint(
            "instrumentversion",
            models.UniqueConstraint(fields=("instrument",), condition=models.Q(draft=True), name="version_one_draft"),
        ),
        migrations.AddConstraint(
            "instrumentversion",
            models.CheckConstraint(
                condition=models.Q(draft=False) | models.Q(frozen_at__isnull=True), name="version_draft_not_frozen"
            ),
        ),
        migrations.CreateModel(
            name="EditStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=20)),
                ("code", models.CharField(blank=True, max_length=50)),
                ("before", models.JSONField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="surveys.instrumentversion",
                    ),
                ),
            ],
            options={"ordering": ["version", "pk"]},
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
