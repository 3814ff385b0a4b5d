from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('obligations', '0008_taking_back'),
        ('contracts', '0004_distribution_lists'),
    ]

    operations = [
        migrations.RenameField('calendarlook', 'ledger_number', 'ledger_entry'),
        migrations.AlterField('calendarlook', 'ledger_entry', models.PositiveBigIntegerField()),
        # What was looked at by number is looked at again: no entry has the key 0.
        migrations.RunSQL('UPDATE obligations_calendarlook SET ledger_entry = 0', migrations.RunSQL.noop),
    ]
