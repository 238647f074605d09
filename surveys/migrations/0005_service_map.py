from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_instruments_full")]

    operations = []
