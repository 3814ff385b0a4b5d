"""Checks that the embedded servers can run on this machine: exit 0, or 1 with one line that says why not."""

from __future__ import annotations

from compliance.embedded import postgres, valkey
from compliance.embedded.process import check_program
from compliance.embedded.user import EmbeddedError


def main() -> None:
    try:
        bin_folder = postgres.programs_folder() / "pginstall" / "bin"
        for program in (
            bin_folder / "postgres",
            bin_folder / "initdb",
            valkey.programs_folder() / "valkey-server",
        ):
            check_program(program)
    except EmbeddedError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
