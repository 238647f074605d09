from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_delivery_full")]

    operations = [
        migrations.AddField("item", "show_if", models.JSONField(blank=True, default=dict)),
        migrations.AddField("instrumentversion", "sections", models.JSONField(blank=True, default=list)),
    ]
