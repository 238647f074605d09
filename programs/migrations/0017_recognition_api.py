"""Web hooks, equity, the country of a site; voucher codes are sealed with a key that is not in the database."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from programs.recognition import codes


def seal(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, reward_id, code FROM programs_rewardcode")
        for pk, reward, code in cursor.fetchall():
            values = [codes.seal(reward, code), codes.digest(reward, code), pk]
            cursor.execute("UPDATE programs_rewardcode SET sealed = %s, mark = %s WHERE id = %s", values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unseal(apps, editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, reward_id, sealed FROM programs_rewardcode")
        for pk, reward, sealed in cursor.fetchall():
            cursor.execute("UPDATE programs_rewardcode SET code = %s WHERE id = %s", [codes.unseal(reward, sealed), pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("programs", "0016_awards")]

    operations = [
        migrations.CreateModel(
            name="EquityRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter", models.DateField(help_text="its first day", unique=True)),
                ("made_at", models.DateTimeField()),
                ("rules", models.JSONField(default=dict)),
                ("groups", models.JSONField(default=list)),
                ("requirements", models.JSONField(default=list)),
            ],
            options={"ordering": ["-quarter"]},
        ),
        migrations.CreateModel(
            name="Hook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("url", models.URLField(max_length=500)),
                ("salt", models.CharField(max_length=64)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, default="", max_length=200)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["name", "pk"]},
        ),
        migrations.CreateModel(
            name="HookCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=40)),
                ("subject", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Waits"),
                            ("sent", "Delivered"),
                            ("failed", "Given up"),
                            ("dropped", "Not to be told any more"),
                        ],
                        default="due",
                        max_length=7,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="programs.hook"
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.AddIndex(
            model_name="hookcall",
            index=models.Index(condition=models.Q(("state", "due")), fields=["retry_at", "id"], name="hook_call_due"),
        ),
        migrations.AddConstraint(
            model_name="hookcall",
            constraint=models.UniqueConstraint(fields=("hook", "event", "subject"), name="hook_told_once"),
        ),
        migrations.CreateModel(
            name="SiteCountry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site", models.CharField(max_length=120, unique=True)),
                ("country", models.CharField(max_length=2)),
            ],
            options={"ordering": ["site"]},
        ),
        migrations.AddConstraint(
            model_name="sitecountry",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="site_country_iso"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="approver",
            field=models.CharField(
                choices=[("hr", "HR"), ("manager", "The person’s manager, or HR")],
                db_default="hr",
                default="hr",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2), blank=True, default=list, size=None
            ),
        ),
        # Added empty, filled, then made compulsory.
        migrations.RemoveConstraint(model_name="rewardcode", name="voucher_code_once"),
        migrations.AddField(model_name="rewardcode", name="mark", field=models.CharField(max_length=64, null=True)),
        migrations.AddField(model_name="rewardcode", name="sealed", field=models.BinaryField(null=True)),
        migrations.AlterField("rewardcode", "code", models.CharField(max_length=200, default="", db_default="")),
        migrations.RunPython(seal, unseal),
        migrations.RemoveField(model_name="rewardcode", name="code"),
        migrations.AlterField("rewardcode", "mark", models.CharField(max_length=64)),
        migrations.AlterField("rewardcode", "sealed", models.BinaryField()),
        migrations.AddConstraint(
            model_name="rewardcode",
            constraint=models.UniqueConstraint(fields=("reward", "mark"), name="voucher_code_once"),
        ),
        # Millions of entries have neither a redemption nor an author; the ledger's page wants the newest.
        migrations.AlterField(
            "ledgerentry",
            "redemption",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="programs.redemption",
            ),
        ),
        migrations.AlterField(
            "ledgerentry",
            "by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(
                condition=models.Q(("redemption__isnull", False)), fields=["redemption"], name="entry_of_redemption"
            ),
        ),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(condition=models.Q(("by__isnull", False)), fields=["by"], name="entry_by"),
        ),
        migrations.AddIndex("ledgerentry", models.Index(fields=["-at", "-id"], name="entry_newest")),
    ]
