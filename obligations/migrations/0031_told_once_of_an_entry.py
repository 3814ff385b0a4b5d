"""A notice about an entry of the ledger is there once; built while people write."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('obligations', '0030_notices_of_the_record'),
    ]

    operations = [
        ValidateConstraint(model_name='notice', name='notice_of_one_thing'),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name='notice',
                    constraint=models.UniqueConstraint(condition=models.Q(('entry__isnull', False)), fields=('entry', 'deadline_version', 'stage', 'recipient', 'channel', 'about'), name='notice_of_an_entry_sent_once'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    """
                    CREATE UNIQUE INDEX CONCURRENTLY notice_of_an_entry_sent_once ON obligations_notice
                    (entry_id, deadline_version, stage, recipient_id, channel, about) WHERE entry_id IS NOT NULL
                    """,
                    reverse_sql="DROP INDEX notice_of_an_entry_sent_once",
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('entry__isnull', False), ('sent_at__isnull', True)), fields=['contract', 'stage', 'about'], name='notice_of_an_entry_waiting'),
        ),
    ]
