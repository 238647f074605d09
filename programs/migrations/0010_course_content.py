from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("programs", "0009_plan")]

    operations: list = []
