"""Set-up: each step runs when it must and only then, says why, and keeps standard output clean."""

from __future__ import annotations

import importlib.util
import json
import re
import resource
import subprocess
import sys

import pytest

from compliance import places

SCRIPTS = places.ROOT / "script"


@pytest.fixture
def provision(tmp_path, monkeypatch):
    """script/provision.py with its stamps in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("provision", SCRIPTS / "provision.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STAMPS", tmp_path / "setup")
    monkeypatch.setattr(module, "BUILD", tmp_path / "build" / "govuk")
    module.STAMPS.mkdir()
    return module


def test_a_step_runs_once_until_what_it_is_made_from_changes(provision, capsys):
    ran = []
    for made_from in ("a", "a", "b", "b"):
        provision.step("step", made_from, "the reason", lambda: ran.append(1))
    assert ran == [1, 1]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("set-up: the reason") == 2


def test_a_step_runs_again_where_what_it_made_is_gone(provision, tmp_path):
    made = tmp_path / "made"
    for _ in range(2):
        provision.step("step", "a", "the reason", made.touch, made)
        assert made.exists()
        made.unlink()


def test_a_step_that_fails_is_tried_again(provision):
    def fail():
        raise provision.SetupError("no network")

    with pytest.raises(provision.SetupError):
        provision.step("step", "a", "the reason", fail)
    ran = []
    provision.step("step", "a", "the reason", lambda: ran.append(1))
    assert ran == [1]


def test_a_python_too_old_or_too_new_is_one_line(provision, monkeypatch):
    for version in ((3, 10), (3, 15)):
        monkeypatch.setattr(provision.sys, "version_info", (*version, 0, "final", 0))
        with pytest.raises(
            provision.SetupError, match=f"Python 3.{version[1]} found; Duly needs 3.11 to 3.14"
        ):
            provision.check_python()


def test_the_look_is_without_the_typeface_and_the_crown_of_another_domain(provision):
    if not provision.GOVUK.exists():
        pytest.skip("GOV.UK Frontend is not installed here: script/setup installs it")
    assert "GDS Transport" in (provision.GOVUK / "govuk-frontend.min.css").read_text()
    provision.build_frontend()
    style = (provision.BUILD / "govuk-frontend.min.css").read_text()
    for gone in ("@font-face", "GDS Transport", "crest", "/assets/", "sourceMappingURL"):
        assert gone not in style, gone
    assert "font-family:Arial,Helvetica,sans-serif" in style
    assert style.count("{") == style.count("}")
    assert ".govuk-button" in style
    assert "sourceMappingURL" not in (provision.BUILD / "govuk-frontend.min.js").read_text()


@pytest.fixture
def apt(provision, monkeypatch):
    """What apt was asked for, on a machine that has none of the system libraries."""
    asked = []
    monkeypatch.setattr(provision, "loads", lambda library: False)
    monkeypatch.setattr(provision, "browser_is_here", lambda: any("chromium" in each for each in asked))
    monkeypatch.setattr(provision, "run", lambda command, failure, **options: asked.append(" ".join(command)))
    monkeypatch.setattr(provision.shutil, "which", lambda name: f"/usr/bin/{name}")
    return asked


def test_root_gets_the_system_libraries_by_apt(provision, apt, monkeypatch):
    monkeypatch.setattr(provision.os, "geteuid", lambda: 0)
    provision.pdf_libraries()
    assert provision.browser()
    assert apt[0] == "apt-get update -q"
    assert "libpango-1.0-0" in apt[1] and "chromium" in apt[3]


def test_anybody_else_is_told_what_is_missing_and_goes_on(provision, apt, monkeypatch, capsys):
    monkeypatch.setattr(provision.os, "geteuid", lambda: 1000)
    provision.pdf_libraries()
    assert not provision.browser()
    assert apt == []
    pdf, browser = capsys.readouterr().err.splitlines()
    assert "no PDF files here" in pdf and "libpango-1.0-0" in pdf and "only root can install" in pdf
    assert "browser tests are left out" in browser and "chromium" in browser


def test_json_is_all_there_is_on_standard_output_and_comes_fast():
    command = [
        SCRIPTS / "manage",
        "deadline",
        "--within",
        "24 hours",
        "--from",
        "2026-03-12T10:00:00+00:00",
        "--json",
    ]
    subprocess.run(command, capture_output=True, check=True)  # whatever set-up has to do first
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2  # the machine may be busy
    assert json.loads(done.stdout)["due_at"] == "2026-03-13T10:00:00+00:00"
    assert done.stderr == ""


def test_bad_input_is_status_2_and_one_line():
    command = [
        sys.executable,
        SCRIPTS / "manage",
        "deadline",
        "--within",
        "24 hours",
        "--from",
        "2026-03-12",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["setup", "server", "test"])
def test_help_installs_nothing(name):
    done = subprocess.run([sys.executable, SCRIPTS / name, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert re.search(r"^usage: ", done.stdout + done.stderr, re.M)


def test_an_unknown_bench_names_the_known_ones():
    done = subprocess.run([sys.executable, SCRIPTS / "bench", "no-such"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "no bench is called 'no-such'; there are: " in done.stderr
