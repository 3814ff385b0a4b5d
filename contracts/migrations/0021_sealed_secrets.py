"""Secrets of second factors are sealed, addresses that allauth kept beside those of people are forgotten, and
sessions are kept in a table of our own: whoever is signed in signs in once more."""

from django.db import migrations

PURPOSE = "second factor"
WHERE = {"totp": "secret", "recovery_codes": "seed"}


def seal(apps, schema_editor):
    from contracts.services import sealing

    authenticators = apps.get_model("mfa", "Authenticator")
    for one in authenticators.objects.filter(type__in=list(WHERE)):
        name = WHERE[one.type]
        one.data[name] = sealing.seal(PURPOSE, one.data[name])
        one.save(update_fields=["data"])


def unseal(apps, schema_editor):
    from contracts.services import sealing

    authenticators = apps.get_model("mfa", "Authenticator")
    for one in authenticators.objects.filter(type__in=list(WHERE)):
        name = WHERE[one.type]
        one.data[name] = sealing.unseal(PURPOSE, one.data[name])
        one.save(update_fields=["data"])


def forget_addresses(apps, schema_editor):
    """Until now anybody could add one there, unverified, and have a new password mailed to it."""
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    needs_a_stop = "The release before it cannot open sealed secrets, and keeps its sessions in the other table."

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("contracts", "0020_sign_in"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunPython(seal, unseal, elidable=True),
        migrations.RunPython(forget_addresses, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop, elidable=True),
    ]
