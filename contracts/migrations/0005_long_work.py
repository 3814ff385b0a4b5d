import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0004_distribution_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='LongWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=200)),
                ('title', models.CharField(help_text='What is being done, as the page says it.', max_length=200)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('payload', models.JSONField(default=dict, help_text='What the function needs to know.')),
                ('leads_to', models.CharField(blank=True, help_text='The address where the outcome is.', max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('asked_by_name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being done'), ('done', 'Done'), ('refused', 'Refused'), ('failed', 'Failed'), ('cancelled', 'Stopped')], default='waiting', max_length=10)),
                ('not_before', models.DateTimeField()),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('turn', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('step', models.CharField(blank=True, help_text='What it is at.', max_length=200)),
                ('cancel_asked_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_by_name', models.CharField(blank=True, max_length=200)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.TextField(blank=True, help_text='The outcome, the refusal or the failure in words.')),
                ('refused_field', models.CharField(blank=True, max_length=100)),
                ('outcome', models.JSONField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contract', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='long_work', to='contracts.contract')),
            ],
            options={
                'verbose_name_plural': 'long work',
                'ordering': ['-asked_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ('waiting', 'running'))), fields=['not_before'], name='long_work_unfinished'), models.Index(fields=['kind', 'key'], name='long_work_by_key')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'running'))), fields=('kind', 'key'), name='long_work_once_while_unfinished'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ('waiting', 'running'))), models.Q(models.Q(('state__in', ('waiting', 'running')), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='long_work_finished_has_its_moment'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'failed']), _negated=True), models.Q(('message', ''), _negated=True), _connector='OR'), name='long_work_refused_or_failed_in_words'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('claimed_until__isnull', True)), _connector='OR'), name='long_work_claimed_while_it_runs'), models.CheckConstraint(condition=models.Q(('done__lte', models.F('total'))), name='long_work_done_within_total'), models.CheckConstraint(condition=models.Q(('subject', ''), ('contract__isnull', False), _connector='OR'), name='long_work_about_a_contracts_subject')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='longwork',
            trigger=pgtrigger.compiler.Trigger(name='long_work_asked_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."contract_id" IS DISTINCT FROM (NEW."contract_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."leads_to" IS DISTINCT FROM (NEW."leads_to") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_by_name" IS DISTINCT FROM (NEW."asked_by_name"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8419bc02882020c5bcf987b8c8af4e61c5f5f6b7', operation='UPDATE', pgid='pgtrigger_long_work_asked_never_edited_03584', table='contracts_longwork', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='longwork',
            trigger=pgtrigger.compiler.Trigger(name='long_work_finished_stays_so', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'done\', \'refused\', \'failed\', \'cancelled\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d8f835ff148dc96e5181fbb61b2b1b323d0f12c5', operation='UPDATE', pgid='pgtrigger_long_work_finished_stays_so_28656', table='contracts_longwork', when='BEFORE')),
        ),
    ]
