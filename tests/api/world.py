"""A small site with one of everything: whose it is decides what the API answers to whom."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from PIL import Image

from accounts import links, services
from accounts.models import User
from chat.models import HeldMessage, Message, Moderator
from rooms.models import Room
from streair.core.api.scopes import Scope
from tests.factories import MessageFactory, RoomFactory, UserFactory

PASSWORD = "secret-word"
ROLES = ("anonymous", "owner", "stranger", "moderator", "admin", "token")


def picture() -> bytes:
    """Return a small PNG."""
    body = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(body, "PNG")
    return body.getvalue()


@dataclass
class World:
    """Everything belongs to `owner`; the others are there to be told apart."""

    owner: User = field(default_factory=lambda: UserFactory(username="owner"))
    stranger: User = field(default_factory=lambda: UserFactory(username="stranger"))
    moderator: User = field(default_factory=lambda: UserFactory(username="moderator"))
    admin: User = field(
        default_factory=lambda: UserFactory(username="admin", is_staff=True, is_superuser=True)
    )
    room: Room = field(init=False)
    message: Message = field(init=False)
    held: HeldMessage = field(init=False)

    def __post_init__(self) -> None:
        self.room = RoomFactory(owner=self.owner, title="What the owner shows")
        Moderator.objects.create(owner=self.owner, user=self.moderator)
        self.message = MessageFactory(room=self.room, author=self.owner, role="owner")
        self.held = HeldMessage.objects.create(
            room=self.room, author=UserFactory(username="somebody"), text="hmm"
        )
        self.tokens = services.sign_in_app(self.owner, address="192.0.2.1", user_agent="An app")
        self.sign_in = self.owner.sign_ins.get()
        self.own_token = services.create_token(
            self.owner, name="Bot", scopes=["chat:read"], expires=None, address="192.0.2.1"
        ).row

    def path(self, template: str) -> str:
        """Return the path of the owner's thing."""
        session = "sessions" in template
        return template.format(
            room_id=self.room.room_id,
            message_id=self.message.pk,
            held_id=self.held.pk,
            name=self.room.room_id,
            username=self.owner.username,
            public_id=self.sign_in.public_id if session else self.own_token.public_id,
        )

    def client(self, role: str, *, without: str | None = None) -> Client:
        """Return a client of this role; for "token" one that may do everything but `without`."""
        client = Client(raise_request_exception=False)
        if role == "token":
            scopes = [scope for scope in Scope.values if scope != without]
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.token_for(*scopes)}"
        elif role != "anonymous":
            client.force_login(getattr(self, role))
        return client

    def token_for(self, *scopes: str) -> str:
        """Return a personal access token of the owner's that may do this."""
        made = services.create_token(
            self.owner, name="Some", scopes=list(scopes), expires=None, address="192.0.2.1"
        )
        return made.secret

    def body(self, endpoint: str) -> Any:
        """Return a body that the endpoint takes, from whoever may send one."""
        link = links.new(links.Purpose.PASSWORD, self.owner, email=self.owner.email)
        email = links.new(links.Purpose.EMAIL, self.owner, email=self.owner.email)
        newcomer = {"username": "newcomer", "email": "new@example.org", "password": "harbor-at-7"}
        bodies: dict[str, Any] = {
            "POST /api/auth/register": newcomer,
            "POST /api/auth/login": {"email": self.owner.email, "password": PASSWORD},
            "POST /api/auth/refresh": {"refresh": self.tokens.refresh},
            "PUT /api/auth/password": {"current": PASSWORD, "password": "harbor-at-dawn"},
            "POST /api/auth/password-reset": {"email": self.owner.email},
            "POST /api/auth/password-reset/confirm": {"token": link, "password": "harbor-at-dawn"},
            "POST /api/auth/email": {"email": "other@example.org", "password": PASSWORD},
            "POST /api/auth/email/verify": {"token": email},
            "POST /api/tokens": {"name": "Bot", "scopes": ["chat:read"]},
            "PATCH /api/users/me": {"displayName": "Somebody", "bio": "Hello."},
            "DELETE /api/users/me": {"password": PASSWORD},
            "POST /api/rooms": {"title": "Another evening"},
            "PATCH /api/rooms/{room_id}": {"title": "Another title"},
            "POST /api/rooms/{room_id}/unlock": {"password": ""},
            "POST /api/rooms/{room_id}/held/{held_id}": {"approve": True},
            "POST /api/reports": {"kind": "room", "id": self.room.room_id, "reason": "spam"},
        }
        return bodies.get(endpoint, {})

    def ask(self, client: Client, method: str, template: str, body: Any = None) -> Any:
        """Send the request as the endpoint wants it; return the answer."""
        path = self.path(template)
        if template.endswith(("/avatar", "/banner")) and method == "PUT" and body is None:
            return client.generic(method, path, picture(), content_type="image/png")
        if method == "GET":
            return client.get(path)
        body = self.body(f"{method} {template}") if body is None else body
        return client.generic(method, path, _json(body), content_type="application/json")


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()
