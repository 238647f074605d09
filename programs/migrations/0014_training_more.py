import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0013_promises_kept")]

    operations = [
        migrations.CreateModel(
            name="ShownBy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("behaviours", models.ManyToManyField(blank=True, related_name="+", to="culture.behaviour")),
                (
                    "requirement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.requirement"
                    ),
                ),
            ],
        ),
    ]
