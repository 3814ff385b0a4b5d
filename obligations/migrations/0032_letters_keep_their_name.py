import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    needs_a_stop = "The table of notices is written anew for its new column, and nobody reads it meanwhile."

    dependencies = [
        ('contracts', '0024_people_who_join'),
        ('obligations', '0031_told_once_of_an_entry'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notice',
            name='notice_waiting_by_not_before',
        ),
        migrations.AddField(
            model_name='notice',
            name='waits_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='notice',
            name='letter',
            field=models.CharField(blank=True, db_default='', default='', help_text='The mail it was last handed over in, by its Message-ID.', max_length=80),
        ),
        migrations.AddField(
            model_name='notice',
            name='goes_at',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('waits_until', 'not_before'), help_text='From when it is sent: a column, since the index of an expression serves no row security.', output_field=models.DateTimeField()),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('sent_at__isnull', True)), fields=['goes_at'], name='notice_waiting_by_moment'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('sent_at__isnull', True)), fields=['recipient', 'goes_at'], name='notice_waiting_by_recipient'),
        ),
    ]
