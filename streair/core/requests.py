"""A number for every request, so that a person can say which one went wrong."""

from __future__ import annotations

import logging
import uuid
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Return the number of the request that is being answered, or "" outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Gives every request a number: in `X-Request-ID`, in the log, in the answer to a fault."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response) -> None:  # type: ignore[no-untyped-def]
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest):  # type: ignore[no-untyped-def]
        if self._is_async:
            return self._call_async(request)
        number = _begin()
        return _signed(self.get_response(request), number)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        number = _begin()
        return _signed(await self.get_response(request), number)


class AddRequestId(logging.Filter):
    """A handler's filter that gives every record `request_id`: " [number]" or ""."""

    def filter(self, record: logging.LogRecord) -> bool:
        number = request_id()
        record.request_id = f" [{number}]" if number else ""
        return True


def _begin() -> str:
    number = uuid.uuid4().hex
    _current.set(number)
    return number


def _signed(response: HttpResponseBase, number: str) -> HttpResponseBase:
    response["X-Request-ID"] = number
    return response
