import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0006_series_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MailSender",
            fields=[
                ("slot", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("minute", models.DateTimeField(blank=True, null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="DeadAddress",
            fields=[
                ("id", KEY.clone()),
                ("digest", models.CharField(max_length=64)),
                ("code", models.CharField(blank=True, max_length=20)),
                ("since", models.DateField()),
                (
                    "employee",
                    models.OneToOneField(on_delete=CASCADE, related_name="dead_address", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", KEY.clone()),
                ("digest", models.BinaryField(max_length=16)),
                (
                    "invitation",
                    models.OneToOneField(on_delete=CASCADE, related_name="code", to="surveys.invitation"),
                ),
                ("wave", models.ForeignKey(on_delete=CASCADE, related_name="+", to="surveys.wave")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("wave", "digest"), name="code_once_in_a_wave")],
            },
        ),
        migrations.CreateModel(
            name="Kiosk",
            fields=[
                ("id", KEY.clone()),
                ("name", models.CharField(max_length=120)),
                ("site", models.CharField(blank=True, max_length=120)),
                (
                    "asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("language", models.CharField(default="en", max_length=12)),
                ("ended", models.BooleanField(default=False)),
                (
                    "unit",
                    models.ForeignKey(blank=True, null=True, on_delete=CASCADE, related_name="+", to="culture.unit"),
                ),
                ("wave", models.ForeignKey(on_delete=CASCADE, related_name="kiosks", to="surveys.wave")),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("asks__len__in", [0, 2])), name="kiosk_asks_code_or_two")
                ],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", KEY.clone()),
                ("name", models.CharField(max_length=120)),
                ("url", models.URLField(max_length=500)),
                ("salt", models.CharField(max_length=64)),
                ("announces", models.BooleanField(default=True)),
                ("personal", models.BooleanField(default=False)),
                ("language", models.CharField(default="en", max_length=12)),
                ("active", models.BooleanField(default=True)),
                ("problem", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("personal",),
                        condition=models.Q(("active", True), ("personal", True)),
                        name="endpoint_one_personal",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", KEY.clone()),
                (
                    "kind",
                    models.CharField(choices=[("opened", "Opened"), ("closing", "Closes soon")], max_length=12),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("due", "Due"), ("sent", "Sent"), ("failed", "Failed")], default="due", max_length=6
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "endpoint",
                    models.ForeignKey(on_delete=CASCADE, related_name="announcements", to="surveys.endpoint"),
                ),
                ("wave", models.ForeignKey(on_delete=CASCADE, related_name="announcements", to="surveys.wave")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["retry_at"], name="announcement_waiting")
                ],
                "constraints": [models.UniqueConstraint(fields=("endpoint", "wave", "kind"), name="announced_once")],
            },
        ),
        migrations.AlterField(
            "message",
            "invitation",
            models.ForeignKey(db_index=False, on_delete=CASCADE, related_name="messages", to="surveys.invitation"),
        ),
        # The day becomes a moment: add, fill, tighten.
        migrations.AddField("message", "due_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE surveys_message SET due_at = due_on + time '09:00'",
            "UPDATE surveys_message SET due_on = due_at::date",
        ),
        # What the update left behind would forbid changing the table in the same transaction.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("message", "due_at", models.DateTimeField()),
        migrations.RemoveIndex("message", "message_due"),
        migrations.RemoveField("message", "due_on"),
        migrations.AddField(
            "message",
            "channel",
            models.CharField(
                choices=[("mail", "Mail"), ("chat", "Chat tool")], db_default="mail", default="mail", max_length=4
            ),
        ),
        migrations.AlterField("message", "attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AlterField(
            "message", "error", models.CharField(blank=True, db_default="", default="", max_length=300)
        ),
        migrations.AlterField("message", "number", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AlterField(
            "message",
            "state",
            models.CharField(
                choices=[
                    ("due", "Due"),
                    ("claimed", "Claimed"),
                    ("sent", "Sent"),
                    ("skipped", "Not needed any more"),
                    ("failed", "Failed"),
                    ("bounced", "Came back"),
                ],
                db_default="due",
                default="due",
                max_length=8,
            ),
        ),
        migrations.RunSQL(
            "UPDATE surveys_message SET claimed_at = now() WHERE state = 'claimed' AND claimed_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                models.F("due_at"), models.F("id"), condition=models.Q(("state", "due")), name="message_waiting"
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(condition=models.Q(("state", "claimed")), fields=["id"], name="message_in_hand"),
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_at__isnull", False), ("state", "claimed")),
                    models.Q(("state", "claimed"), _negated=True),
                    _connector="OR",
                ),
                name="message_claimed_at_a_moment",
            ),
        ),
    ]
