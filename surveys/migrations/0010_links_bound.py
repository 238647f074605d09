"""Mailed links are bound to the address they were made for; a wave says when its mails are done with; signatures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_instruments_full")]

    operations = [
        migrations.AddField("invitation", "address_mark", models.BinaryField(max_length=12, null=True, editable=False)),
        migrations.AddField("wave", "mails_dropped", models.BooleanField(default=False, db_default=False)),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "language",
                    models.CharField(max_length=12, primary_key=True, serialize=False),
                ),
                ("text", models.TextField(max_length=600)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="signature_says_something"
                    )
                ]
            },
        ),
    ]
