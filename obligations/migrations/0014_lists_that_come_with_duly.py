"""Which shipped list of bank holidays an installation began with; contracts that a change could not work out."""

from django.db import migrations, models

from obligations.rules.time.working_days import newest_shipped

FIRST = 1
"""The shipped list of every release before lists had numbers."""


def begin(apps, schema_editor):
    """Where contracts run the first list goes on; a new installation begins with the newest."""
    runs = apps.get_model("contracts", "Contract").objects.exists()
    number = FIRST if runs else newest_shipped()
    apps.get_model("obligations", "CalendarBase").objects.create(number=number, offered=number)


class Migration(migrations.Migration):

    dependencies = [
        ('obligations', '0013_bind_what_was_adopted'),
        ('contracts', '0004_distribution_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='calendarlook',
            name='fault',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='calendarchange',
            name='kind',
            field=models.CharField(choices=[('published', 'Published list'), ('shipped', 'List that came with Duly'), ('one_off', 'One-off day'), ('taken_back', 'Change taken back')], max_length=12),
        ),
        migrations.CreateModel(
            name='CalendarBase',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('offered', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='calendar_base_is_one_row')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
