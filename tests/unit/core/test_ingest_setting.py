"""INGEST_NODES: what it may say, and in which line anything else is refused."""

from __future__ import annotations

import pytest

from streair.ingest import MAIN, NodeAddresses, parse, port_beside

HANOI = "hanoi=rtmp://hanoi.example.org/live|rtmp://10.0.0.7:1935/live/|http://10.0.0.7:11935/"


def test_alone_it_is_this_machine() -> None:
    assert parse([MAIN]) == (NodeAddresses(MAIN),)


def test_nodes_come_in_the_order_in_which_they_are_named() -> None:
    saigon = (
        "saigon-2=rtmps://s.example.org/live | http://s.example.org:8000/live|https://s.example.org"
    )

    found = parse([HANOI, MAIN, saigon])

    assert found == (
        NodeAddresses(
            "hanoi",
            server="rtmp://hanoi.example.org/live",
            source="rtmp://10.0.0.7:1935/live",
            control="http://10.0.0.7:11935",
        ),
        NodeAddresses(MAIN),
        NodeAddresses(
            "saigon-2",
            server="rtmps://s.example.org/live",
            source="http://s.example.org:8000/live",
            control="https://s.example.org",
        ),
    )


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("hanoi", "hanoi must be like hanoi=rtmp://"),
        ("hanoi=rtmp://h/live", "hanoi must be like"),
        (f"{HANOI}|x", "hanoi must be like"),
        (f"{MAIN}=rtmp://h/live|rtmp://h/live|http://h", "takes no addresses"),
        (HANOI.replace("hanoi=", "Hà Nội=", 1), "'Hà Nội' is no name"),
        (HANOI.replace("hanoi=", "=", 1), "'' is no name"),
        (HANOI.replace("hanoi=", f"{'h' * 32}=", 1), "is no name"),
        (HANOI.replace("rtmp://hanoi", "http://hanoi"), "'http://hanoi.example.org/live' of hanoi"),
        (HANOI.replace("hanoi.example.org/live", "hanoi.example.org"), "with a path"),
        (HANOI.replace("rtmp://10.0.0.7:1935", "rtmps://10.0.0.7:1935"), "must begin with http://"),
        (HANOI.replace("1935/live/", "x/live"), "must begin with"),
        (HANOI.replace("7:11935/", "7:11935/stat"), "without a path"),
        (HANOI.replace("http://10", "http://name:word@10"), "must begin with"),
        (HANOI.replace("http://10.0.0.7", "http://h.example.org"), "its secret in plain"),
    ],
)
def test_what_is_no_node_is_refused(word: str, says: str) -> None:
    with pytest.raises(ValueError, match="INGEST_NODES") as caught:
        parse([MAIN, word])

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_is_one_nodes() -> None:
    with pytest.raises(ValueError, match="names 'hanoi' twice"):
        parse([HANOI, MAIN, HANOI])


def test_a_sidecars_own_port_follows_the_one_for_encoders() -> None:
    assert (port_beside(1935), port_beside(60_000)) == (11_935, 50_000)
