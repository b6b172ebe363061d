"""A number for every request, so that a person can say which one went wrong."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# The whole chain runs in the request's thread (streair.handler): middlewares need no asynchronous half.
GetResponse = Callable[[HttpRequest], HttpResponseBase]

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Return the number of the request that is being answered, or "" outside of one."""
    return _current.get()


class RequestIdMiddleware:
    """Gives every request a number: in `X-Request-ID`, in the log, in the answer to a fault."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = uuid.uuid4().hex
        _current.set(number)
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


class AddRequestId(logging.Filter):
    """A handler's filter that gives every record `request_id`: " [number]" or ""."""

    def filter(self, record: logging.LogRecord) -> bool:
        number = request_id()
        record.request_id = f" [{number}]" if number else ""
        return True
