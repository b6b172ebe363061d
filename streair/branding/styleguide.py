"""The page of components: what pages are made of, in every state, for whoever builds or judges them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from streair.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class _Person:
    username: str
    shown_name: str
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class _Room:
    """As much of a room as a card shows."""

    room_id: str
    title: str
    state: str
    owner: _Person
    category: None = None
    is_mature: bool = False
    hides_viewers: bool = False
    ended_at: datetime | None = None
    card_picture: str = ""
    large_picture: str = ""

    @property
    def is_open(self) -> bool:
        return self.state != "ended"

    @property
    def is_on_air(self) -> bool:
        return self.state in {"live", "reconnecting"}

    @property
    def live_since(self) -> datetime:
        return now() - timedelta(minutes=34)


_PEOPLE = [_Person("linh", "Linh Nguyễn"), _Person("tuan", "Tuấn"), _Person("ada", "Ada")]
_TITLE = "Cơm nhà tập 21: cá kho tộ, canh chua và chuyện phố cũ, kể cho người đi xa nghe"


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Tên · Name", help_text="Trợ giúp · Help", initial="Minh Anh")
    wrong = forms.EmailField(label="E-mail", initial="minh anh@")
    kind = forms.ChoiceField(
        label="Chủ đề · Category", choices=[("a", "Âm nhạc"), ("b", "Trò chơi")]
    )
    about = forms.CharField(
        label="Giới thiệu · About", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    password = forms.CharField(label="Mật khẩu · Password", widget=forms.PasswordInput)
    yes = forms.BooleanField(label="Nhận thông báo · Notify me", required=False, initial=True)
    no = forms.BooleanField(label="18+", required=False, help_text="Trợ giúp · Help")
    fixed = forms.CharField(label="Không đổi được · Disabled", disabled=True, initial="linh")
    file = forms.FileField(label="Ảnh · Picture", required=False)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, to developers and keepers."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise NotFound(_("There is no page at this address."))
    form = Sample(
        {"name": "Minh Anh", "wrong": "minh anh@", "kind": "a", "yes": "on", "password": "x"}
    )
    page: dict[str, Any] = {
        "form": form,
        "tones": ("info", "success", "warning", "danger"),
        "toasts": ("info", "success", "warning", "error"),
        "sample": _PEOPLE[0],
        "viewers": {"guide-1": 1234, "guide-2": 7},
        "rooms": [
            _Room("guide-1", _TITLE, "live", _PEOPLE[0], is_mature=True),
            _Room("guide-2", "Painting", "reconnecting", _PEOPLE[2]),
            _Room("guide-3", "Ôn thi", "ended", _PEOPLE[1], ended_at=now() - timedelta(days=3)),
        ],
        "states": ("waiting", "live", "reconnecting", "ended"),
        "leaf": Paginator(range(200), 20).page(4),
    }
    return render(request, "site/styleguide.html", page)
