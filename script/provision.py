"""What set-up does, step by step. Standard library only: it runs before anything is installed.

Every step keeps a stamp in var/setup, a hash of what it was made from, and is skipped while that is the same.
All messages go to standard error, so that a command's own output stays clean.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("DULY_VAR") or ROOT / "var").resolve()
STAMPS = VAR / "setup"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
GOVUK = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk"
BUILD = VAR / "build" / "govuk"
#: The API answers in JSON only, so the framework's own pages are never shown.
UNUSED_STATIC = ("--ignore", "rest_framework")
PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-liberation")
BROWSER_PACKAGES = ("chromium", "fonts-liberation", "libatomic1")
OLDEST, NEWEST = (3, 11), (3, 14)
PIP = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar",
    "off",
)


class SetupError(Exception):
    """Set-up cannot go on; the message is one line that says why and what to do."""


def say(text: str) -> None:
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def run(command: Sequence[object], failure: str, **options: Any) -> None:
    """Runs a program. Where it fails, shows what it printed and raises SetupError with `failure`."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
    done = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, **options)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise SetupError(failure)


def digest(files: Sequence[Path], *words: object) -> str:
    """A hash of some files' contents and some words."""
    total = hashlib.sha256(repr(words).encode())
    for file in files:
        total.update(file.read_bytes())
    return total.hexdigest()


def tree_digest(folders: Sequence[Path], *words: object) -> str:
    """A hash of the names, sizes and times of all files in some folders."""
    total = hashlib.sha256(repr(words).encode())
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            state = file.stat()
            total.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()


def step(name: str, made_from: str, why: str, make: Callable[[], None], made: Path | None = None) -> None:
    """Runs `make` unless the stamp says that it ran for the same `made_from`, and `made` is still there."""
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == made_from and (made is None or made.exists()):
        return
    say(why)
    began = time.monotonic()
    make()
    stamp.write_text(made_from)
    say(f"  done in {time.monotonic() - began:.1f} s")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups in one folder wait for each other."""
    try:
        STAMPS.mkdir(parents=True, exist_ok=True)
        lock = (STAMPS / "lock").open("a")
    except PermissionError:
        raise SetupError(f"{VAR} belongs to another user: run as that user, or remove the folder") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# The steps ----------------------------------------------------------------------------


def check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(
            f"Python {found} found; Duly needs 3.11 to 3.14. Run for example: python3.12 script/setup"
        )


def environment() -> None:
    """Makes .venv with the Python that runs this. One that works is kept, whichever Python made it."""
    has_pip = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pip') is None)"
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", has_pip], capture_output=True).returncode == 0:
        return
    check_python()
    for stamp in STAMPS.glob("python-*"):
        stamp.unlink()
    say("Python environment in .venv, so that nothing is installed on the system")
    failure = "the Python environment could not be made; on Debian: apt-get install python3-venv"
    run([sys.executable, "-m", "venv", "--clear", VENV], failure)


def python_packages(name: str, why: str) -> None:
    """Installs one of the pinned lists, checked against its hashes, from ready-made wheels only."""
    pinned = ROOT / f"{name}.txt"
    command = [PYTHON, *PIP, "--require-hashes", "--only-binary", ":all:", "-r", pinned]
    failure = (
        f"the packages of {pinned.name} could not be installed (see above); check the network and run again"
    )
    step(
        f"python-{name}",
        digest([pinned], str(PYTHON.resolve()), VENV),
        why,
        lambda: run(command, failure),
        PYTHON,
    )


def npm() -> str:
    """An npm that works: the machine's, or else one put into .venv."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    python_packages("requirements-node", "Node in .venv (this machine has none), to fetch GOV.UK Frontend")
    return str(VENV / "bin" / "npm")


def frontend() -> None:
    def fetch() -> None:
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        command: list[object] = [
            npm(),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        failure = "GOV.UK Frontend could not be installed by npm (see above); check the network and run again"
        run(command, failure, env={**os.environ, "PATH": path})

    locked = digest([ROOT / "package-lock.json", ROOT / "package.json"])
    step(
        "frontend",
        locked,
        "GOV.UK Frontend (how the pages look), by npm from package-lock.json",
        fetch,
        GOVUK,
    )
    build = digest([Path(__file__)], locked)
    step(
        "frontend-build",
        build,
        "preparing GOV.UK Frontend: Arial for GDS Transport, no crown",
        build_frontend,
        BUILD,
    )


def build_frontend() -> None:
    """Copies the compiled files, without what belongs to GOV.UK's own domain: its typeface and its crown."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    style = (GOVUK / "govuk-frontend.min.css").read_text()
    style = re.sub(r"@font-face\{[^}]*\}", "", style)
    style = re.sub(r"[\"']?GDS Transport[\"']?,\s*arial,\s*sans-serif", "Arial,Helvetica,sans-serif", style)
    style = re.sub(r"[^{}]*\{[^{}]*/assets/[^{}]*\}", "", style)
    for name, text in (
        ("govuk-frontend.min.css", style),
        ("govuk-frontend.min.js", (GOVUK / "govuk-frontend.min.js").read_text()),
    ):
        (BUILD / name).write_text(re.sub(r"\n?(/\*|//)# sourceMappingURL=[^\n*]*(\*/)?", "", text))


def static_files() -> None:
    folders = [
        f for f in (ROOT / "static", BUILD, *ROOT.glob("*/static"), *ROOT.glob("*/*/static")) if f.is_dir()
    ]
    folders = [f for f in folders if not f.is_relative_to(VAR / "static")]
    command = [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", *UNUSED_STATIC]
    made_from = tree_digest(folders, digest([ROOT / "requirements.txt"]))
    failure = "the static files could not be gathered (see above)"
    step(
        "static", made_from, "static files with hashed names, in var/static",
        lambda: run(command, failure), VAR / "static" / "staticfiles.json",
    )  # fmt: skip


def system_libraries() -> None:
    """Checks that the embedded servers can run here, and says which library is missing where not."""
    command = [str(PYTHON), "-m", "compliance.embedded.check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SetupError((done.stdout + done.stderr).strip().splitlines()[-1])


def apt_install(packages: Sequence[str]) -> None:
    """Installs Debian packages. Only where :func:`may_apt`."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], "apt-get update failed (see above)", env=env)
    install = ["apt-get", "install", "-qy", "--no-install-recommends", *packages]
    run(install, f"apt could not install {' '.join(packages)} (see above)", env=env)


def may_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def loads(library: str) -> bool:
    """Whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def pdf_libraries() -> None:
    """What WeasyPrint writes PDF files with: by apt where we are root, else one line says what is missing."""
    if sys.platform != "linux" or all(map(loads, PDF_LIBRARIES)):
        return
    names = ", ".join(PDF_PACKAGES)
    if not may_apt():
        say(f"no PDF files here, only pages to print: they need {names}, which only root can install")
        return
    began = time.monotonic()
    say(f"{names} by apt, to write PDF files")
    apt_install(PDF_PACKAGES)
    say(f"  done in {time.monotonic() - began:.1f} s")


def browser_is_here() -> bool:
    """Whether a Chromium is installed and the program that Playwright drives it with can run."""
    driver = next(VENV.glob("lib/python*/site-packages/playwright/driver/node"), None)
    if driver is None or not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return False
    return subprocess.run([driver, "--version"], capture_output=True).returncode == 0


def browser() -> bool:
    """Chromium for the browser tests, by apt where we are root. False where they have to be left out."""
    if browser_is_here():
        return True
    names = ", ".join(BROWSER_PACKAGES)
    if not may_apt():
        say(f"the browser tests are left out: they need {names}, which only root can install")
        return False
    say(f"{names} by apt, for the tests that drive a real browser (about 90 MB)")
    apt_install(BROWSER_PACKAGES)
    return browser_is_here()


def prepare(*, pages: bool = True, tests: bool = False) -> bool:
    """What Duly needs to run commands; with `pages` also to serve pages, with `tests` also to be tested.

    Returns whether the browser tests can run, where `tests` asked for them.
    """
    try:
        with one_at_a_time():
            environment()
            python_packages(
                "requirements", "Python packages that run Duly, with an embedded PostgreSQL and Valkey"
            )
            step(
                "libraries",
                digest([ROOT / "requirements.txt"]),
                "checking the embedded servers",
                system_libraries,
            )
            if pages:
                pdf_libraries()
                frontend()
                static_files()
            if tests:
                python_packages("requirements-dev", "Python packages that test and check Duly")
                return browser()
    except SetupError as error:
        raise SystemExit(f"set-up stopped: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("set-up stopped by you; run it again to go on") from None
    return False


if __name__ == "__main__":  # for the container image, which installs packages by itself
    build_frontend()
