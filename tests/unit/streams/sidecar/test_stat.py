"""Reading /stat, as nginx-rtmp wrote it and as an attacker would have it."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from streams import nodes
from streams.sidecar import client
from streams.sidecar.client import SidecarDown
from streams.sidecar.stat import StatPublisher, ask_stat, parse, received_bytes
from tests.fake_sidecar import FakeSidecar

REAL = Path(__file__).with_name("stat.xml").read_bytes()
PUBLISHER = StatPublisher(
    name="live-" + "a" * 32,
    client_id=1,
    address="127.0.0.1",
    encoder="FMLE/3.0 (compatible; Lavf59.27",
    video_kbps=2400,
    audio_kbps=131,
)


def test_the_publisher_is_found() -> None:
    assert parse(REAL) == (PUBLISHER,)


def test_a_stream_that_is_only_waited_for_has_no_publisher() -> None:
    assert parse(REAL.replace(b"<publishing/>", b"")) == ()


def test_other_applications_are_not_ours() -> None:
    assert parse(REAL.replace(b"<name>live</name>", b"<name>other</name>")) == ()


@pytest.mark.parametrize(
    "bytes_", [b"\x01", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbf\xbf"]
)
def test_bytes_that_are_no_xml_harm_nobody(bytes_: bytes) -> None:
    [publisher] = parse(REAL.replace(b"Lavf59.27", b"La" + bytes_ + b"vf"))

    assert publisher.client_id == 1


@pytest.mark.parametrize(
    ("there", "instead", "client_id"),
    [
        (b"<id>1<", b"<id>x<", 0),
        (b"<id>1<", b"<id>-1<", 0),
        (b"<id>1<", b"<id>%s<" % (b"9" * 40), 0),
    ],
)
def test_numbers_that_are_none_are_zero(there: bytes, instead: bytes, client_id: int) -> None:
    [publisher] = parse(REAL.replace(there, instead))

    assert publisher.client_id == client_id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        REAL[:300],
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rtmp>&b;</rtmp>',
        REAL.replace(b"<rtmp>", b'<!DOCTYPE r SYSTEM "http://127.0.0.1/x"><rtmp>'),
    ],
)
def test_anything_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(SidecarDown):
        parse(body)


def test_an_answer_says_which_run_of_the_sidecar_gave_it(sidecar: FakeSidecar) -> None:
    sidecar.stat, sidecar.boot = REAL, "boot-7"

    stat = ask_stat(nodes.every()[0])

    assert (stat.boot, stat.publishers) == ("boot-7", (PUBLISHER,))


def test_somebody_else_on_the_port_is_not_the_sidecar(sidecar: FakeSidecar) -> None:
    sidecar.stat, sidecar.boot = REAL, ""

    with pytest.raises(SidecarDown):
        ask_stat(nodes.every()[0])


def test_an_answer_that_stops_in_the_middle_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/stat"

        def half() -> None:
            peer, _address = server.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rtmp>")
                peer.recv(1)

        thread = threading.Thread(target=half)
        thread.start()
        with pytest.raises(SidecarDown):
            client.ask(url, seconds=0.2)
        thread.join()


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Sidecar-Boot: b\r\n\r\n"])
def test_one_that_sends_a_byte_now_and_then_holds_nobody(head: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/stat"

        def drip() -> None:
            peer, _address = server.accept()
            with peer, suppress(OSError):
                peer.sendall(head)
                for _ in range(100):
                    time.sleep(0.1)
                    peer.sendall(b"x")

        thread = threading.Thread(target=drip)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(SidecarDown):
            client.ask(url, seconds=0.5)
        assert time.monotonic() - begun < 5
        thread.join()


def test_what_came_in_is_that_of_the_whole_server() -> None:
    assert received_bytes(REAL) == 870513
    with pytest.raises(SidecarDown):
        received_bytes(b"<!DOCTYPE x><rtmp/>")
