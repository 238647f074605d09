"""What was written into programs_ledgerentry stays: the database itself refuses to change or remove it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION programs_ledgerentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'programs_ledgerentry is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON programs_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION programs_ledgerentry_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON programs_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION programs_ledgerentry_append_only();
"""
ALLOW = """
DROP TRIGGER append_only_row ON programs_ledgerentry;
DROP TRIGGER append_only_table ON programs_ledgerentry;
DROP FUNCTION programs_ledgerentry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
