from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0004_distribution_lists'),
        ('obligations', '0010_why_it_was_approved'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='notice',
            name='about',
            field=models.CharField(blank=True, help_text='Tells apart notices of one stage: what it is about, by number.', max_length=40),
        ),
        migrations.AlterField(
            model_name='notice',
            name='stage',
            field=models.CharField(choices=[('raised', 'Now owed'), ('due_soon', 'Due soon'), ('due_today', 'Due today'), ('overdue', 'Overdue'), ('submitted', 'Evidence to decide on'), ('decided', 'Evidence decided'), ('redated', 'Date changed'), ('ended', 'Ended by a variation'), ('given_up', 'Could not be sent')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('cancelled_why__startswith', 'gave up: ')), fields=['cancelled_at'], name='notice_given_up_by_moment'),
        ),
    ]
