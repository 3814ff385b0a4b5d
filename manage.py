#!/usr/bin/env python3
"""Runs a management command. `script/manage` calls it in the project's environment, with its database."""

import os
import sys

#: These make, change or empty tables, so they run as the owner; all else runs as the application's role.
OWNER_COMMANDS = {"prepare_database", "migrate", "flush", "sqlflush", "pgtrigger", "backup", "restore"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")
    from compliance import secret_files

    secret_files.read_into(os.environ)
    owner_url = os.environ.pop("DATABASE_OWNER_URL", "")
    if owner_url and OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ["DATABASE_APP_URL"] = os.environ.get("DATABASE_URL", "")
        os.environ["DATABASE_URL"] = owner_url
    from django.core.management import execute_from_command_line

    from contracts.row_security import asking

    with asking.job(f"manage.py {'-'.join(sys.argv[1:2])}".replace("|", "")):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
