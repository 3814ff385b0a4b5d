from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('obligations', '0034_triggers_name_the_schema'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='read_at',
            field=models.DateTimeField(blank=True, help_text='When its recipient said in Duly that they have read it.', null=True),
        ),
    ]
