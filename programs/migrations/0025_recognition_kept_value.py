from django.db import migrations, models

# What was redeemed before is told as its reward stands today: nobody has kept what it was.
FILL = """
    UPDATE programs_redemption r
    SET name = w.name, kind = w.kind, value = w.value, currency = w.currency, tax_notes = w.tax_notes,
        country = coalesce(
            (SELECT c.country FROM programs_sitecountry c JOIN culture_employee e ON e.site = c.site
             WHERE e.id = r.employee_id), '')
    FROM programs_reward w WHERE w.id = r.reward_id
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0024_problem_mails")]

    operations = [
        migrations.AddField(
            model_name="redemption",
            name="name",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="redemption",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("goods", "Goods"),
                    ("voucher", "Voucher with a code"),
                    ("timeoff", "Time off"),
                    ("donation", "Donation"),
                    ("experience", "Experience"),
                    ("custom", "Something else"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="value",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name="redemption",
            name="currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="redemption",
            name="tax_notes",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="redemption",
            name="country",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="proof",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
