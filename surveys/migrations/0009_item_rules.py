from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_item_kinds")]

    operations = [
        migrations.AddField("item", "show_if", models.JSONField(blank=True, default=dict)),
        migrations.AddField("instrumentversion", "sections", models.JSONField(blank=True, default=list)),
    ]
