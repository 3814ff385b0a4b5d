"""docker-compose.yml is for real use: nothing secret has a default, nothing may do more than it needs."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from compliance import places
from compliance.secret_files import NAMES

FILE = places.ROOT / "docker-compose.yml"
TEXT = FILE.read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "mail")
WHAT_MAY_BE_EMPTY = {"BACKUP_KEY", "METRICS_TOKEN", "LEDGER_KEYS", "SECRET_KEY_FALLBACKS", "TIMESTAMP_URL"}
ALL_SET = {
    name: str(20000 + number) for number, name in enumerate(sorted(set(re.findall(r"\$\{(\w+)", TEXT))))
}


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_may_do_little(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged") and "network_mode" not in service
    assert name in ("postgres", "redis") or "cap_add" not in service
    assert "/tmp" in [each.partition(":")[0] for each in service["tmpfs"]]


def test_what_ends_is_started_again_and_only_the_migration_runs_once():
    assert {name: service["restart"] for name, service in SERVICES.items()} == dict.fromkeys(
        SERVICES, "unless-stopped"
    ) | {"migrate": "no"}


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "migrate", "beat"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_nothing_secret_has_a_default():
    with_default = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT))
    assert with_default == dict.fromkeys(WHAT_MAY_BE_EMPTY, "") | {"HTTP_PORT": "80", "HTTPS_PORT": "443"}
    for service in OURS:
        for name, value in SERVICES[service]["environment"].items():
            if name in NAMES and name not in WHAT_MAY_BE_EMPTY:
                assert ":?" in value, name


def test_the_mail_catcher_is_there_only_when_asked_for():
    assert SERVICES["mail"]["profiles"] == ["try"]
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["mail"]
    assert not any("mail" in service.get("depends_on", {}) for service in SERVICES.values())


def test_each_waits_for_what_it_needs():
    def waits(name):
        return {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}

    assert waits("proxy") == {"web": "service_healthy"}
    assert waits("migrate") == {"postgres": "service_healthy", "redis": "service_healthy"}
    for name in ("web", "worker", "beat"):
        assert waits(name) == {"migrate": "service_completed_successfully"}
    assert all("healthcheck" in SERVICES[name] for name in ("web", "postgres", "redis"))


def test_it_runs_the_procfiles_processes_and_only_migrate_knows_the_owner():
    procfile = (places.ROOT / "Procfile").read_text()
    for name in ("web", "worker", "beat", "mail"):
        assert SERVICES[name]["command"] == ["honcho", "start", name]
        assert f"\n{name}: " in f"\n{procfile}"
        assert "DATABASE_OWNER_URL" not in SERVICES[name]["environment"]
    assert "DATABASE_OWNER_URL" in SERVICES["migrate"]["environment"]


def test_the_image_runs_as_nobody_in_particular():
    last_user = re.findall(r"^USER (\S+)$", (places.ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1]
    assert last_user == "10001:10001"
    folders = [each for each in SERVICES["web"]["tmpfs"] if each.startswith("/var/lib/duly/run")]
    assert "uid=10001,gid=10001,mode=0700" in folders[0]


compose = pytest.mark.skipif(
    not shutil.which("docker-compose"), reason="docker-compose is not installed here"
)


def config(tmp_path, values):
    """What docker-compose makes of the file with these settings."""
    (tmp_path / "env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    command = ["docker-compose", "-f", str(FILE), "--env-file", str(tmp_path / "env"), "config"]
    return subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )


@compose
def test_docker_compose_reads_it(tmp_path):
    done = config(tmp_path, ALL_SET)
    assert done.returncode == 0, done.stderr


@compose
def test_docker_compose_refuses_it_without_a_secret_and_says_which(tmp_path):
    done = config(tmp_path, {name: value for name, value in ALL_SET.items() if name != "SECRET_KEY"})
    assert done.returncode != 0 and "openssl rand -base64 48" in done.stderr
