"""The image and the compose file, as far as they can be tried without Docker: what they name exists, nothing runs as root."""

from __future__ import annotations

import ast
import importlib
import re
import runpy
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import environ
import pytest
import yaml
from pytest_django import Settings

from streair import ingest

_BASE = Path(__file__).resolve().parents[3]
_DOCKER = _BASE / "deploy/docker"
_DOCKERFILE = (_DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
_COMPOSE: dict[str, Any] = yaml.safe_load((_DOCKER / "compose.yml").read_text())
_SERVICES: dict[str, Any] = _COMPOSE["services"]
_OURS = ["prepare", "web", "realtime", "sidecar", "worker", "front"]


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)$", _DOCKERFILE, re.MULTILINE)


def test_what_is_copied_exists_and_is_let_through() -> None:
    copied = [line.split() for line in instructions("COPY") if not line.startswith("--from")]
    sources = {source for words in copied for source in words[:-1]}
    let_through = re.findall(
        r"^!(.*)$", (_DOCKER / "Dockerfile.dockerignore").read_text(), re.MULTILINE
    )

    assert [source for source in sources if not (_BASE / source).exists()] == []
    assert {source.split("/")[0] for source in sources} == set(let_through)


def test_the_code_of_every_app_is_in_the_image() -> None:
    packages = {path.parent.name for path in _BASE.glob("*/__init__.py")} - {"tests"}

    assert packages <= {word for line in instructions("COPY") for word in line.split()}


def test_the_image_has_what_the_site_needs_and_runs_as_nobody_special() -> None:
    rows = [line.split() for line in (_BASE / "deploy/packages.txt").read_text().splitlines()]
    needed = {row[1] for row in rows if row and row[0] == "run"} - {"python3-venv"}
    installed = set(instructions("RUN")[-1].split())

    assert needed <= installed
    assert instructions("USER") == ["streair"]
    assert len(instructions("FROM")) == 2
    assert "python3-venv" not in installed, "what builds is not in the image"


@pytest.mark.parametrize("name", _OURS)
def test_a_container_can_do_little(name: str) -> None:
    service = _SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "user" not in service, "the image says whom it runs as"


@pytest.mark.parametrize("name", [name for name in _OURS if "command" in _SERVICES[name]])
def test_what_a_container_runs_exists(name: str) -> None:
    words = " ".join(_SERVICES[name]["command"]).split()
    after = list(pairwise(words))
    modules = [word for before, word in after if before == "-m"]

    for command in [word for before, word in after if before == "manage.py"]:
        assert list(_BASE.glob(f"**/management/commands/{command}.py"))
    for module in set(modules) - {"gunicorn"}:
        path = _BASE / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
    if "gunicorn" in modules:
        assert (_BASE / words[words.index("-c") + 1]).is_file()
        assert (_BASE / f"{words[-1].partition(':')[0].replace('.', '/')}.py").is_file()


@pytest.mark.parametrize("name", ["web", "realtime", "sidecar", "front"])
def test_what_looks_after_a_container_can_be_run(name: str) -> None:
    asks = _SERVICES[name]["healthcheck"]["test"]
    imports = [node for node in ast.walk(ast.parse(asks[-1])) if isinstance(node, ast.ImportFrom)]

    assert asks[:3] == ["CMD", "python", "-c"]
    assert imports
    for each in imports:
        module = importlib.import_module(str(each.module))
        assert [alias.name for alias in each.names if not hasattr(module, alias.name)] == []


def test_only_the_front_and_the_encoders_port_are_open() -> None:
    published = {
        name: service["ports"] for name, service in _SERVICES.items() if "ports" in service
    }

    # Docker's proxy would show all that comes by IPv6 under its own address, as one household.
    assert published == {
        "front": ["0.0.0.0:80:8080", "0.0.0.0:443:8443"],
        "sidecar": ["0.0.0.0:1935:1935"],
    }
    assert _COMPOSE["networks"]["inside"]["internal"] is True
    assert _SERVICES["database"]["networks"] == _SERVICES["redis"]["networks"] == ["inside"]


def address(name: str) -> str:
    """Return the address under which the others find that part."""
    found: str = _SERVICES[name]["networks"]["outside"]["ipv4_address"]
    return found


def test_no_part_is_cut_off_when_another_starts_anew() -> None:
    parts = [name for name in _OURS if name != "prepare"]

    assert [name for name in parts if "network_mode" in _SERVICES[name]] == []
    assert len({address(name) for name in parts}) == len(parts)


def test_the_parts_find_each_other() -> None:
    told = _SERVICES["web"]["environment"]
    sidecar = _SERVICES["sidecar"]["environment"]
    (node,) = ingest.parse([told["INGEST_NODES"].replace("${STREAIR_HOST}", "live.example.org")])

    assert told["FRONT_WEB"] == f"{address('web')}:3011"
    assert told["FRONT_REALTIME"] == f"{address('realtime')}:{told['PORT']}"
    assert node.source == f"rtmp://{address('sidecar')}:1935/{ingest.APP}"
    assert node.control == f"http://{address('sidecar')}:{ingest.port_beside(1935)}"
    assert sidecar["INGEST_HOST"] == address("sidecar")
    assert set(sidecar["INGEST_ALLOW"].split(",")) == set(
        map(address, ["web", "realtime", "worker"])
    )
    assert f"ingest_node {node.name})" in _SERVICES["sidecar"]["command"][-1]
    assert f"INGEST_SITE=http://{told['FRONT_REALTIME']} " in _SERVICES["sidecar"]["command"][-1]


def test_what_encoders_talk_to_reaches_no_database() -> None:
    assert list(_SERVICES["sidecar"]["networks"]) == ["outside"]
    assert _SERVICES["sidecar"]["volumes"] == []


def test_the_front_is_whom_the_site_believes_about_addresses() -> None:
    assert address("front") in _SERVICES["web"]["environment"]["TRUSTED_PROXIES"].split(",")


def test_the_database_is_not_there_before_it_is_there_to_stay() -> None:
    # The official image makes its tables with a server that answers on its socket alone, and then stops that.
    looks = _SERVICES["database"]["healthcheck"]
    asks = looks["test"]

    assert asks[asks.index("-h") + 1] == "127.0.0.1"
    assert int(looks["start_period"].rstrip("s")) >= 60, "and that may take a while"


def test_no_container_has_a_volume_without_a_name() -> None:
    mounted = {
        place.split(":")[1]
        for name in _OURS
        for place in _SERVICES[name]["volumes"]
        if place.split(":")[0] in _COMPOSE["volumes"]
    }

    assert instructions("VOLUME") == [], "each container would leave one behind"
    assert f"install -d -o streair -g streair {' '.join(sorted(mounted))}" in _DOCKERFILE


def test_what_is_under_way_gets_done(settings: Settings) -> None:
    settings.REDIS_URL = "redis://redis:6379/0"  # These processes want one.
    patience = runpy.run_path(str(_BASE / "deploy/gunicorn_web.py"))["graceful_timeout"]

    assert int(_SERVICES["web"]["stop_grace_period"].rstrip("s")) > patience


def test_a_secret_made_as_the_example_says_can_stand_in_an_address() -> None:
    recipe = re.search(r"openssl rand -\w+ \d+", (_DOCKER / "env.example").read_text())
    assert recipe is not None
    given = _SERVICES["web"]["environment"]["DATABASE_URL"]

    for _ in range(20):
        secret = subprocess.run(
            recipe[0].split(), check=True, capture_output=True, text=True
        ).stdout.strip()
        url = re.sub(r"\$\{POSTGRES_PASSWORD[^}]*\}", secret, given)
        assert environ.Env.db_url_config(url)["PASSWORD"] == secret
        assert len(secret) >= 32


def test_every_name_it_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (_DOCKER / "compose.yml").read_text())) - {
        "STREAIR_VERSION"
    }
    named = set(re.findall(r"^(\w+)=", (_DOCKER / "env.example").read_text(), re.MULTILINE))

    assert asked == named


def test_every_setting_it_gives_is_one() -> None:
    known = set(re.findall(r"^#?(\w+)=", (_BASE / ".env.example").read_text(), re.MULTILINE))

    for name in _OURS:
        assert set(_SERVICES[name]["environment"]) <= known
