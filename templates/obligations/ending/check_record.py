#!/usr/bin/env python3
# ruff: noqa: T201, UP017, PTH123
"""Checks the record of a contract as Duly handed it over: python3 check_record.py RECORD.zip [SHA256]

Needs Python 3.9 or later and nothing else. It looks whether each entry of the archive is what its list
says, whether nothing was added or taken away, whether every chain of the ledger holds together, and whether
the files are those that the record names. Give it the SHA-256 of the archive, from the ledger's entry or from
the other side's copy, to be sure that it is the archive that was handed over. Ends with 0 where all is right,
with 1 and a line for each fault otherwise.
"""

import hashlib
import json
import sys
import zipfile
from datetime import datetime, timezone

LEDGER = "record/contracts_ledgerentry.jsonl"


def digest_of(stream):
    digest, size = hashlib.sha256(), 0
    for part in iter(lambda: stream.read(1 << 20), b""):
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_entries(archive, manifest):
    listed = manifest["entries"]
    names = archive.namelist()
    for name in sorted({one for one in names if names.count(one) > 1}):
        yield f"{name} is in the archive more than once"
    for name in sorted(set(names) - set(listed) - {"manifest.json"}):
        yield f"{name} was added to the archive"
    for name in sorted(set(listed) - set(names)):
        yield f"{name} is missing from the archive"
    for name in sorted(set(listed) & set(names)):
        with archive.open(name) as stream:
            digest, size = digest_of(stream)
        if (digest, size) != (listed[name]["sha256"], listed[name]["size"]):
            yield f"{name} is not what the list says"


def lines(archive, name):
    with archive.open(name) as stream:
        for line in stream:
            yield json.loads(line)


def entry_hash(entry):
    moment = datetime.fromisoformat(entry["moment"].replace("Z", "+00:00")).astimezone(timezone.utc)
    content = {
        "contract": entry["contract_id"],
        "number": entry["number"],
        "moment": moment.isoformat(timespec="microseconds"),
        "actor": entry["actor_id"],
        "actor_name": entry["actor_name"],
        "verb": entry["verb"],
        "payload": entry["payload"],
        "previous": entry["previous_hash"],
    }
    if entry["kept_to"]:
        content["kept_to"] = entry["kept_to"]
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def check_ledger(archive):
    ends = {}
    entries = sorted(lines(archive, LEDGER), key=lambda one: (one["kept_to"], one["number"]))
    for entry in entries:
        number, previous = ends.get(entry["kept_to"], (0, ""))
        which = f"entry {entry['number']} of the ledger" + (
            f" of {entry['kept_to']}" if entry["kept_to"] else ""
        )
        if entry["number"] != number + 1:
            yield f"{which} does not follow entry {number}"
        elif entry["previous_hash"] != previous or entry["hash"] != entry_hash(entry):
            yield f"{which} was changed"
        ends[entry["kept_to"]] = entry["number"], entry["hash"]


def check_files(archive):
    for one in lines(archive, "files.jsonl"):
        if one.get("missing"):
            yield f"{one['path']} was missing already when the record was handed over"
        elif one["recorded_sha256"] and one["recorded_sha256"] != one["sha256"]:
            yield f"{one['path']} was altered already when the record was handed over"


def main(arguments):
    if not arguments:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            whole, _ = digest_of(file)
        faults = []
        if len(arguments) > 1 and arguments[1].lower() != whole:
            faults.append(f"the archive has the SHA-256 {whole}, not the one you gave")
        with zipfile.ZipFile(arguments[0]) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            if manifest.get("format") != "duly-record/1":
                raise ValueError(f"this program does not know the format {manifest.get('format')}")
            faults += check_entries(archive, manifest)
            if not faults:
                faults += check_ledger(archive)
                faults += check_files(archive)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        print(f"this is no record that can be checked: {error}")
        return 1
    for fault in faults:
        print(fault)
    if not faults:
        reference, number = manifest["contract"]["reference"], len(manifest["entries"])
        print(f"{reference}: {number} entries are what the list says; SHA-256 {whole}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
