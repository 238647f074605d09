from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0006_series_full")]

    operations = []
