import culture.people.import_models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("culture", "0004_units_dated")]

    operations = [
        migrations.CreateModel(
            name="DraftRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("line", models.PositiveIntegerField(default=0)),
                ("number", models.CharField(blank=True, max_length=200)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("detail", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(default=culture.people.import_models.new_token, max_length=40, unique=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("file_name", models.CharField(max_length=255)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("options", models.JSONField(default=dict)),
                ("language", models.CharField(default="en", max_length=12)),
                ("big", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "being read"),
                            ("asking", "waits for an answer"),
                            ("ready", "to be confirmed"),
                            ("applying", "being imported"),
                            ("refused", "cannot be taken"),
                        ],
                        default="reading",
                        max_length=8,
                    ),
                ),
                ("phase", models.CharField(blank=True, max_length=20)),
                ("share", models.PositiveSmallIntegerField(default=0)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("beaten_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("told", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportEffect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("unit_id", models.BigIntegerField(blank=True, null=True)),
                ("name", models.CharField(blank=True, max_length=1000)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ImportSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160, unique=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("mapping", models.JSONField(default=dict)),
                ("number_width", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("date_order", models.CharField(blank=True, max_length=3)),
                ("used_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["name", "key"],
            },
        ),
        migrations.AlterModelOptions(
            name="peopleimport",
            options={"ordering": ["-at", "-pk"]},
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="about",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="undo",
            field=models.CharField(
                blank=True, choices=[("", "–"), ("asked", "asked for"), ("done", "done")], default="", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="undo_claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="undo_refused",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="undone_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="peopleimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("undone_at__isnull", False), models.Q(("undo", "done"), _negated=True), _connector="OR"
                ),
                name="peopleimport_undone_when",
            ),
        ),
        migrations.AddField(
            model_name="importdraft",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="draftrow",
            name="draft",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="culture.importdraft"
            ),
        ),
        migrations.AddField(
            model_name="importeffect",
            name="done",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="effects", to="culture.peopleimport"
            ),
        ),
        migrations.AddField(
            model_name="importeffect",
            name="employee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="importsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="importsource_has_key"
            ),
        ),
        migrations.AddIndex(
            model_name="importdraft",
            index=models.Index(fields=["state", "beaten_at"], name="importdraft_due"),
        ),
        migrations.AddIndex(
            model_name="draftrow",
            index=models.Index(fields=["draft", "kind", "id"], name="draftrow_listed"),
        ),
        migrations.AddIndex(
            model_name="importeffect",
            index=models.Index(fields=["done", "kind", "id"], name="importeffect_listed"),
        ),
    ]
