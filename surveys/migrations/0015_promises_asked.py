import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0014_comments_shared")]

    operations = [
        migrations.AddField(
            "invitation",
            "promises",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                db_default=models.Value([]),
                default=list,
                size=None,
            ),
        ),
        migrations.CreateModel(
            "AskedPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("promise", models.BigIntegerField()),
                ("provider", models.BigIntegerField()),
                ("customer", models.BigIntegerField()),
                ("text", models.JSONField()),
                ("due_on", models.DateField()),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("whole", models.BooleanField()),
                ("judged", models.BooleanField(null=True)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked_promises",
                        to="surveys.wave",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["promise"], name="promise_asked")],
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "promise"), name="promise_asked_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("judged", True)), fields=("promise",), name="promise_judged_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__len__gte", 1)), name="promise_asked_of_somebody"
                    ),
                ],
            },
        ),
    ]
