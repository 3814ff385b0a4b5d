"""The audit of what is installed fails where it has no data; the list of parts is whole and well-formed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from compliance import places

DAY = "2026-01-01T00:00:00Z"
FAULT = {"id": "PYSEC-0-0", "modified": DAY, "published": DAY, "details": "x"}


@contextmanager
def service(known):
    """An OSV service that knows something against the packages that `known` names."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = wanted["package"]["name"].lower()
            asked.append(name)
            version = wanted["version"]
            of = {"package": {"name": name, "ecosystem": "PyPI"}, "versions": [version]}
            is_known = name in known or (name, version) in known
            body = json.dumps({"vulns": [FAULT | {"affected": [of]}]} if is_known else {})
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
    finally:
        server.shutdown()
        server.server_close()


def audit(url):
    return subprocess.run(
        [sys.executable, "script/audit", "--osv-url", url],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


CANARY = ("django", "3.2.0")


def test_nothing_known_is_said_only_where_the_service_has_data():
    with service({CANARY}) as (url, asked):
        done = audit(url)
    assert done.returncode == 0, done.stderr
    pinned = {
        name.lower()
        for file in places.ROOT.glob("requirements*.txt")
        for name in re.findall(r"^([\w.-]+)==", file.read_text(), re.MULTILINE)
    }
    assert set(asked) == pinned
    assert f"{len(pinned)} packages looked at, 0 with a known vulnerability" in done.stdout


def test_a_known_vulnerability_is_named_and_fails():
    with service({CANARY, "gunicorn"}) as (url, _):
        done = audit(url)
    assert done.returncode == 1
    assert re.search(r"^gunicorn [\d.]+: PYSEC-0-0, mended in no release yet$", done.stdout, re.MULTILINE)


def test_a_service_without_data_fails():
    with service(set()) as (url, _):
        done = audit(url)
    assert done.returncode == 2
    assert "the audit could not be made: the service has no data" in done.stderr


def test_a_service_that_does_not_answer_fails():
    done = audit("http://127.0.0.1:1/v1/query")
    assert done.returncode == 2
    assert "the audit could not be made: the service gave no answer" in done.stderr


def sbom(*arguments):
    return subprocess.run(
        [sys.executable, "script/sbom", *arguments],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_list_of_parts_names_all_that_runs_with_hashes_and_is_the_same_each_time(tmp_path):
    done = sbom()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    listed = json.loads(done.stdout)
    pinned = re.findall(
        r"^([\w.-]+)==([^\s;\\]+)", (places.ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    python = {
        (each["name"], each["version"])
        for each in listed["components"]
        if each["purl"].startswith("pkg:pypi/")
    }
    assert python == set(pinned)
    assert [each["name"] for each in listed["components"] if each["purl"].startswith("pkg:npm/")] == [
        "govuk-frontend"
    ]
    assert all(each["hashes"] for each in listed["components"])
    assert len([each for each in listed["components"] if not each.get("licenses")]) <= 2
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    assert sbom(str(tmp_path / "sbom.json")).returncode == 0
    assert (tmp_path / "sbom.json").read_text() == done.stdout


def test_the_schema_is_really_asked():
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    broken = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "without a type"}]}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(broken))
