"""Links with a time of their own, and what waves propose about them.

The exclusion constraint stands in SQL: over plain ids Django would need btree_gist, which the embedded PostgreSQL lacks.
"""

import django.db.models.deletion
from django.db import migrations, models

APART = """
ALTER TABLE surveys_servicelink ADD CONSTRAINT surveys_servicelink_apart EXCLUDE USING gist (
    int8range(customer_id, customer_id, '[]') WITH &&,
    int8range(provider_id, provider_id, '[]') WITH &&,
    daterange(since, until, '[]') WITH &&
);
"""
TOGETHER = "ALTER TABLE surveys_servicelink DROP CONSTRAINT surveys_servicelink_apart;"


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_item_kinds")]

    operations = [
        migrations.AddField(
            model_name="servicelink",
            name="added_at",
            field=models.DateTimeField(auto_now_add=True, null=True),
        ),
        # Rows from before are not "added now".
        migrations.RunSQL("UPDATE surveys_servicelink SET added_at = NULL", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="servicelink", name="link_once"),
        migrations.AddConstraint(
            model_name="servicelink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("since__isnull", True), ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="link_in_order",
            ),
        ),
        migrations.CreateModel(
            name="LinkProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "change",
                    models.CharField(
                        choices=[("new", "Used, but not in the map"), ("unused", "In the map, but hardly used")],
                        max_length=6,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for you"), ("accepted", "Taken over"), ("declined", "Left as it is")],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"),
                ),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="culture.unit"),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="link_proposals", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "ordering": ["wave", "customer", "provider"],
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "customer", "provider"), name="proposal_once"),
                    models.CheckConstraint(
                        condition=models.Q(("customer", models.F("provider")), _negated=True),
                        name="proposal_not_to_itself",
                    ),
                ],
            },
        ),
        migrations.RunSQL(APART, TOGETHER),
    ]
