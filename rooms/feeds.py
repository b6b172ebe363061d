"""What somebody streamed, for feed readers: RSS and Atom, of what everybody may know about."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape, linebreaks, urlize
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import person
from rooms import selectors
from rooms.models import Room


class ChannelAtom(Feed):  # type: ignore[type-arg]
    """The streams of one person, the latest first."""

    feed_type: type[SyndicationFeed] = Atom1Feed

    def get_object(self, request: HttpRequest, username: str) -> User:
        """Return whose streams they are. Raises NotFound."""
        return person(username)

    def title(self, owner: User) -> str:
        return f"{owner.shown_name} · StreAir"

    def link(self, owner: User) -> str:
        return reverse("rooms:channel", args=[owner.username])

    def subtitle(self, owner: User) -> str:
        return owner.bio or _("Live streams of %(name)s.") % {"name": owner.shown_name}

    description = subtitle

    def author_name(self, owner: User) -> str:
        return owner.shown_name

    def items(self, owner: User) -> list[Room]:
        return selectors.rooms_for_feed(owner)

    def item_link(self, item: Room) -> str:
        return reverse("rooms:watch", args=[item.room_id])

    def item_description(self, item: Room) -> str:
        """Return what the streamer wrote, as HTML that holds nothing but paragraphs and links."""
        return (
            linebreaks(urlize(escape(item.description), nofollow=True)) if item.description else ""
        )

    def item_pubdate(self, item: Room) -> datetime | None:
        return item.live_since

    def item_updateddate(self, item: Room) -> datetime | None:
        return item.ended_at or item.live_since

    def item_categories(self, item: Room) -> list[str]:
        return [item.category.name, *item.tags] if item.category else list(item.tags)


class ChannelRss(ChannelAtom):
    """The same as RSS."""

    feed_type = Rss201rev2Feed
