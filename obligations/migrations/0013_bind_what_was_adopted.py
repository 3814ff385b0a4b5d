"""Contracts that there are go by the version of each rulebook that they adopted, and by the first edition."""


from django.db import migrations
from django.db.models import Min

from obligations.rules.register.rulebook import parse_rulebook, version_content

FIRST = 1
"""The version and the edition of the release before versions and editions had numbers."""


def bind(apps, schema_editor):
    """One row for each version in use, and one for each contract that goes by it."""
    obligation = apps.get_model("obligations", "Obligation")
    adoption, edition = apps.get_model("obligations", "Adoption"), apps.get_model("obligations", "EditionAdoption")
    pairs = obligation.objects.order_by().values_list("contract_id", "rulebook_key").distinct()
    versions = {key: _version(apps, key) for key in {key for _, key in pairs}}
    for contract, key in pairs:
        version, rules = versions[key]
        if version is None:
            continue
        when, who = _adopted(apps, contract, key)
        adoption.objects.create(contract_id=contract, version=version, adopted_at=when, adopted_by_name=who)
        rows = obligation.objects.filter(contract_id=contract, rulebook_key=key, rule_key__in=rules)
        rows.update(rulebook_digest=version.digest)
    for contract in {contract for contract, key in pairs if versions[key][0] is not None}:
        when, who = _adopted(apps, contract, None)
        edition.objects.create(contract_id=contract, edition=FIRST, adopted_at=when, adopted_by_name=who)


def _version(apps, key):
    """The row of the first version, and the keys of its rules; none for a schedule without a rulebook."""
    try:
        content = version_content(key, FIRST)
    except ValueError:
        return None, ()
    book = parse_rulebook(content)
    row, _ = apps.get_model("obligations", "RulebookVersion").objects.get_or_create(
        digest=book.digest,
        defaults={
            "key": key, "number": FIRST, "dated": book.dated, "title": book.title, "content": content,
        },
    )
    return row, [rule.key for rule in book.duties]


def _adopted(apps, contract, key):
    """When a contract adopted a rulebook and by whom, from its record."""
    entries = apps.get_model("contracts", "LedgerEntry").objects.filter(contract_id=contract)
    adopted = entries.filter(verb="rulebook_adopted")
    first = (adopted.filter(payload__rulebook=key) if key else adopted).order_by("number").first()
    first = first or entries.order_by("number").first()
    if first is None:  # a contract without a record of its own: the first duty says when
        first_day = apps.get_model("obligations", "Duty").objects.filter(contract_id=contract)
        return first_day.aggregate(when=Min("created_at"))["when"], "before versions"
    return first.moment, first.actor_name


class Migration(migrations.Migration):
    dependencies = [
        ("obligations", "0012_rulebook_versions"),
        ("contracts", "0004_distribution_lists"),
    ]

    operations = [migrations.RunPython(bind, migrations.RunPython.noop)]
