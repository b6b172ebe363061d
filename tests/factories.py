"""One factory per model, with boring defaults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol, TypeVar, cast

from django.conf import settings
from django.db.models import Model
from django.utils.timezone import now
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory, Password

from accounts.models import User
from chat.models import Message
from rooms.models import Category, Room
from streams import keys
from streams.models import Broadcast, Publisher, StreamKey

M = TypeVar("M", bound=Model)


class Makes(Protocol[M]):
    """What a factory is to its callers; factory_boy's own types do not say."""

    def __call__(self, **fields: Any) -> M: ...

    def create_batch(self, size: int, **fields: Any) -> list[M]: ...


class _User(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"person{n}")
    email = LazyAttribute(lambda person: f"{person.username}@example.org")
    password = Password("secret-word")


class _Category(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = Category

    slug = Sequence(lambda n: f"category-{n}")
    name_vi = "Trò chơi"
    name_en = "Games"


class _Room(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = Room

    owner = SubFactory(_User)
    title = "A quiet evening"


class _Message(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = Message

    room = SubFactory(_Room)
    author = SubFactory(_User)
    text = "Good evening!"
    # Long enough ago to leave the author free to write.
    sent = LazyFunction(lambda: now() - timedelta(hours=1))


class _StreamKey(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = StreamKey

    class Params:
        key = LazyFunction(keys.new_stream_key)

    owner = SubFactory(_User)
    digest = LazyAttribute(lambda row: keys.digest(row.key))
    sealed = LazyAttribute(lambda row: keys.seal(row.key, secret=settings.SECRET_KEY))


class _Publisher(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = Publisher

    room = SubFactory(_Room)
    session = LazyFunction(keys.new_session_name)
    boot = "boot-1"
    client_id = Sequence(lambda n: n + 1)
    address = "203.0.113.7"
    admitted = LazyFunction(now)
    seen = LazyFunction(now)


class _Broadcast(DjangoModelFactory):  # type: ignore[type-arg]
    class Meta:
        model = Broadcast

    room = SubFactory(_Room)
    started = LazyFunction(now)


# Somebody with the password “secret-word”.
UserFactory = cast("Makes[User]", _User)
CategoryFactory = cast("Makes[Category]", _Category)
# An open room that waits for its stream.
RoomFactory = cast("Makes[Room]", _Room)
# Something that was said an hour ago.
MessageFactory = cast("Makes[Message]", _Message)
# Somebody's key; give `key=` to choose it.
StreamKeyFactory = cast("Makes[StreamKey]", _StreamKey)
# A connected encoder that has sent nothing yet.
PublisherFactory = cast("Makes[Publisher]", _Publisher)
# A publishing run that is still on.
BroadcastFactory = cast("Makes[Broadcast]", _Broadcast)
