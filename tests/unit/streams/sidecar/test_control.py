"""Dropping exactly one publisher, or nobody."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from streams import nodes
from streams.sidecar.client import SidecarDown
from streams.sidecar.control import drop_publisher, try_to_drop
from tests.fake_sidecar import FakeSidecar

SESSION = "live-" + "0" * 32


def test_one_is_dropped_by_name_and_client_id(sidecar: FakeSidecar) -> None:
    assert drop_publisher(nodes.every()[0], client_id=7, session=SESSION) == 1

    assert sidecar.dropped == [{"app": "live", "name": SESSION, "clientid": "7"}]


@pytest.mark.parametrize(
    "name", ["victim", "live-x&clientid=1", "live-" + "0" * 31 + "%30", "../x"]
)
def test_names_that_are_none_of_ours_never_reach_the_sidecar(
    sidecar: FakeSidecar, name: str
) -> None:
    with pytest.raises(ValueError, match="not the name of a session"):
        drop_publisher(nodes.every()[0], client_id=7, session=name)

    assert sidecar.dropped == []


def test_a_sidecar_that_is_down_is_reported(settings: Settings) -> None:
    settings.SIDECAR_PORT = 1

    with pytest.raises(SidecarDown):
        drop_publisher(nodes.every()[0], client_id=7, session=SESSION)
    try_to_drop(node="main", client_id=7, session=SESSION)


def test_a_node_is_told_its_own_secret_and_the_one_here_none(
    sidecar: FakeSidecar, hanoi: FakeSidecar
) -> None:
    try_to_drop(node="hanoi", client_id=7, session=SESSION)
    try_to_drop(node="main", client_id=8, session=SESSION)

    assert (hanoi.drops(), hanoi.secrets) == ([(SESSION, 7)], {nodes.secret_of("hanoi")})
    assert (sidecar.drops(), sidecar.secrets) == ([(SESSION, 8)], {""})


def test_at_a_node_that_is_no_more_nobody_is_dropped(sidecar: FakeSidecar) -> None:
    try_to_drop(node="gone", client_id=7, session=SESSION)

    assert sidecar.dropped == []
