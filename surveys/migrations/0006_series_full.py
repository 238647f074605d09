"""Series with rules, blackouts, panels and budgets; waves that never go back; merges HR confirmed."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

RULES = """
UPDATE surveys_series SET
  rule = 'FREQ=MONTHLY;INTERVAL=' || every_months
    || CASE extract(day FROM first_opens_on)
         WHEN 29 THEN ';BYMONTHDAY=28,29;BYSETPOS=-1'
         WHEN 30 THEN ';BYMONTHDAY=28,29,30;BYSETPOS=-1'
         WHEN 31 THEN ';BYMONTHDAY=28,29,30,31;BYSETPOS=-1'
         ELSE '' END
    || ';COUNT=' || greatest(occurrences, 1),
  reminder_most = CASE WHEN cardinality(reminder_days) = 0 THEN 0 ELSE 3 END;
UPDATE surveys_wave SET planned_on = opens_on;
UPDATE surveys_wave w SET reminders = found.days FROM (
  SELECT i.wave_id, array_agg(DISTINCT m.due_on ORDER BY m.due_on) AS days
  FROM surveys_message m JOIN surveys_invitation i ON i.id = m.invitation_id WHERE m.kind = 'reminder' GROUP BY 1
) AS found WHERE found.wave_id = w.id;
UPDATE surveys_wave SET cancel_reason = 'Cancelled' WHERE state = 'cancelled';
-- Rows written twice wait for the check of their foreign keys, and nothing can be built on the table meanwhile.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
# Forward only; back where nobody was asked yet. A cancelled wave had not ended before.
FORWARD = """
CREATE FUNCTION surveys_wave_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ranks CONSTANT text[] := ARRAY['draft', 'scheduled', 'opening', 'open', 'closed', 'released'];
  was int := array_position(ranks, OLD.state::text);
  becomes int := array_position(ranks, NEW.state::text);
BEGIN
  IF was IS NULL OR (NEW.state = 'cancelled' AND was > 4) OR (NEW.state <> 'cancelled' AND becomes < was AND was > 3) THEN
    RAISE EXCEPTION 'A wave does not go back: % cannot become %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'wave_forward';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER surveys_wave_forward BEFORE UPDATE OF state ON surveys_wave
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION surveys_wave_forward();
"""
BACK = """
DROP TRIGGER surveys_wave_forward ON surveys_wave;
DROP FUNCTION surveys_wave_forward();
"""
ids = django.contrib.postgres.fields.ArrayField
person = {"on_delete": django.db.models.deletion.CASCADE, "related_name": "+", "to": settings.AUTH_USER_MODEL}
key = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
STATES = [
    ("draft", "On hold"),
    ("scheduled", "Scheduled"),
    ("opening", "Opening"),
    ("open", "Open"),
    ("closed", "Closed"),
    ("released", "Released"),
    ("cancelled", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_service_map"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("series", "employees", ids(models.BigIntegerField(), default=list, blank=True, size=None)),
        migrations.AddField(
            "series", "job_families", ids(models.CharField(max_length=120), default=list, blank=True, size=None)
        ),
        migrations.AddField("series", "customer_facing", models.BooleanField(default=False)),
        migrations.AddField(
            "series", "rule", models.CharField(max_length=300, default="FREQ=MONTHLY;INTERVAL=3;COUNT=12")
        ),
        migrations.AddField("series", "time_zone", models.CharField(max_length=60, blank=True, default="")),
        migrations.AlterField("series", "time_zone", models.CharField(max_length=60, blank=True)),
        migrations.AddField("series", "opens_hour", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("series", "weekends", models.BooleanField(default=True)),
        migrations.AddField("series", "blackout", models.JSONField(default=list, blank=True)),
        migrations.AddField("series", "reminder_every", models.PositiveSmallIntegerField(default=4)),
        migrations.AddField("series", "reminder_most", models.PositiveSmallIntegerField(default=3)),
        migrations.AddField("series", "panel", models.PositiveSmallIntegerField(default=1)),
        migrations.AddField("series", "minutes_budget", models.PositiveSmallIntegerField(null=True, blank=True)),
        migrations.AddField("series", "joined_weeks", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("wave", "planned_on", models.DateField(null=True, blank=True)),
        migrations.AddField("wave", "closing", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("wave", "mails_paused", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("wave", "curve", models.JSONField(default=list)),
        migrations.AddField("wave", "left_out", models.JSONField(default=dict)),
        migrations.AddField("wave", "progress", models.JSONField(default=dict)),
        migrations.AddField("wave", "reminders", ids(models.DateField(), default=list, blank=True, size=None)),
        migrations.AddField("wave", "cancel_reason", models.CharField(max_length=300, blank=True, default="")),
        migrations.AlterField("wave", "cancel_reason", models.CharField(max_length=300, blank=True)),
        migrations.AddField("wave", "opening_since", models.DateTimeField(null=True, blank=True)),
        migrations.AlterField("wave", "state", models.CharField(choices=STATES, default="scheduled", max_length=10)),
        migrations.AlterField(
            "invitation",
            "state",
            models.CharField(
                choices=[("asked", "Asked"), ("answered", "Answered"), ("declined", "Declined")],
                default="asked",
                max_length=8,
            ),
        ),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
        migrations.RemoveConstraint("series", "series_recurs"),
        migrations.RemoveField("series", "every_months"),
        migrations.RemoveField("series", "occurrences"),
        migrations.AddConstraint("series", models.CheckConstraint(condition=~Q(rule=""), name="series_recurs")),
        migrations.AddConstraint(
            "series", models.CheckConstraint(condition=Q(opens_hour__lte=23), name="series_opens_at_an_hour")
        ),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(condition=Q(panel__gte=1, panel__lte=12), name="series_panel_of_12_at_most"),
        ),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(
                condition=Q(reminder_most__lte=10, reminder_every__gte=1), name="series_reminds_seldom"
            ),
        ),
        migrations.AddConstraint(
            "series",
            models.CheckConstraint(
                condition=Q(minutes_budget__isnull=True) | Q(minutes_budget__gte=1), name="series_budget_of_minutes"
            ),
        ),
        migrations.AddConstraint(
            "wave",
            models.UniqueConstraint(
                fields=["series"], condition=Q(state__in=["opening", "open"]), name="wave_one_open"
            ),
        ),
        migrations.AddConstraint(
            "wave",
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""), name="wave_cancelled_for_a_reason"
            ),
        ),
        migrations.AddIndex(
            "wave",
            models.Index(
                fields=["state", "opens_on"],
                condition=Q(state__in=["scheduled", "opening", "open", "closed"]),
                name="wave_at_work",
            ),
        ),
        migrations.CreateModel(
            "UnitMerge",
            fields=[
                key,
                ("units", ids(models.BigIntegerField(), size=None)),
                ("since", models.DateField(auto_now_add=True)),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            "unitmerge", models.CheckConstraint(condition=Q(units__len__gte=2), name="merge_of_two")
        ),
        migrations.CreateModel(
            "PanelPlace",
            fields=[
                key,
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="places", to="surveys.series"
                    ),
                ),
                ("employee", models.ForeignKey(**person)),
                ("slot", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddConstraint(
            "panelplace", models.UniqueConstraint(fields=["series", "employee"], name="panel_place_once")
        ),
        migrations.CreateModel(
            "Burden",
            fields=[
                key,
                ("employee", models.ForeignKey(**person)),
                ("quarter", models.DateField()),
                ("minutes", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddConstraint("burden", models.UniqueConstraint(fields=["quarter", "employee"], name="burden_once")),
        migrations.RunSQL(FORWARD, BACK),
    ]
