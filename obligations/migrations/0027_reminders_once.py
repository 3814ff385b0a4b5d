"""A reminder of what ends is there once; built while people write."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('obligations', '0026_reminders_of_what_ends'),
    ]

    operations = [
        ValidateConstraint(model_name='notice', name='notice_of_a_duty_or_a_fact'),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name='notice',
                    constraint=models.UniqueConstraint(condition=models.Q(('fact__isnull', False)), fields=('fact', 'deadline_version', 'stage', 'recipient', 'channel', 'about'), name='notice_of_a_fact_sent_once'),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    """
                    CREATE UNIQUE INDEX CONCURRENTLY notice_of_a_fact_sent_once ON obligations_notice
                    (fact_id, deadline_version, stage, recipient_id, channel, about) WHERE fact_id IS NOT NULL
                    """,
                    reverse_sql="DROP INDEX notice_of_a_fact_sent_once",
                ),
            ],
        ),
    ]
