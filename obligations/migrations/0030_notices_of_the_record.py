import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import obligations.models.notice


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0022_seals'),
        ('obligations', '0029_recorded_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='entry',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='contracts.ledgerentry'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='stage',
            field=models.CharField(choices=obligations.models.notice.stage_choices, max_length=30),
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='notice_of_a_duty_or_a_fact',
        ),
        AddConstraintNotValid(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('duty__isnull', False), ('entry__isnull', True), ('fact__isnull', True)), models.Q(('duty__isnull', True), ('entry__isnull', True), ('fact__isnull', False)), models.Q(('duty__isnull', True), ('entry__isnull', False), ('fact__isnull', True)), _connector='OR'), name='notice_of_one_thing'),
        ),
    ]
