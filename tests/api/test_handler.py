"""Django under ASGI: a request stays in one thread, which lets go of the database at its end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from streair.handler import OneThread

seen: dict[str, int] = {}


class NotesThreads:
    """A middleware of Django's kind: before and after the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen["before"] = threading.get_ident()
        response = self.get_response(request)
        seen["after"] = threading.get_ident()
        return response


def usual(request: HttpRequest) -> HttpResponse:
    seen["view"] = threading.get_ident()
    return HttpResponse("usual")


async def unusual(request: HttpRequest) -> HttpResponse:
    seen["view"] = threading.get_ident()
    seen["service"] = await sync_to_async(threading.get_ident)()
    return HttpResponse("unusual")


def broken(request: HttpRequest) -> HttpResponse:
    raise LookupError("a mistake of ours")


def slow(request: HttpRequest) -> HttpResponse:
    begun.release()
    assert go_on.wait(10)
    return HttpResponse("at last")


begun = threading.Semaphore(0)
go_on = threading.Event()
urlpatterns = [
    path("usual", usual),
    path("unusual", unusual),
    path("broken", broken),
    path("slow", slow),
]
handler500 = "streair.views.server_error"


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    seen.clear()
    middleware = [f"{__name__}.NotesThreads"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=middleware):
        yield


async def get(path: str, handler: Any = None) -> tuple[int, bytes]:
    """Ask the handler as a server would."""
    wire = await ask(path, handler or OneThread())
    start, body = await wire.receive_output(5), await wire.receive_output(5)
    await wire.wait(5)
    return start["status"], body["body"]


async def ask(path: str, handler: Any) -> Any:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
    headers = [(b"host", b"localhost"), (b"accept", b"application/json")]
    wire: Any = ApplicationCommunicator(handler, {**scope, "headers": headers})  # type: ignore[no-untyped-call]
    await wire.send_input({"type": "http.request", "body": b""})
    return wire


async def test_a_request_stays_in_one_thread_that_is_not_the_servers() -> None:
    assert await get("/usual") == (200, b"usual")

    assert seen["before"] == seen["view"] == seen["after"]
    assert seen["view"] != threading.get_ident()


async def test_an_asynchronous_view_runs_on_the_servers_loop_and_its_services_do_not() -> None:
    assert await get("/unusual") == (200, b"unusual")

    assert seen["view"] == threading.get_ident()
    assert seen["service"] == seen["before"]


async def test_the_thread_that_asked_the_database_lets_go_of_it() -> None:
    ended: list[int] = []

    def note(**_signal: Any) -> None:
        ended.append(threading.get_ident())

    request_finished.connect(note)
    try:
        await get("/usual")
    finally:
        request_finished.disconnect(note)

    assert ended == [seen["view"]]


async def test_a_mistake_is_answered() -> None:
    status, body = await get("/broken")

    assert status == 500
    assert b"a mistake of ours" not in body


class Narrow(OneThread):
    """A site with two places, and no patience."""

    most_at_once = 2
    place_seconds = 0.05


@pytest.fixture
def narrow() -> Iterator[Narrow]:
    go_on.clear()
    yield Narrow()
    go_on.set()


async def has_begun() -> None:
    assert await sync_to_async(begun.acquire, thread_sensitive=False)(timeout=10)


async def test_who_finds_no_place_is_told_so_and_a_place_that_is_free_again_is_taken(
    narrow: Narrow,
) -> None:
    first, second = await ask("/slow", narrow), await ask("/slow", narrow)
    await has_begun()
    await has_begun()

    third = await ask("/usual", narrow)
    refused, body = await third.receive_output(5), await third.receive_output(5)
    go_on.set()

    assert refused["status"] == 503
    assert int(dict(refused["headers"])[b"Retry-After"]) > 0
    assert json.loads(body["body"])["code"] == "unavailable"
    for wire in (first, second):
        assert (await wire.receive_output(5))["status"] == 200
    assert {await get("/usual", narrow) for _ in range(5)} == {(200, b"usual")}


async def test_who_leaves_holds_up_nobody_but_the_thread_they_were_given(narrow: Narrow) -> None:
    gone, other = await ask("/slow", narrow), await ask("/slow", narrow)
    await has_begun()
    await has_begun()

    await gone.send_input({"type": "http.disconnect"})
    refused = await ask("/usual", narrow)
    assert (await refused.receive_output(5))["status"] == 503, "its thread is not free"
    go_on.set()
    await gone.wait(5)

    assert (await other.receive_output(5))["status"] == 200
    assert await get("/usual", narrow) == (200, b"usual")


async def test_threads_are_used_again(narrow: Narrow) -> None:
    threads = set()
    for _ in range(5):
        await get("/usual", narrow)
        threads.add(seen["view"])

    assert len(threads) <= 2
