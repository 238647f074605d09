"""Units and managers with their dates, leaves, planned changes, and the keys people are searched and sorted by.

Django cannot write exclusion constraints over plain ranges without btree_gist, which the embedded PostgreSQL lacks: a
number becomes the range from itself to itself, for which GiST has an operator class of its own.
"""

import culture.people.models
import django.db.models.deletion
from culture.people import keys
from django.conf import settings
from django.db import migrations, models

APART = [
    ("culture_unitstate", "unit_id"),
    ("culture_membership", "employee_id"),
    ("culture_reporting", "employee_id"),
    ("culture_leave", "employee_id"),
]
GUARDS = """
CREATE INDEX culture_employee_search ON culture_employee
    USING gin (array_to_tsvector(string_to_array(search, ' ')));

CREATE FUNCTION culture_unit_opens_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO culture_unitstate (unit_id, name, parent_id, since, until)
    VALUES (NEW.id, NEW.name, NEW.parent_id, COALESCE(NEW.since, DATE '1900-01-01'), NEW.until);
    RETURN NULL;
END $$;
CREATE TRIGGER opens_state AFTER INSERT ON culture_unit
    FOR EACH ROW EXECUTE FUNCTION culture_unit_opens_state();

CREATE FUNCTION culture_employee_keys_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := '';
    RETURN NEW;
END $$;
CREATE TRIGGER keys_stale BEFORE UPDATE OF number, given_name, family_name, email ON culture_employee
    FOR EACH ROW WHEN (
        (OLD.number, OLD.given_name, OLD.family_name, OLD.email)
            IS DISTINCT FROM (NEW.number, NEW.given_name, NEW.family_name, NEW.email)
        AND OLD.sort_name = NEW.sort_name
    ) EXECUTE FUNCTION culture_employee_keys_stale();
""" + "".join(
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_apart EXCLUDE USING gist "
    f"(int8range({column}, {column}, '[]') WITH &&, daterange(since, until, '[]') WITH &&);\n"
    for table, column in APART
)
UNGUARDED = """
DROP INDEX culture_employee_search;
DROP TRIGGER opens_state ON culture_unit;
DROP FUNCTION culture_unit_opens_state();
DROP TRIGGER keys_stale ON culture_employee;
DROP FUNCTION culture_employee_keys_stale();
""" + "".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_apart;\n" for table, column in APART)

# The day a unit began is its own; without one, the day of its first member; a parent is as old as its oldest child.
FILL = """
INSERT INTO culture_unitstate (unit_id, name, parent_id, since, until)
SELECT u.id, u.name, u.parent_id, LEAST(COALESCE(u.since, m.day, DATE '1900-01-01'), u.until), u.until
FROM culture_unit u
LEFT JOIN (SELECT unit_id, min(since) AS day FROM culture_membership GROUP BY unit_id) m ON m.unit_id = u.id;

WITH RECURSIVE up(unit_id, day) AS (
    SELECT unit_id, min(day) FROM (
        SELECT unit_id, since AS day FROM culture_unitstate
        UNION ALL SELECT unit_id, since FROM culture_membership
    ) known GROUP BY unit_id
    UNION
    SELECT s.parent_id, up.day FROM up JOIN culture_unitstate s ON s.unit_id = up.unit_id
    WHERE s.parent_id IS NOT NULL
)
UPDATE culture_unitstate s SET since = oldest.day
FROM (SELECT unit_id, min(day) AS day FROM up GROUP BY unit_id) oldest
WHERE oldest.unit_id = s.unit_id AND oldest.day < s.since;

INSERT INTO culture_reporting (employee_id, manager_id, since, until)
SELECT e.id, e.manager_id, began.day, e.left_on
FROM culture_employee e
LEFT JOIN (SELECT employee_id, min(since) AS day FROM culture_membership GROUP BY employee_id) m
    ON m.employee_id = e.id
CROSS JOIN LATERAL (SELECT COALESCE(e.hired_on, m.day, CURRENT_DATE) AS day) began
WHERE e.manager_id IS NOT NULL AND (e.left_on IS NULL OR e.left_on >= began.day);
"""


def fill_keys(apps, schema_editor):
    keys.fill(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("culture", "0003_framework_tailored")]

    operations = [
        migrations.CreateModel(
            name='Leave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('kind', models.CharField(blank=True, choices=[('', 'Not said'), ('study', 'Study'), ('sabbatical', 'Sabbatical'), ('secondment', 'Secondment')], default='', max_length=12)),
            ],
            options={
                'ordering': ['since'],
            },
        ),
        migrations.CreateModel(
            name='PlannedChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('create', 'New unit'), ('rename', 'Rename'), ('move', 'Move'), ('merge', 'Merge'), ('split', 'Split'), ('close', 'Close')], max_length=8)),
                ('on', models.DateField()),
                ('name', models.CharField(blank=True, max_length=200)),
                ('people', models.JSONField(blank=True, default=list)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Not possible')], default='planned', max_length=9)),
                ('problem', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Reporting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='UnitState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(blank=True, null=True)),
                ('name', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['since'],
            },
        ),
        migrations.AlterModelOptions(
            name='unit',
            options={'ordering': ['position', 'name']},
        ),
        migrations.AddField(
            model_name='employee',
            name='search',
            field=models.TextField(db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='employee',
            name='sort_name',
            field=models.TextField(db_collation='C', db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='employee',
            name='sort_ro',
            field=models.TextField(db_collation='C', db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='employee',
            name='sort_zh',
            field=models.TextField(db_collation='C', db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='unit',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='unit',
            name='position',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='employee',
            name='language',
            field=models.CharField(default='en', max_length=12, validators=[culture.people.models.known_language]),
        ),
        migrations.AlterField(
            model_name='employee',
            name='time_zone',
            field=models.CharField(default='Europe/Rome', max_length=64, validators=[culture.people.models.known_zone]),
        ),
        migrations.AlterField(
            model_name='unit',
            name='path',
            field=models.CharField(max_length=1000),
        ),
        migrations.AddIndex(
            model_name='employee',
            index=models.Index(fields=['sort_name', 'id'], name='employee_by_name'),
        ),
        migrations.AddIndex(
            model_name='employee',
            index=models.Index(fields=['sort_ro', 'id'], name='employee_by_name_ro'),
        ),
        migrations.AddIndex(
            model_name='employee',
            index=models.Index(fields=['sort_zh', 'id'], name='employee_by_name_zh'),
        ),
        migrations.AddIndex(
            model_name='employee',
            index=models.Index(condition=models.Q(('search', '')), fields=['id'], name='employee_without_keys'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('path',), name='unit_path_once'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), ('until__isnull', False), _connector='OR'), name='unit_merged_is_closed'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='unit_not_merged_with_itself'),
        ),
        migrations.AddField(
            model_name='leave',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leaves', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='people_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='target',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='planned_changes', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='units_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='reporting',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reportings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reporting',
            name='manager',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='led', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='unitstate',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='child_states', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='unitstate',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='states', to='culture.unit'),
        ),
        migrations.AddConstraint(
            model_name='leave',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('employee',), name='leave_one_current'),
        ),
        migrations.AddConstraint(
            model_name='leave',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='leave_in_order'),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(condition=models.Q(('status', 'planned')), fields=['on'], name='plannedchange_due'),
        ),
        migrations.AddConstraint(
            model_name='reporting',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('employee',), name='reporting_one_current'),
        ),
        migrations.AddConstraint(
            model_name='reporting',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='reporting_in_order'),
        ),
        migrations.AddConstraint(
            model_name='reporting',
            constraint=models.CheckConstraint(condition=models.Q(('manager', models.F('employee')), _negated=True), name='reporting_not_oneself'),
        ),
        migrations.AddConstraint(
            model_name='unitstate',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('unit',), name='unitstate_one_current'),
        ),
        migrations.AddConstraint(
            model_name='unitstate',
            constraint=models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='unitstate_in_order'),
        ),
        migrations.AddConstraint(
            model_name='unitstate',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='unitstate_has_name'),
        ),
        migrations.AddConstraint(
            model_name='unitstate',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('unit')), _negated=True), _connector='OR'), name='unitstate_not_own_parent'),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
