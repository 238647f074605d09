from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0014_answering_more")]

    operations: list = []
