"""An ingest node that cannot work says which variable is wrong."""

from __future__ import annotations

import subprocess
import sys

import pytest

from streair import env
from streams import nodes
from streams.sidecar.node.config import Config
from streams.sidecar.setup import BadSetup, Setup

GOOD = {
    "INGEST_NODE": "hanoi",
    "INGEST_SITE": "https://live.example.org/",
    "INGEST_SECRET": nodes.secret_of("hanoi"),
    "INGEST_CERTIFICATES": __file__,
    "RTMP_PORT": "4935",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_it_asks_its_site_under_its_name(environment: pytest.MonkeyPatch) -> None:
    setup = Setup.from_environment()

    assert setup.hooks == "https://live.example.org/ingest/hanoi"
    assert setup.is_https
    assert (setup.rtmp_port, setup.port) == (4935, 14935)
    assert (setup.host, setup.allow) == ("", ())
    assert setup.home == env.DATA_DIR / "sidecar"


def test_the_site_may_be_elsewhere_on_the_network(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("INGEST_SITE", "http://10.0.0.1:3000")
    environment.setenv("INGEST_HOST", "10.0.0.7")
    environment.setenv("INGEST_ALLOW", "10.0.0.1, 10.0.1.0/24")

    setup = Setup.from_environment()

    assert (setup.host, setup.allow) == ("10.0.0.7", ("10.0.0.1/32", "10.0.1.0/24"))
    assert not setup.is_https


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INGEST_NODE", ""),
        ("INGEST_NODE", "main"),
        ("INGEST_NODE", "Hà Nội"),
        ("INGEST_SITE", ""),
        ("INGEST_SITE", "live.example.org"),
        ("INGEST_SITE", "https://live.example.org/live"),
        ("INGEST_SITE", "http://live.example.org"),
        ("INGEST_HOST", "127.0.0.1"),
        ("INGEST_SECRET", ""),
        ("INGEST_SECRET", "short"),
        ("INGEST_SECRET", '"; }' * 20),
        ("INGEST_HOST", "hanoi.example.org"),
        ("INGEST_HOST", "10.0.0.7"),  # Whom it would let in is not said.
        ("INGEST_ALLOW", "all"),
        ("INGEST_CERTIFICATES", "/nowhere"),
    ],
)
def test_what_cannot_work_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)

    with pytest.raises(BadSetup, match=name):
        Setup.from_environment()


def test_it_says_how_it_does_to_its_own_machine_unless_told_otherwise(
    environment: pytest.MonkeyPatch,
) -> None:
    setup = Setup.from_environment()

    config = Config.from_environment(setup)

    assert config == Config("hanoi", "127.0.0.1", 24935)

    environment.setenv("INGEST_HEALTH_HOST", "10.0.0.7")
    environment.setenv("INGEST_HEALTH_PORT", "3200")
    assert Config.from_environment(setup) == Config("hanoi", "10.0.0.7", 3200)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INGEST_HEALTH_HOST", "hanoi.example.org"),
        ("INGEST_HEALTH_PORT", "many"),
        ("METRICS_TOKEN", "short"),
    ],
)
def test_where_it_cannot_say_how_it_does_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    setup = Setup.from_environment()
    environment.setenv(name, value)

    with pytest.raises((BadSetup, ValueError), match=name):
        Config.from_environment(setup)


def test_it_ends_with_one_line(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("INGEST_NODE", "")

    done = subprocess.run(
        [sys.executable, "-m", "streams.sidecar"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("INGEST_NODE must be")
    assert done.stderr.count("\n") == 1
