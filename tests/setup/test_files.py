"""What is committed for set-up: pinned, and free of addresses and of any one machine's paths."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = sorted(ROOT.glob("requirements*.txt"))


def committed() -> list[Path]:
    """The files that git knows of."""
    if not shutil.which("git"):
        pytest.skip("git is not installed here")
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.name)
def test_every_package_is_pinned_with_hashes_and_no_address_is_named(path):
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.M)
    entries = [entry for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^ ]+ +(--hash=sha256:[0-9a-f]{64} *)+(#.*)?$", entry), entry[:80]
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", path.read_text())


def test_what_is_wanted_is_pinned():
    for path in PINNED:
        wanted = path.with_suffix(".in").read_text()
        names = re.findall(r"^([A-Za-z0-9_.-]+)", wanted, re.M)
        for name in (name for name in names if not name.startswith("-")):
            assert re.search(rf"^{re.escape(name.lower())}==", path.read_text(), re.M), (
                f"{name}: run script/pin"
            )


def test_the_front_end_is_locked_with_hashes_and_no_download_address():
    locked = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: each for name, each in locked["packages"].items() if name}
    assert packages
    for name, each in packages.items():
        assert each["integrity"].startswith("sha512-"), name
        assert "resolved" not in each, name


def test_no_committed_file_names_a_path_of_one_machine_or_a_registry():
    paths = rb"/work/|/root/|/tmp/[a-z]+dev"
    registries = rb"--(extra-)?index-url|registry *= *http|\"resolved\": *\"http"
    machine = re.compile(paths + rb"|" + registries)
    this = Path(__file__)
    guilty = [str(p.relative_to(ROOT)) for p in committed() if p != this and machine.search(p.read_bytes())]
    assert guilty == []


def test_what_a_run_makes_is_not_committed():
    made = ("var/", "node_modules/", ".venv/")
    assert [path for path in committed() if str(path.relative_to(ROOT)).startswith(made)] == []


def test_every_script_can_be_run_and_says_how():
    for name in ("setup", "server", "test", "manage", "bench"):
        script = ROOT / "script" / name
        assert script.stat().st_mode & 0o111, name
        assert "usage:" in script.read_text(), name
