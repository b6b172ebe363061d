"""A program at a real server: registers, watches by token, sends a large picture, is signed out everywhere."""

from __future__ import annotations

import asyncio
import io
import json
import os
import uuid
from typing import Any

import pytest
import requests
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.servers.site import Site

pytestmark = pytest.mark.system

PASSWORD = "a-Secret-word"


class Program:
    """A program that has registered somebody."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.token = ""
        name = f"app_{uuid.uuid4().hex[:8]}"
        body = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        answer = self.ask("post", "auth/register", json=body)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        url = f"{self.site.url}/api/{path}"
        return requests.request(method, url, headers=headers, timeout=20, **options)


async def closing_code(socket: ClientConnection) -> int | None:
    """Return the code that the server closes with; None when it says none."""
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def test_a_token_opens_the_socket_and_another_password_closes_it(site: Site) -> None:
    program = await asyncio.to_thread(Program, site)
    protocols = [Subprotocol("streair"), Subprotocol(f"bearer.{program.token}")]

    async with connect(site.websocket_url, subprotocols=protocols, origin=None) as socket:
        assert socket.subprotocol == "streair"
        await socket.send(json.dumps({"event": "ping", "data": {}, "id": 1}))
        assert json.loads(await socket.recv())["event"] == "ack"
        body = {"current": PASSWORD, "password": f"{PASSWORD}-too"}
        answer = await asyncio.to_thread(program.ask, "put", "auth/password", json=body)
        assert answer.status_code == 200
        code = await closing_code(socket)

    assert code == 4001


def test_a_large_picture_comes_in_and_one_too_large_does_not(site: Site) -> None:
    program = Program(site)
    out = io.BytesIO()
    # Noise does not get smaller.
    Image.frombytes("RGB", (1250, 1250), os.urandom(1250 * 1250 * 3)).save(out, "PNG")
    data = out.getvalue()
    assert 4_500_000 < len(data) < 5 * 1024 * 1024

    answer = program.ask("put", "users/me/avatar", data=data, headers={"Content-Type": "image/png"})
    elsewhere = program.ask("patch", "users/me", data=data)
    too_large = program.ask("put", "users/me/avatar", data=bytes(7 * 1024 * 1024))

    assert answer.status_code == 200, answer.text
    assert (elsewhere.status_code, too_large.status_code) == (413, 413)
    served = requests.get(site.url + answer.json()["avatarUrl"], timeout=10)
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/webp")
    assert served.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_secret_reaches_the_log(site: Site) -> None:
    program = Program(site)
    made = program.ask("post", "tokens", json={"name": "Bot", "scopes": ["profile:read"]}).json()
    for secret in (program.token, made["token"]):
        program.ask("get", f"nowhere/{secret}")
        requests.get(f"{site.url}/{secret}/", timeout=10)

    found = [
        part.name
        for part in site.parts
        for secret in (program.token, made["token"])
        if secret in part.output()
    ]

    assert found == []
    assert "nowhere" in site.web.output()
