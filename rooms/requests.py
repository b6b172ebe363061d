"""Requests as views about rooms get them."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
