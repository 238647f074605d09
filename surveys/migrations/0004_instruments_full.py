from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_wave_participation")]

    operations = []
