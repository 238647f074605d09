import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0014_training_more")]

    operations = [
        migrations.CreateModel(
            name='KudosModeration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('hide', 'Hidden from others'), ('keep', 'Looked at and left as it is'), ('restore', 'Shown again')], max_length=7)),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='KudosPicture',
            fields=[
                ('name', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('content', models.BinaryField()),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('alt', models.CharField(blank=True, default='', max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='KudosReaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('clap', 'Well done'), ('heart', 'Lovely'), ('follow', 'I’ll do so, too')], max_length=6)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='KudosReply',
            fields=[
                ('receipt', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reply', serialize=False, to='programs.kudosreceiver')),
                ('text', models.CharField(max_length=280)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='KudosReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('inappropriate', 'It offends, mocks or embarrasses somebody'), ('private', 'It tells something private, or names a customer'), ('suspicious', 'Something is not right with it or its points')], max_length=13)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', 'To look at'), ('hidden', 'Hidden'), ('kept', 'Left as it is')], default='open', max_length=6)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ThanksChoice',
            fields=[
                ('employee', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='thanks_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('hide_amounts', models.BooleanField(default=False)),
                ('no_events', models.BooleanField(default=False)),
                ('no_mail', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='ThanksMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'Due'), ('claimed', 'Claimed'), ('sent', 'Sent'), ('skipped', 'Not needed any more'), ('failed', 'Failed')], default='due', max_length=8)),
                ('due_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, default='', max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='ThanksMailLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddField(
            model_name='kudos',
            name='customer',
            field=models.CharField(blank=True, choices=[('internal', 'Colleagues'), ('external', 'A customer from outside')], db_default='', default='', max_length=8),
        ),
        migrations.AddField(
            model_name='kudos',
            name='customer_unit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='culture.unit'),
        ),
        migrations.AddField(
            model_name='kudos',
            name='team',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='culture.unit'),
        ),
        migrations.AlterField(
            model_name='kudosreceiver',
            name='receiver',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='kudos_received', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='kudosreceiver',
            name='unit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='culture.unit'),
        ),
        migrations.AddIndex(
            model_name='kudos',
            index=models.Index(condition=models.Q(('hidden_at__isnull', True), ('public', True), models.Q(('state', 'withdrawn'), _negated=True)), fields=['behaviour', '-id'], name='kudos_feed_behaviour'),
        ),
        migrations.AddIndex(
            model_name='kudosreceiver',
            index=models.Index(fields=['receiver', '-kudos'], name='kudos_of_receiver'),
        ),
        migrations.AddIndex(
            model_name='kudosreceiver',
            index=models.Index(fields=['unit', '-kudos'], name='kudos_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='kudos',
            constraint=models.CheckConstraint(condition=models.Q(('customer_unit__isnull', True), ('customer', 'internal'), _connector='OR'), name='kudos_unit_is_a_colleague'),
        ),
        migrations.AddField(
            model_name='kudosmoderation',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='kudosmoderation',
            name='kudos',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moderations', to='programs.kudos'),
        ),
        migrations.AddField(
            model_name='kudospicture',
            name='kudos',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='picture', to='programs.kudos'),
        ),
        migrations.AddField(
            model_name='kudosreaction',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='kudosreaction',
            name='kudos',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reactions', to='programs.kudos'),
        ),
        migrations.AddConstraint(
            model_name='kudosreply',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='kudos_reply_says_something'),
        ),
        migrations.AddField(
            model_name='kudosreport',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='kudosreport',
            name='kudos',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='programs.kudos'),
        ),
        migrations.AddField(
            model_name='kudosreport',
            name='reporter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='thanksmail',
            name='employee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thanks_mails', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='thanksmailline',
            name='mail',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='programs.thanksmail'),
        ),
        migrations.AddField(
            model_name='thanksmailline',
            name='receipt',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='told', to='programs.kudosreceiver'),
        ),
        migrations.AddIndex(
            model_name='kudosmoderation',
            index=models.Index(fields=['at'], name='kudos_moderation_at'),
        ),
        migrations.AddConstraint(
            model_name='kudosmoderation',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='kudos_moderation_says_why'),
        ),
        migrations.AddConstraint(
            model_name='kudosreaction',
            constraint=models.UniqueConstraint(fields=('kudos', 'employee'), name='kudos_one_reaction_each'),
        ),
        migrations.AddConstraint(
            model_name='kudosreaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['clap', 'heart', 'follow'])), name='kudos_reaction_known'),
        ),
        migrations.AddIndex(
            model_name='kudosreport',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['kudos'], name='kudos_report_open'),
        ),
        migrations.AddConstraint(
            model_name='kudosreport',
            constraint=models.UniqueConstraint(fields=('kudos', 'reporter'), name='kudos_reported_once_each'),
        ),
        migrations.AddConstraint(
            model_name='kudosreport',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_at__isnull', False), _connector='OR'), name='kudos_report_decided_at_a_moment'),
        ),
        migrations.AddIndex(
            model_name='thanksmail',
            index=models.Index(condition=models.Q(('state', 'due')), fields=['due_at', 'id'], name='thanks_mail_waiting'),
        ),
        migrations.AddIndex(
            model_name='thanksmail',
            index=models.Index(condition=models.Q(('state', 'claimed')), fields=['id'], name='thanks_mail_in_hand'),
        ),
        migrations.AddConstraint(
            model_name='thanksmail',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'due')), fields=('employee',), name='thanks_mail_one_due'),
        ),
        migrations.AddConstraint(
            model_name='thanksmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'claimed'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='thanks_mail_claimed_at_a_moment'),
        ),
    ]
