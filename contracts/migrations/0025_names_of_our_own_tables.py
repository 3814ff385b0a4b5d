"""What erases a contract looks up names in temporary tables last.

PostgreSQL looks there first where the path does not say otherwise, also for a function that runs as its owner:
whoever could slip in SQL could have a trigger of their own run as the owner of all tables.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0024_people_who_join")]

    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION public.duly_erase_contract(bigint) SET search_path = pg_catalog, public, pg_temp",
            "ALTER FUNCTION public.duly_erase_contract(bigint) SET search_path = pg_catalog, public",
        ),
    ]
