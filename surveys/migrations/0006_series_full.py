from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_service_map")]

    operations = []
