"""Sample people and rooms in every state, for pictures of the pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils.timezone import now

from accounts.models import Follow, User
from accounts.services import follow, stop_link
from chat.models import Chat, HeldMessage, Message, Moderator
from chat.services import add_word, overlay_secret, send_message, set_rules
from rooms.models import AudienceMinute, Category, EndReason, Room, RoomState
from rooms.services import refresh_search_of_owner
from streams.models import Measure
from tests.factories import (
    BroadcastFactory,
    MessageFactory,
    PublisherFactory,
    RoomFactory,
    UserFactory,
)

_LIVE = [
    ("minh_anh", "Minh Anh", "Leo rank cùng mọi người, ai vào team không?", "gaming", 47),
    (
        "hoang.dev",
        "Hoàng",
        "Viết trình biên dịch từ đầu — tập 12: cấp phát thanh ghi",
        "technology",
        128,
    ),
    (
        "thuy_duong",
        "Thùy Dương",
        "Acoustic cuối tuần: nhạc Trịnh và những điều nhỏ nhặt",
        "music",
        12,
    ),
    ("ada", "", "Painting the harbor at dawn", "creative", 75),
    ("tuan", "Tuấn", "Ôn thi đại học môn Toán: số phức", "study", 5),
]


def fill() -> dict[str, str]:
    """Make people and rooms; return the ids of the rooms that scenes need."""
    call_command("migrate", verbosity=0)
    categories = {category.slug: category for category in Category.objects.all()}
    UserFactory(username="newcomer", display_name="")
    UserFactory(username="keeper", is_staff=True, is_superuser=True)
    for username, name, title, slug, minutes in _LIVE:
        owner = UserFactory(username=username, display_name=name)
        _on_air(owner, title, categories[slug], minutes)
    linh = UserFactory(
        username="linh",
        display_name="Linh Nguyễn",
        bio="Nấu ăn, đi chợ và kể chuyện Sài Gòn mỗi tối thứ Năm.",
    )
    for days in (3, 10, 17):
        _over(linh, f"Cơm nhà tập {20 - days}", categories["talk"], days)
    live = _on_air(
        linh, "Cơm nhà tập 21: cá kho tộ, canh chua và chuyện phố cũ", categories["talk"], 34
    )
    live.description = (
        "Tối nay mình nấu cá kho tộ.\nCông thức: https://example.org/ca-kho\n\n"
        "Nhớ ghé kênh vào thứ Năm hằng tuần nhé!"
    )
    live.tags = ["nấu-ăn", "sài-gòn"]
    live.save(update_fields=["description", "tags"])
    _measured(live, ["long-keyframe-interval", "no-audio"])
    for username in ("minh_anh", "thuy_duong", "hoang.dev"):
        followed = User.objects.get(username=username)
        Follow.objects.create(follower=linh, followed=followed, notifies=username != "hoang.dev")
    waiting = RoomFactory(
        owner=UserFactory(username="quang", display_name="Quang"),
        title="Bình luận trận chung kết",
        category=categories["sports"],
    )
    away = _on_air(
        UserFactory(username="bao_ngoc", display_name="Bảo Ngọc"),
        "Đan len và nói chuyện phiếm",
        categories["other"],
        88,
    )
    away.state, away.interrupted_since = RoomState.RECONNECTING, now() - timedelta(seconds=20)
    away.save(update_fields=["state", "interrupted_since"])
    locked = RoomFactory(visibility="password", password="x", title="Nobody reads this")
    adults = _on_air(
        UserFactory(username="huy_dem", display_name="Huy"), "Kể chuyện ma", categories["talk"], 7
    )
    adults.is_mature = True
    adults.save(update_fields=["is_mature"])
    ended = Room.objects.filter(owner=linh, state=RoomState.ENDED).first()
    assert ended is not None
    for followed in ("minh_anh", "tuan", "quang", "huy_dem", "newcomer"):
        follow(linh, User.objects.get(username=followed))
    assert ended.ended_at is not None
    _crowded(ended, 120, until=ended.ended_at)
    audience = {"peak_viewers": 98, "unique_viewers": 412, "watched_seconds": 5_400 * 60}
    Room.objects.filter(pk=ended.pk).update(**audience)
    _talked_about(live)
    _kept(live, waiting)
    for person in User.objects.all():
        refresh_search_of_owner(person)
    set_rules(away.owner, "Nói chuyện tử tế, không spoil phim.\nQuảng cáo thì hỏi mình trước nhé!")
    rooms = {
        "away": away,
        "live": live,
        "waiting": waiting,
        "ended": ended,
        "locked": locked,
        "adults": adults,
    }
    stop = stop_link(linh)
    return {"stop": stop} | {name: room.room_id for name, room in rooms.items()}


_SAID = [
    ("minh_anh", "Chào cả nhà! Tối nay ăn gì thế ạ?", None),
    ("linh", "Cá kho tộ với canh chua nè mọi người, ai chưa ăn tối thì chuẩn bị đói nha", 0),
    ("hoang.dev", "🔥🔥🔥", None),
    ("thuy_duong", "@linh cho em xin công thức với, lần trước kho bị mặn quá", None),
    ("quang", "Công thức ở đây nha: https://example.org/cong-thuc/ca-kho-to-mien-tay", 3),
    ("ada", "Watching from Lisbon, it smells amazing even through the screen", None),
    (
        "tuan",
        "Nhà em ngày xưa cũng ở phố cũ, nghe kể mà nhớ quá trời luôn chị ơi",
        None,
    ),
    ("bao_ngoc", "😂", None),
    ("minh_anh", "Cho thêm tiêu đi chị ơi!", 1),
    ("linh", "Đợi xíu, tiêu cho sau cùng mới thơm 😋", 8),
]


def _talked_about(room: Room) -> None:
    """People say something in the room, one of them keeping order in it."""
    people = {user.username: user for user in User.objects.all()}
    Moderator.objects.create(owner=room.owner, user=people["quang"])
    said: list[Message] = []
    for minute, (username, text, reply_to) in enumerate(_SAID):
        role = {"linh": "owner", "quang": "moderator"}.get(username, "")
        said.append(
            MessageFactory(
                room=room,
                author=people[username],
                role=role,
                text=text,
                reply_to=None if reply_to is None else said[reply_to],
                sent=now() - timedelta(minutes=len(_SAID) - minute),
            )
        )


def _kept(room: Room, quiet: Room) -> None:
    """What the filter of the room has, what waits in it, and a room that takes followers only."""
    people = {user.username: user for user in User.objects.all()}
    for text, treatment, seconds in (
        ("cặc", "time-out", 600),
        ("đm", "hide", 0),
        ("mua acc*", "hold", 0),
        ("tặng quà miễn phí", "hold", 0),
    ):
        add_word(
            room=room,
            actor_id=room.owner.pk,
            text=text,
            treatment=treatment,
            seconds=seconds,
            also_unmarked=treatment == "hold",
        )
    for username, text, word in (
        ("tuan", "Ai mua acc game không, inbox mình nhé, giá hạt dẻ luôn", "mua acc*"),
        (
            "thuy_duong",
            "Chị ơi hôm nay có tặng quà miễn phí cho người xem không ạ?",
            "tặng quà miễn phí",
        ),
    ):
        HeldMessage.objects.create(room=room, author=people[username], text=text, word=word)
    Chat.objects.create(
        room=quiet, followers_only=True, followers_minutes=10, verified_only=False, slow_seconds=10
    )


def say(room_id: str, username: str, text: str) -> None:
    """Let somebody say something, in front of everybody who has the room open."""
    room, author = Room.objects.get(room_id=room_id), User.objects.get(username=username)
    # As often as pictures are taken.
    Message.objects.filter(room=room, author=author).update(sent=now() - timedelta(hours=1))
    send_message(room=room, author=author, text=text)


def overlay_secret_of(username: str) -> str:
    """Return the secret of this streamer's overlay."""
    return overlay_secret(User.objects.get(username=username))


def session_of(username: str) -> str:
    """Return the cookie of a session in which this person is signed in."""
    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    return session.session_key


def _on_air(owner: User, title: str, category: Category, minutes: int) -> Room:
    since = now() - timedelta(minutes=minutes)
    return RoomFactory(
        owner=owner, title=title, category=category, state=RoomState.LIVE, live_since=since
    )


def _over(owner: User, title: str, category: Category, days: int) -> Room:
    ended = now() - timedelta(days=days)
    return RoomFactory(
        owner=owner,
        title=title,
        category=category,
        state=RoomState.ENDED,
        live_since=ended - timedelta(hours=2),
        ended_at=ended,
        end_reason=EndReason.OWNER,
    )


def _measured(room: Room, problems: list[str]) -> None:
    """An encoder is connected to the room, and this is what was seen of it."""
    PublisherFactory(
        room=room,
        keyframe=now(),
        encoder="obs-output module (libobs version 30.2.3)",
        video_kbps=4380,
        audio_kbps=161,
        problems=problems,
    )
    BroadcastFactory(
        room=room,
        encoder="obs-output module (libobs version 30.2.3)",
        video_codec="H.264",
        audio_codec="AAC",
        width=1920,
        height=1080,
        fps=59.94,
        bitrate_kbps=4541,
        keyframe_seconds=12.0,
        reconnects=1,
    )
    _plotted(room)


def _plotted(room: Room) -> None:
    """Its encoder wavered a little, and people came and went."""
    at = now()
    Measure.objects.bulk_create(
        Measure(
            room=room,
            at=at - timedelta(seconds=5 * step),
            kbps=4541 - 40 * (step % 7) - (2600 if 50 < step < 56 else 0),
            fps=60 if not 50 < step < 56 else 38,
        )
        for step in range(118)
    )
    _crowded(room, 34, until=at)


def _crowded(room: Room, minutes: int, *, until: datetime) -> None:
    minute = until.replace(second=0, microsecond=0)
    AudienceMinute.objects.bulk_create(
        AudienceMinute(
            room=room,
            minute=minute - timedelta(minutes=step),
            viewers=round(90 * step / minutes * (1.6 - step / minutes)) + step % 5 + 8,
        )
        for step in range(minutes)
    )
