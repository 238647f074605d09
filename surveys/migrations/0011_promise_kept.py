import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0010_links_bound")]

    operations = [
        migrations.AddField(
            model_name="series",
            name="receipts",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="wave",
            name="earlier_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BinaryField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.CreateModel(
            name="ReceiptList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digests", models.BinaryField()),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="surveys.wave"
                    ),
                ),
            ],
        ),
    ]
