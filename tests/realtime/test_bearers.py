"""Programs at the socket: in with a token instead of a cookie, out when it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import PersonalToken, SignIn, User
from accounts.services import create_token, sign_in_app, sign_out, sign_out_everywhere
from streair.core.realtime import guard
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import Viewer, connected, cookies_of, db, open_wire

pytestmark = pytest.mark.django_db(transaction=True)


@db
def access_token(user: User) -> str:
    return sign_in_app(user, address="", user_agent="").access


@db
def personal_token(user: User, **options: Any) -> str:
    values = {"name": "Bot", "scopes": ["chat:read"], "expires": None, "address": ""}
    return create_token(user, **{**values, **options}).secret


async def joins_as(viewer: Viewer) -> dict[str, Any]:
    """Return what the room tells this viewer about themselves."""
    room = await db(RoomFactory)()
    answer = await viewer.call("join-room", roomId=room.room_id)
    you: dict[str, Any] = answer["data"]["you"]
    return you


@pytest.mark.parametrize("kind", [access_token, personal_token])
@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
async def test_a_program_is_let_in_from_anywhere(kind: Any, origin: str | None) -> None:
    token = await kind(await db(UserFactory)())

    async with connected(
        cookies="", origin=origin, subprotocols=["streair", f"bearer.{token}"]
    ) as viewer:
        assert (await joins_as(viewer))["signedIn"]


async def test_the_answer_names_the_protocol_and_never_the_token() -> None:
    token = await access_token(await db(UserFactory)())
    wire = open_wire(origin=None, subprotocols=["streair", f"bearer.{token}"])

    await wire.send({"type": "websocket.connect"})
    accepted = await wire.receive()
    await wire.hang_up()

    assert accepted["type"] == "websocket.accept"
    assert accepted["subprotocol"] == "streair"


@pytest.mark.parametrize(
    "offered",
    [
        *(["bearer."], ["bearer.x"], ["streair", "bearer.a.b.c"], ["bearer.sa_x"]),
        *(["bearer.a", "bearer.b"], ["bearer." + "x" * 64 * 1024]),
    ],
)
async def test_a_bad_token_is_told_so(offered: list[str]) -> None:
    # A good cookie beside it does not help.
    cookies = await cookies_of(await db(UserFactory)())

    async with connected(cookies=cookies, subprotocols=offered) as viewer:
        assert await viewer.closed() == (4001, "token-invalid")


async def test_bad_tokens_are_counted_by_address() -> None:
    for _ in range(10):
        async with connected(cookies="", subprotocols=["bearer.x"]) as viewer:
            assert (await viewer.closed())[0] == 4001

    async with connected(cookies="", subprotocols=["bearer.x"]) as viewer:
        assert (await viewer.closed())[0] == 4029


async def test_without_a_token_the_origin_counts() -> None:
    wire = open_wire(origin="https://elsewhere.example", subprotocols=["streair"])

    assert not await wire.connect()


async def test_who_is_leaving_has_no_socket() -> None:
    user = await db(UserFactory)(leaving_since=datetime.now(UTC))
    token = await access_token(user)

    async with connected(cookies="", subprotocols=[f"bearer.{token}"]) as viewer:
        assert (await viewer.closed())[0] == 4001
    async with connected(user) as viewer:
        assert not (await joins_as(viewer))["signedIn"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at sign-ins far more often than every one and a half seconds."""
    monkeypatch.setattr(guard.Guard.__init__, "__kwdefaults__", {"check_seconds": 0.05})


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def revoke(user: User) -> None:
    for row in SignIn.objects.filter(user=user):
        sign_out(row)
    PersonalToken.objects.filter(user=user).delete()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", [access_token, personal_token])
@pytest.mark.parametrize("ending", [deactivate, delete, revoke, sign_out_everywhere])
async def test_a_socket_ends_with_its_token(kind: Any, ending: Callable[[User], None]) -> None:
    user, other = await db(UserFactory)(), await db(UserFactory)()
    token, good = await kind(user), await kind(other)

    async with (
        connected(cookies="", subprotocols=[f"bearer.{token}"]) as viewer,
        connected(cookies="", subprotocols=[f"bearer.{good}"]) as unmoved,
    ):
        assert (await viewer.call("ping"))["event"] == "ack"
        await db(ending)(user)

        assert (await viewer.closed())[0] == 4001
        assert (await unmoved.call("ping"))["event"] == "ack"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["access", "personal"])
async def test_a_socket_ends_when_its_token_expires(kind: str) -> None:
    user = await db(UserFactory)()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    if kind == "access":
        token = await access_token(user)
    else:
        token = await personal_token(user, expires=tomorrow)

    async with connected(cookies="", subprotocols=[f"bearer.{token}"]) as viewer:
        assert (await viewer.call("ping"))["event"] == "ack"
        with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
            assert (await viewer.closed())[0] == 4001
