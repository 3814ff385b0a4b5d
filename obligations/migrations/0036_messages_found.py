"""Somebody's messages are found by index; built while people write."""

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('obligations', '0035_messages_read'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(models.F('recipient'), models.OrderBy(django.db.models.functions.comparison.Coalesce('sent_at', 'not_before'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('cancelled_at__isnull', True), ('cancelled_why__startswith', 'gave up: '), _connector='OR'), name='notice_in_inbox'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(models.F('recipient'), django.db.models.functions.comparison.Coalesce('sent_at', 'not_before'), condition=models.Q(('read_at__isnull', True), models.Q(('cancelled_at__isnull', True), ('cancelled_why__startswith', 'gave up: '), _connector='OR')), name='notice_unread'),
        ),
    ]
