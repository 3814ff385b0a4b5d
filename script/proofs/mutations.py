"""Small changes of the product, each of which a test must notice: a list by hand, and a sweep of rules/.

The list (tests/mutants) holds changes at edges, in the rules and in what writes; each runs the tests it
names. The sweep takes a random sample of all that mutmut can change in the functions of obligations/rules and
runs the pure tests that come by there, in forked processes. It works on a copy in var/prove; nothing here is
changed. Survivors go to var/prove/survivors.txt, with what was changed. Exits 1 where a change of the list is
not noticed or the share of the sweep that is noticed is below --least.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import provision  # noqa: E402

from tests.support import mutants  # noqa: E402

REQUIREMENTS = provision.ROOT / "requirements-prove.txt"
PLACE = provision.VAR / "prove"
SITE, TREE, SURVIVORS = PLACE / "site", PLACE / "tree", PLACE / "survivors.txt"
COPIED = ("compliance", "contracts", "docs", "obligations", "script", "templates", "tests")
PURE = (
    *("tests/obligations/rules", "tests/obligations/engine", "tests/obligations/test_standing.py"),
    "tests/obligations/notices/test_stages.py",
    "tests/obligations/plans/test_machines.py::test_the_matrix_of_states_and_roles",
    "tests/obligations/plans/test_machines.py::test_one_party_alone_records_the_acts_of_both",
    "tests/obligations/plans/test_machines.py::test_a_wrong_table_is_refused",
    "tests/obligations/plans/test_machines.py::test_the_drawn_document_is_current",
)
STARTS_PROGRAMS = "tests/obligations/rules/test_calculator.py::test_as_a_program_without_a_database"
"""A pure test that starts a Python of its own, which knows nothing of mutmut."""

SETTINGS = f"""
[tool.mutmut]
source_paths = ["compliance/", "contracts/", "obligations/"]
only_mutate = ["obligations/rules/*"]
also_copy = ["docs/", "manage.py", "script/", "templates/"]
pytest_add_cli_args = ["--deselect", "{STARTS_PROGRAMS}", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {json.dumps(PURE)}
"""
NOTICED, SURVIVED, NOT_REACHED = "noticed", "survived", "not reached"
FAILED = {1, 3}
TIMED_OUT = {-24, 24, 36, 152, 255}
"""What mutmut keeps for a change with which a test failed, and with which the tests did not end."""

NO_TESTS = {5, 33}


def by_hand(names: list[str]) -> bool:
    """Make each change of the list, or those of these names. Returns whether all were noticed."""
    wanted = [one for one in mutants.listed() if not names or one.name in names]
    missed = []
    for number, mutant in enumerate(wanted, 1):
        began = time.monotonic()
        found, said = mutants.noticed(mutant)
        took = time.monotonic() - began
        print(
            f"{number:>3} of {len(wanted)} {mutant.name}: {'noticed' if found else 'SURVIVES'} ({took:.0f} s)"
        )
        sys.stdout.flush()
        if not found:
            missed.append(mutant.name)
            print(said[-2000:])
    print(f"by hand: {len(wanted) - len(missed)} of {len(wanted)} noticed")
    return not missed


def install() -> None:
    """mutmut, beside the product's packages."""
    shutil.rmtree(SITE, ignore_errors=True)
    provision.run(
        [provision.PYTHON, *provision.PIP, "--require-hashes", "--target", SITE, "-r", REQUIREMENTS],
        "mutmut cannot be installed; is the package registry in reach?",
    )


def copy_tree() -> None:
    """The product and its tests as they are now."""
    shutil.rmtree(TREE, ignore_errors=True)
    TREE.mkdir(parents=True)
    for name in COPIED:
        unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(provision.ROOT / name, TREE / name, ignore=unwanted)
    shutil.copy(provision.ROOT / "manage.py", TREE)
    settings = (provision.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (TREE / "pyproject.toml").write_text(settings + SETTINGS, encoding="utf-8")


def mutmut(*words: str) -> subprocess.Popen[str]:
    """mutmut at work on the copy, in a process group of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(SITE),
        "DJANGO_SETTINGS_MODULE": "compliance.settings",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    log = (PLACE / "mutmut.log").open("a")
    command = [str(provision.PYTHON), "-m", "mutmut", *words]
    return subprocess.Popen(
        command, cwd=TREE, env=environment, stdout=log, stderr=log, text=True, start_new_session=True
    )


def outcomes() -> dict[str, int | None]:
    """Every change there can be, with what was returned for it; None where it was not made yet."""
    found: dict[str, int | None] = {}
    for path in (TREE / "mutants" / "obligations" / "rules").rglob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def shown(name: str) -> str:
    """What one change is, as a diff."""
    environment = {**os.environ, "PYTHONPATH": str(SITE)}
    command = [str(provision.PYTHON), "-m", "mutmut", "show", name]
    done = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True)
    return "\n".join(line for line in done.stdout.splitlines() if line[:1] in "+-@" or line.startswith(" "))


def prepare() -> dict[str, int | None]:
    """Make the copy, every change there can be, and the list of tests that come by each function."""
    copy_tree()
    print("the copy is made; finding what can be changed, and which tests come by it", flush=True)
    first = mutmut("run", "--max-children", "1", "obligations.rules.register.kinds*")
    first.wait()
    found = outcomes()
    if not found or all(code is None for code in found.values()):
        raise SystemExit(f"mutmut did not start: see {PLACE / 'mutmut.log'}")
    return dict.fromkeys(found)


def sweep(sample: list[str], minutes: float, processes: int) -> dict[str, int]:
    """Make each change of the sample, with progress, until all are made or the time is up."""
    began, told = time.monotonic(), 0
    at_work = mutmut("run", "--max-children", str(processes), *sample)
    wanted = set(sample)
    while at_work.poll() is None:
        time.sleep(2)
        made = made_of(wanted)
        took = time.monotonic() - began
        if len(made) // 10 > told:
            told = len(made) // 10
            print(
                f"{len(made):>5} of {len(sample)} made, {score(made):.1%} noticed ({took:.0f} s)", flush=True
            )
        if took > minutes * 60:
            print("time is up", flush=True)
            os.killpg(at_work.pid, signal.SIGTERM)
            at_work.wait()
    return made_of(wanted)


def made_of(wanted: set[str]) -> dict[str, int]:
    try:
        return {name: code for name, code in outcomes().items() if name in wanted and code is not None}
    except ValueError:  # mutmut is writing the file at this moment
        return {}


def score(made: dict[str, int]) -> float:
    """The share that was noticed."""
    return Counter(map(word, made.values()))[NOTICED] / len(made) if made else 0.0


def word(code: int) -> str:
    """What became of a change; one with which the tests ended in no known way is not taken for noticed."""
    if code in FAILED | TIMED_OUT:
        return NOTICED
    return NOT_REACHED if code in NO_TESTS else SURVIVED


def report(made: dict[str, int], of: int) -> None:
    """The figures, and the survivors in their file."""
    counts = Counter(map(word, made.values()))
    names = sorted(name for name, code in made.items() if word(code) != NOTICED)
    told = [f"{name}: {word(made[name])}\n{shown(name)}\n" for name in names]
    SURVIVORS.write_text("\n".join(told), encoding="utf-8")
    figures = ", ".join(f"{counts[one]} {one}" for one in (NOTICED, SURVIVED, NOT_REACHED))
    print(f"sweep: {len(made)} changes of {of:,} in obligations/rules: {figures}; {score(made):.1%} noticed")
    print(f"what was not noticed: {SURVIVORS}")


def chosen(found: Iterable[str], number: int, seed: str, only: str) -> list[str]:
    """A random sample of the changes, the same for the same seed and the same code."""
    every = sorted(name for name in found if only in name)
    return random.Random(seed).sample(every, min(number, len(every)))


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/prove mutations", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only these changes of the list, and no sweep")
    parser.add_argument("--sample", type=int, default=500, help="changes in the sweep (500); 0 for none")
    parser.add_argument("--minutes", type=float, default=60, help="the sweep takes at most so long (60)")
    parser.add_argument(
        "--seed", default="rules", help="the same seed takes the same sample of the same code"
    )
    parser.add_argument("--only", default="", help="part of a module's or a function's name")
    parser.add_argument("--least", type=float, default=0.85, help="the share to be noticed (0.85)")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--no-list", action="store_true", help="only the sweep")
    asked = parser.parse_args()
    held = asked.no_list or by_hand(asked.names)
    if asked.names or not asked.sample:
        return 0 if held else 1
    PLACE.mkdir(parents=True, exist_ok=True)
    (PLACE / "mutmut.log").unlink(missing_ok=True)
    made_from = provision.digest([REQUIREMENTS], sys.version)
    provision.step("prove", made_from, "installing mutmut, in var/prove", install, SITE)
    found = prepare()
    sample = chosen(found, asked.sample, asked.seed, asked.only)
    made = sweep(sample, asked.minutes, asked.processes)
    report(made, len(found))
    return 0 if held and made and score(made) >= asked.least else 1


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except provision.SetupError as error:
        raise SystemExit(str(error)) from error
