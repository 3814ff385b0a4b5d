"""Write obligations/calendars/uk.toml from a published list of bank holidays.

    .venv/bin/python script/refresh_calendars.py [FILE]

FILE is a copy of the list GOV.UK publishes as bank-holidays.json. Without one, the copy bundled with the
`govuk-bank-holidays` package is used, so nothing is fetched. Run the tests of the rules afterwards: worked
examples beyond the old edge may move.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "obligations" / "calendars" / "uk.toml"
DIVISIONS = ("england-and-wales", "scotland", "northern-ireland")

HEADING = """\
# Bank holidays of the three divisions of the United Kingdom.
#
# Facts published by the Government at https://www.gov.uk/bank-holidays under the Open Government
# Licence v3.0. Written by script/refresh_calendars.py; do not edit by hand. `first` is the first day the
# list speaks about and `edge` the last (R4): a count that passes the edge is provisional.
"""


def bundled() -> dict[str, Any]:
    """The list bundled with govuk-bank-holidays."""
    from govuk_bank_holidays.bank_holidays import BankHolidays

    data: dict[str, Any] = BankHolidays.load_backup_data()
    return data


def title(event: Mapping[str, str]) -> str:
    """A holiday's name, with "(substitute day)" where the list says so."""
    name, note = event["title"].strip(), event.get("notes", "").strip()
    return f"{name} (substitute day)" if note.lower() == "substitute day" else name


def kept(division: str, before: date, shipped: Mapping[str, Any]) -> dict[date, str]:
    """The shipped holidays of years that the published list no longer speaks about."""
    days = {date.fromisoformat(day): name for day, name in shipped.get(division, {}).items()}
    return {day: name for day, name in days.items() if day < before}


def as_toml(data: Mapping[str, Any], source: str, shipped: Mapping[str, Any]) -> str:
    """The calendar file for one published list, with the years before it kept from the shipped file.

    GOV.UK drops old years from its list. Raises KeyError where a division is missing.
    """
    days = {
        division: {date.fromisoformat(event["date"]): title(event) for event in data[division]["events"]}
        for division in DIVISIONS
    }
    begins = min(min(found) for found in days.values()).replace(month=1, day=1)
    days = {division: kept(division, begins, shipped) | found for division, found in days.items()}
    lines = [HEADING, f"source = {json.dumps(source, ensure_ascii=False)}"]
    lines.append(f"first = {min(min(found) for found in days.values()).replace(month=1, day=1)}")
    lines.append(f"edge = {min(max(found) for found in days.values())}")
    for division, found in days.items():
        lines += ["", f"[{division}]"]
        lines += [f"{day} = {json.dumps(name, ensure_ascii=False)}" for day, name in sorted(found.items())]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Read the list named on the command line, or the bundled one, and write the calendar file."""
    if arguments:
        data = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        source = f"GOV.UK bank holidays, from {Path(arguments[0]).name}"
    else:
        from importlib.metadata import version

        data = bundled()
        source = f"GOV.UK bank holidays, as bundled with govuk-bank-holidays {version('govuk-bank-holidays')}"
    shipped = tomllib.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    TARGET.write_text(as_toml(data, source, shipped), encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)} written: {source}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
