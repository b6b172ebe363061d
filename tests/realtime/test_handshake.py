"""Who may open a socket, as whom, and how often."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django.fixtures import Settings

from accounts.models import User
from streair.core.realtime import admission, guard
from tests.factories import RoomFactory, UserFactory
from tests.realtime.client import connected, cookies_of, db, open_wire, sign_in, watching

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost", "localhost"),
        ("https://localhost", "localhost"),
        ("http://LOCALHOST:3000", "localhost:3000"),
        ("http://[::1]:3000", "[::1]:3000"),
        ("https://live.example.org", "localhost"),
    ],
)
async def test_our_own_pages_are_let_in(origin: str, host: str, settings: Settings) -> None:
    settings.CLIENT_URL = "https://live.example.org"

    async with connected(origin=origin, host=host) as viewer:
        assert (await viewer.call("ping"))["event"] == "ack"


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "localhost"),
        ("", "localhost"),
        ("null", "localhost"),
        ("http://evil.example", "localhost"),
        ("http://localhost.evil.example", "localhost"),
        ("http://localhost:3001", "localhost:3000"),
        ("http://localhost", "localhost:3000"),
        ("http://localhost@evil.example", "localhost"),
        ("file://localhost", "localhost"),
        ("localhost", "localhost"),
        ("http://[::1", "localhost"),
        # A page on a name that we do not serve, pointed at us by its DNS.
        ("http://rebound.example", "rebound.example"),
        ("http://", ""),
    ],
)
async def test_pages_of_others_are_refused(origin: str | None, host: str) -> None:
    user = await db(UserFactory)()
    wire = open_wire(cookies=await cookies_of(user), origin=origin, host=host)

    assert not await wire.connect()


async def test_two_origins_are_none() -> None:
    wire = open_wire()
    wire.scope["headers"].append((b"origin", b"http://localhost"))

    assert not await wire.connect()


async def test_a_stranger_is_let_in_ten_times_a_minute_and_told_when_to_come_back() -> None:
    for _ in range(10):
        async with connected(cookies="") as viewer:
            assert (await viewer.call("ping"))["event"] == "ack"

    async with connected(cookies="") as viewer:
        code, reason = await viewer.closed()
    async with connected(cookies="", client=("198.51.100.9", 1)) as elsewhere:
        assert (await elsewhere.call("ping"))["event"] == "ack"

    assert code == 4029
    name, seconds = reason.split("=")
    assert name == "retry-after"
    assert 1 <= int(seconds) <= 61


async def test_reloading_every_two_seconds_locks_nobody_out() -> None:
    cookies = await cookies_of(None)

    for _ in range(30):
        async with connected(cookies=cookies) as viewer:
            assert (await viewer.call("ping"))["event"] == "ack"
    async with connected(cookies=cookies) as viewer:
        assert (await viewer.closed())[0] == 4029


async def test_a_class_room_behind_one_address_comes_in() -> None:
    for _ in range(40):
        async with connected() as viewer:
            assert (await viewer.call("ping"))["event"] == "ack"


async def test_made_up_visitor_cookies_count_as_none() -> None:
    for number in range(10):
        async with connected(cookies=f"visitor=made-up-{number}:c2lnbmVk"):
            pass
    async with connected(cookies="visitor=made-up:c2lnbmVk") as viewer:
        assert (await viewer.closed())[0] == 4029


async def test_one_person_holds_so_many_sockets_and_may_come_back_when_one_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "OPEN_BY_ONE_PERSON", 2)
    cookies = await cookies_of(None)

    async with connected(cookies=cookies), connected() as somebody_else:
        async with connected(cookies=cookies):
            async with connected(cookies=cookies) as one_too_many:
                assert await one_too_many.closed() == (4029, "retry-after=30")
            assert (await somebody_else.call("ping"))["event"] == "ack"
        async with connected(cookies=cookies) as again:
            assert (await again.call("ping"))["event"] == "ack"


async def test_strangers_at_one_address_hold_so_many_sockets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "OPEN_BY_STRANGERS_AT_ONE_ADDRESS", 1)

    async with connected(cookies=""):
        async with connected(cookies="") as one_too_many:
            assert (await one_too_many.closed())[0] == 4029
        async with connected(cookies="", client=("198.51.100.9", 1)) as elsewhere:
            assert (await elsewhere.call("ping"))["event"] == "ack"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at sign-ins far more often than every one and a half seconds."""
    monkeypatch.setattr(guard.Guard.__init__, "__kwdefaults__", {"check_seconds": 0.05})


def deactivate(user: User, session_key: str) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_all_sign_ins(user: User, session_key: str) -> None:
    User.objects.filter(pk=user.pk).update(token_version=1)


def change_password(user: User, session_key: str) -> None:
    user.set_password("another-secret-word")
    user.save(update_fields=["password"])


def sign_out(user: User, session_key: str) -> None:
    SessionStore(session_key).flush()


def delete(user: User, session_key: str) -> None:
    user.delete()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "ending", [deactivate, end_all_sign_ins, change_password, sign_out, delete]
)
async def test_a_socket_ends_with_its_sign_in(ending: Callable[[User, str], None]) -> None:
    room = await db(RoomFactory)()
    user, other = await db(UserFactory)(), await db(UserFactory)()
    session_key = await sign_in(user)
    cookies = f"sessionid={session_key}"

    async with connected(cookies=cookies) as viewer, watching(room, user=other) as unmoved:
        answer = await viewer.call("join-room", roomId=room.room_id)
        assert answer["data"]["you"]["signedIn"]
        await db(ending)(user, session_key)

        assert (await viewer.closed())[0] == 4001
        assert (await unmoved.call("ping"))["event"] == "ack"

    if ending is not sign_out:
        async with connected(cookies=cookies) as viewer:
            answer = await viewer.call("join-room", roomId=room.room_id)
            assert not answer["data"]["you"]["signedIn"]


@pytest.mark.parametrize("cookie", ["sessionid=made-up", "sessionid=", "sessionid=a;b", "ÿ=ÿ"])
async def test_a_session_that_is_none_is_nobody(cookie: str) -> None:
    room = await db(RoomFactory)()

    async with connected(cookies=cookie) as viewer:
        answer = await viewer.call("join-room", roomId=room.room_id)

        you = answer["data"]["you"]
        assert (you["signedIn"], you["userId"], you["canModerate"]) == (False, None, False)
