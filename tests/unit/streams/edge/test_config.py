"""An edge that cannot work says which variable is wrong."""

from __future__ import annotations

import pytest

from streams.edge.config import BadConfig, Config

GOOD = {
    "EDGE_SITE": "https://live.example.org/",
    "EDGE_URL": "https://edge.example.org",
    "EDGE_SECRET": "Gm3Tz8Kw1Vn6Qb4Xr9Hc2Yd7Lf5Ps0Ja",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_it_reads_from_its_site_unless_told_otherwise(environment: pytest.MonkeyPatch) -> None:
    config = Config.from_environment()

    assert (config.site, config.upstream, config.pages) == ("https://live.example.org",) * 3

    environment.setenv("EDGE_UPSTREAM", "http://10.0.0.7:3100")
    assert Config.from_environment().upstream == "http://10.0.0.7:3100"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDGE_SITE", ""),
        ("EDGE_SITE", "live.example.org"),
        ("EDGE_SITE", "ftp://live.example.org"),
        ("EDGE_URL", "https://live.example.org/edge"),
        ("EDGE_SECRET", "short"),
        ("EDGE_SECRET", "a" * 40),
    ],
)
def test_what_cannot_work_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)

    with pytest.raises(BadConfig, match=name):
        Config.from_environment()


def test_a_token_that_can_be_guessed_is_none(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("METRICS_TOKEN", "short")

    with pytest.raises(ValueError, match="METRICS_TOKEN"):
        Config.from_environment()
