"""What was written into culture_auditentry stays: the database itself refuses to change or remove it."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION culture_auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'culture_auditentry is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON culture_auditentry
    FOR EACH ROW EXECUTE FUNCTION culture_auditentry_append_only();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON culture_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION culture_auditentry_append_only();
"""
ALLOW = """
DROP TRIGGER append_only_row ON culture_auditentry;
DROP TRIGGER append_only_table ON culture_auditentry;
DROP FUNCTION culture_auditentry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("culture", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
