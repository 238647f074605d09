import django.core.validators
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# Every thank-you had one receiver and its points went straight to him: as lots they keep their day.
MOVE = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO programs_kudosreceiver (kudos_id, giver_id, receiver_id, unit_id)
    SELECT k.id, k.giver_id, k.receiver_id, p.unit_id FROM programs_kudos k
    JOIN culture_employee p ON p.id = k.receiver_id ORDER BY k.id;
UPDATE programs_kudos k SET state = 'settled', purse_id = e.source_id
    FROM programs_kudos o LEFT JOIN programs_ledgerentry e ON e.kudos_id = o.id AND e.reason = 'kudos'
    WHERE o.id = k.id;
INSERT INTO programs_lot (account_id, employee_id, entry_id, amount, remaining, earned_on, expires_on)
    SELECT a.id, a.employee_id, e.id, e.amount, e.amount, e.at::date, (e.at + interval '24 months')::date
    FROM programs_ledgerentry e JOIN programs_account a ON a.id = e.target_id AND a.kind = 'personal' ORDER BY e.id;
UPDATE programs_account SET balance = 0 WHERE kind IN ('issuer', 'expired');
UPDATE programs_account a SET ends = (a.period + interval '1 month' - interval '1 day')::date,
    issued_at = (SELECT min(e.at) FROM programs_ledgerentry e WHERE e.target_id = a.id)
    WHERE a.kind = 'allowance';
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0010_course_content"), ("culture", "0009_rights_scope"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='AllowanceRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('purse', models.CharField(choices=[('allowance', 'Allowance'), ('budget', "Manager's budget")], default='allowance', max_length=9)),
                ('whom', models.CharField(choices=[('everybody', 'Everybody'), ('managers', 'Who has direct reports')], default='everybody', max_length=9)),
                ('base', models.PositiveIntegerField(default=100, validators=[django.core.validators.MaxValueValidator(100000)])),
                ('per_report', models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(10000)])),
                ('every', models.CharField(choices=[('month', 'A month'), ('quarter', 'A quarter')], default='month', max_length=7)),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='KudosReceiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'ordering': ['kudos', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.PositiveIntegerField()),
                ('remaining', models.PositiveIntegerField()),
                ('earned_on', models.DateField()),
                ('expires_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['earned_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LotUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PointRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_gift', models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(10000)])),
                ('pair_points', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MaxValueValidator(30000)])),
                ('pair_gifts', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MaxValueValidator(1000)])),
                ('team_share', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100)])),
                ('lot_months', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MaxValueValidator(240)])),
                ('withdraw_minutes', models.PositiveSmallIntegerField(default=15, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1440)])),
                ('amounts_hidden', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True)),
                ('at', models.DateTimeField()),
                ('accounts', models.PositiveIntegerField(default=0)),
                ('entries', models.PositiveBigIntegerField(default=0)),
                ('done', models.BooleanField(default=False)),
                ('findings', models.JSONField(blank=True, default=list)),
            ],
            options={
                'ordering': ['-on'],
            },
        ),
        migrations.CreateModel(
            name='Redemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('reserved', 'Waits for approval'), ('to_fulfil', 'To be handed over'), ('fulfilled', 'Handed over'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], default='reserved', max_length=9)),
                ('at', models.DateTimeField()),
                ('idempotency_key', models.UUIDField(unique=True)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RedemptionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('reserved', 'Waits for approval'), ('to_fulfil', 'To be handed over'), ('fulfilled', 'Handed over'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], max_length=9)),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('goods', 'Goods'), ('voucher', 'Voucher with a code'), ('timeoff', 'Time off'), ('donation', 'Donation'), ('experience', 'Experience'), ('custom', 'Something else')], max_length=10)),
                ('name', models.JSONField(default=dict)),
                ('description', models.JSONField(blank=True, default=dict)),
                ('price', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)])),
                ('stock', models.PositiveIntegerField(blank=True, null=True)),
                ('per_person', models.PositiveSmallIntegerField(default=0, help_text='open or fulfilled in a year; 0: any number')),
                ('approval', models.BooleanField(default=True)),
                ('sites', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                ('managers_only', models.BooleanField(default=False)),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('tax_notes', models.JSONField(blank=True, default=dict)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['price', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RewardCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=200)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_once',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='kudos',
            name='kudos_not_to_oneself',
        ),
        migrations.AddField(
            model_name='account',
            name='ends',
            field=models.DateField(blank=True, help_text='last day of it; what is left then lapses', null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='issued_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='label',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='kudos',
            name='hidden_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='kudos',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='kudos',
            name='purse',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='programs.account'),
        ),
        migrations.AddField(
            model_name='kudos',
            name='state',
            field=models.CharField(choices=[('pending', 'On its way'), ('settled', 'Arrived'), ('withdrawn', 'Withdrawn')], db_default='pending', default='pending', max_length=9),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('issuer', 'Issuer'), ('allowance', 'Allowance'), ('budget', "Manager's budget"), ('award', 'Award budget'), ('pending', 'Gifts on their way'), ('personal', 'Personal points'), ('reserved', 'Reserved for rewards'), ('spent', 'Spent on rewards'), ('expired', 'Expired'), ('writtenoff', 'Written off')], max_length=10),
        ),
        migrations.AlterField(
            model_name='account',
            name='period',
            field=models.DateField(blank=True, help_text="first day of the allowance's month or quarter", null=True),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('balance__gt', 0), ('ends__isnull', False)), fields=['ends'], name='account_to_lapse'),
        ),
        migrations.AddIndex(
            model_name='kudos',
            index=models.Index(fields=['giver', 'period'], name='kudos_giver_period'),
        ),
        migrations.AddIndex(
            model_name='kudos',
            index=models.Index(condition=models.Q(('state', 'pending')), fields=['at'], name='kudos_pending'),
        ),
        migrations.AddIndex(
            model_name='kudos',
            index=models.Index(condition=models.Q(('hidden_at__isnull', True), ('public', True), models.Q(('state', 'withdrawn'), _negated=True)), fields=['-at', '-id'], name='kudos_feed'),
        ),
        migrations.AddField(
            model_name='allowancerule',
            name='unit',
            field=models.ForeignKey(blank=True, help_text='with all below', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='kudosreceiver',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='kudosreceiver',
            name='kudos',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='programs.kudos'),
        ),
        migrations.AddField(
            model_name='kudosreceiver',
            name='receiver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kudos_received', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='kudosreceiver',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='lot',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='programs.account'),
        ),
        migrations.AddField(
            model_name='lot',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='point_lots', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='lot',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='programs.ledgerentry'),
        ),
        migrations.AddField(
            model_name='lotuse',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lot_uses', to='programs.ledgerentry'),
        ),
        migrations.AddField(
            model_name='lotuse',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='programs.lot'),
        ),
        migrations.AddConstraint(
            model_name='pointrules',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_set_of_point_rules'),
        ),
        migrations.AddConstraint(
            model_name='pointrules',
            constraint=models.CheckConstraint(condition=models.Q(('team_share__lte', 100)), name='team_share_in_percent'),
        ),
        migrations.AddField(
            model_name='redemption',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='redemption',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='programs.redemption'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'correction'), _negated=True), models.Q(models.Q(('note', ''), _negated=True), ('by__isnull', False)), _connector='OR'), name='ledger_correction_says_why'),
        ),
        migrations.AddField(
            model_name='redemptionstep',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='redemptionstep',
            name='redemption',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='programs.redemption'),
        ),
        migrations.AddField(
            model_name='reward',
            name='units',
            field=models.ManyToManyField(blank=True, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='redemption',
            name='reward',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='programs.reward'),
        ),
        migrations.AddField(
            model_name='rewardcode',
            name='redemption',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='voucher', to='programs.redemption'),
        ),
        migrations.AddField(
            model_name='rewardcode',
            name='reward',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='programs.reward'),
        ),
        migrations.AddConstraint(
            model_name='kudosreceiver',
            constraint=models.UniqueConstraint(fields=('kudos', 'receiver'), name='thanked_once_in_a_gift'),
        ),
        migrations.AddConstraint(
            model_name='kudosreceiver',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('receiver')), _negated=True), name='kudos_not_to_oneself'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('remaining__gt', 0)), fields=['account', 'earned_on', 'id'], name='lot_open'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('remaining__gt', 0)), fields=['expires_on'], name='lot_to_expire'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('remaining__lte', models.F('amount'))), name='lot_holds_at_most_itself'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='lot_of_something'),
        ),
        migrations.AddConstraint(
            model_name='lotuse',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='lot_use_of_something'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='reward_has_a_price'),
        ),
        migrations.AddIndex(
            model_name='redemption',
            index=models.Index(fields=['state', 'at'], name='redemption_state'),
        ),
        migrations.AddIndex(
            model_name='redemption',
            index=models.Index(fields=['employee', '-at'], name='redemption_person'),
        ),
        migrations.AddIndex(
            model_name='rewardcode',
            index=models.Index(condition=models.Q(('redemption__isnull', True)), fields=['reward', 'id'], name='voucher_free'),
        ),
        migrations.AddConstraint(
            model_name='rewardcode',
            constraint=models.UniqueConstraint(fields=('reward', 'code'), name='voucher_code_once'),
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='kudos',
            name='receiver',
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('kind', 'employee', 'period', 'label'), name='account_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='account_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('balance', 0), models.Q(('kind__in', ['issuer', 'spent', 'expired', 'writtenoff']), _negated=True), _connector='OR'), name='hot_account_not_cached'),
        ),
    ]
