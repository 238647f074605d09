from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0013_meaning")]

    operations: list = []
