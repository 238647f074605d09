from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programs", "0008_paths")]

    operations: list = []
