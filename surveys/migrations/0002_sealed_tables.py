"""Tables list-partitioned by wave: a wave's rows are made, archived and dropped as one partition."""

from django.db import migrations

TABLES = {
    "surveys_inboxenvelope": "sealed bytea NOT NULL",
    "surveys_sealedown": "block bigint NOT NULL, answers smallint[] NOT NULL",
    "surveys_sealedrating": "provider bigint NOT NULL, customer_block bigint NOT NULL, answers smallint[] NOT NULL",
    "surveys_sealedcomment": (
        "item varchar(50) NOT NULL, home bigint NOT NULL, about_provider boolean NOT NULL, text text NOT NULL"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [
        migrations.RunSQL(
            f"CREATE TABLE {table} (wave_id bigint NOT NULL, id uuid NOT NULL, {columns}, "
            "PRIMARY KEY (wave_id, id)) PARTITION BY LIST (wave_id)",
            f"DROP TABLE {table}",
        )
        for table, columns in TABLES.items()
    ]
