"""What other sites learn of rooms: cards, frames, feeds and maps; and what they never do."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils.timezone import now

from rooms.models import Room, RoomState, Visibility
from tests.factories import CategoryFactory, RoomFactory, UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db


def aired(**fields: Any) -> Room:
    return RoomFactory(**{"state": RoomState.LIVE, "live_since": now(), **fields})


def hidden_rooms() -> list[Room]:
    """Return rooms of one streamer that strangers must not come across; the title says how."""
    owner = UserFactory(username="quiet")
    over = {"state": RoomState.ENDED, "ended_at": now(), "owner": owner}
    return [
        aired(title="secret-unlisted", visibility=Visibility.UNLISTED, **over),
        aired(title="secret-locked", visibility=Visibility.PASSWORD, password="x", **over),
        aired(title="secret-mature", is_mature=True, **over),
        RoomFactory(title="secret-never-aired", owner=owner),
    ]


def meta(client: Client, path: str) -> dict[str, str]:
    tags = read(client.get(path)).tags
    found = [attrs for tag, attrs in tags if tag == "meta" and "content" in attrs]
    return {attrs.get("property") or attrs.get("name") or "": attrs["content"] for attrs in found}


def links(client: Client, path: str, rel: str) -> list[dict[str, str]]:
    return [
        attrs
        for tag, attrs in read(client.get(path)).tags
        if tag == "link" and attrs.get("rel") == rel
    ]


def test_a_rooms_card_says_what_is_on_and_shows_its_picture(client: Client) -> None:
    picture = "rooms/ab/" + "c" * 32
    room = aired(title="Cá kho & <tộ>", description="Tối nay", picture=picture)

    card = meta(client, f"/en/rooms/{room.room_id}/?from=chat")

    assert card["og:title"] == card["twitter:title"] == "Cá kho & <tộ>"
    assert card["og:description"] == "Tối nay"
    assert card["og:url"] == f"http://testserver/en/rooms/{room.room_id}/"
    assert card["og:image"] == f"http://testserver/media/{picture}-1280.webp"
    assert card["og:video:url"] == f"http://testserver/en/embed/{room.room_id}"
    assert (card["og:locale"], card["og:locale:alternate"]) == ("en_US", "vi_VN")
    assert card["twitter:card"] == "summary_large_image"


def test_cards_begin_with_the_address_that_the_site_is_known_by(
    client: Client, settings: Any
) -> None:
    settings.CLIENT_URL = "https://live.example.org"

    assert meta(client, "/")["og:url"] == "https://live.example.org/"
    assert links(client, "/", "canonical")[0]["href"] == "https://live.example.org/"
    twins = {each["hreflang"]: each["href"] for each in links(client, "/", "alternate")}
    assert twins == {
        "x-default": "https://live.example.org/",
        "vi": "https://live.example.org/",
        "en": "https://live.example.org/en/",
    }


def test_search_engines_are_told_of_a_broadcast(client: Client) -> None:
    room = aired(title="</script><b>")

    html = client.get(f"/rooms/{room.room_id}/").content.decode()

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found
    data = json.loads(found[1])
    assert (data["@type"], data["name"]) == ("VideoObject", "</script><b>")
    assert data["publication"]["isLiveBroadcast"] is True
    assert "<b>" not in found[1]


def test_a_room_that_not_everybody_finds_offers_no_frame_and_no_data(client: Client) -> None:
    room = aired(visibility=Visibility.UNLISTED, title="For friends")

    html = client.get(f"/rooms/{room.room_id}/").content.decode()

    assert "ld+json" not in html
    assert "/embed/" not in html
    assert "oembed" not in html


def test_a_public_room_may_be_framed_and_no_other_page(client: Client) -> None:
    room = aired()

    framed, watch = client.get(f"/embed/{room.room_id}"), client.get(f"/rooms/{room.room_id}/")

    assert framed.status_code == 200
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert not framed.has_header("X-Frame-Options")
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    page = read(framed)
    assert page.inline == []
    assert page.having("data-player")[0]["data-room-id"] == room.room_id
    assert "frame-ancestors 'none'" in watch["Content-Security-Policy"]
    assert watch["X-Frame-Options"] == "DENY"


def test_the_site_decides_who_may_frame_it(client: Client, settings: Any) -> None:
    settings.EMBED_FRAME_ANCESTORS = ["https://friend.example.org"]

    policy = client.get(f"/embed/{aired().room_id}")["Content-Security-Policy"]

    assert "frame-ancestors https://friend.example.org;" in policy + ";"


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PASSWORD])
def test_a_private_room_in_a_frame_is_like_none_at_all(client: Client, visibility: str) -> None:
    room = aired(visibility=visibility, password="x", title="secret")

    private, none = client.get(f"/embed/{room.room_id}"), client.get("/embed/nothing-here")

    assert (private.status_code, none.status_code) == (404, 404)
    assert private.content == none.content
    assert "frame-ancestors *" in private["Content-Security-Policy"]


def test_a_room_for_adults_in_a_frame_sends_people_to_its_page(client: Client) -> None:
    room = aired(is_mature=True)

    page = read(client.get(f"/embed/{room.room_id}"))

    assert page.having("data-player") == []
    assert f"/rooms/{room.room_id}/" in page.links


@pytest.mark.parametrize("path", ["/rooms/{}/", "/en/rooms/{}/"])
def test_oembed_answers_for_the_address_of_a_room(client: Client, path: str) -> None:
    room = aired(title='A "quiet" evening')
    url = "http://testserver" + path.format(room.room_id)

    answer = client.get("/oembed", {"url": url, "maxwidth": "640", "maxheight": "9000"})

    data = answer.json()
    assert (data["type"], data["version"], data["title"]) == ("video", "1.0", room.title)
    assert (data["width"], data["height"]) == (640, 360)
    assert f'src="http://testserver/embed/{room.room_id}" width="640" height="360"' in data["html"]
    assert "&quot;quiet&quot;" in data["html"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_page_of_a_room_says_where_oembed_answers(client: Client) -> None:
    room = aired()

    [link] = [
        each
        for each in links(client, f"/rooms/{room.room_id}/", "alternate")
        if each.get("type") == "application/json+oembed"
    ]

    assert client.get(link["href"]).json()["title"] == room.title


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://testserver/",
        "http://testserver/rooms/none/",
        "http://elsewhere.example/rooms/{}/",
        "javascript://testserver/rooms/{}/",
        "http://testserver/@quiet/",
        "http://[",
    ],
)
def test_oembed_knows_nothing_else(client: Client, url: str) -> None:
    answer = client.get("/oembed", {"url": url.format(aired().room_id)})

    assert answer.status_code == 404


def test_oembed_refuses_what_it_cannot_do(client: Client) -> None:
    url = f"http://testserver/rooms/{aired().room_id}/"

    assert client.get("/oembed", {"url": url, "format": "xml"}).status_code == 501
    assert client.get("/oembed", {"url": url, "maxwidth": "wide"}).status_code == 422


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_channels_feed_tells_what_was_on(client: Client, kind: str) -> None:
    owner = UserFactory(username="linh", display_name="Linh")
    category = CategoryFactory(slug="cooking", name_en="Cooking")
    aired(owner=owner, title="Cá kho <tộ>", description="<b>x</b>", category=category, tags=["ca"])

    answer = client.get(f"/en/@linh/{kind}.xml")

    root = ElementTree.fromstring(answer.content)  # noqa: S314 - our own.
    text = " ".join(root.itertext())
    assert answer["Content-Type"].startswith(f"application/{kind}+xml")
    assert "Cá kho" in text
    assert "&lt;b&gt;x" in text
    assert "Linh" in text
    [address] = [
        each["href"]
        for each in links(client, "/en/@linh/", "alternate")
        if kind in each.get("type", "")
    ]
    assert address == f"/en/@linh/{kind}.xml"


def test_a_feed_of_nobody_is_not_there(client: Client) -> None:
    UserFactory(username="gone", is_active=False)

    assert client.get("/@nobody/atom.xml").status_code == 404
    assert client.get("/@gone/atom.xml").status_code == 404


def test_the_map_names_what_is_public_in_both_languages(client: Client) -> None:
    room = aired(owner=UserFactory(username="linh"))

    text = client.get("/sitemap.xml").content.decode()

    for path in ["/", "/en/", f"/rooms/{room.room_id}/", f"/en/rooms/{room.room_id}/", "/@linh/"]:
        assert f"<loc>http://testserver{path}</loc>" in text
    assert 'hreflang="x-default"' in text


def test_robots_are_told_where_the_map_is_and_what_to_leave_alone(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /studio/\n" in text
    assert "Disallow: /en/studio/\n" in text
    assert not re.search(r"Disallow: /(en/)?(rooms|@)?$", text, re.MULTILINE)


def test_nothing_that_strangers_may_not_come_across_is_told_to_other_sites(client: Client) -> None:
    rooms = hidden_rooms()
    told = ["/sitemap.xml", "/@quiet/atom.xml", "/@quiet/rss.xml", "/"]
    oembeds = [f"/oembed?url=http://testserver/rooms/{room.room_id}/" for room in rooms[:3]]

    texts = [client.get(path).content.decode() for path in told]

    for room in rooms:
        for text in texts[:3]:
            assert room.room_id not in text
            assert room.title not in text
    assert "/@quiet/" not in texts[0]
    assert [client.get(url).status_code for url in oembeds] == [404, 404, 404]


@pytest.mark.parametrize("url", ["/sitemap.xml", "/@linh/atom.xml"])
def test_a_longer_list_takes_no_more_queries(
    client: Client, url: str, django_assert_num_queries: Any
) -> None:
    linh = UserFactory(username="linh")
    over = {"owner": linh, "state": RoomState.ENDED, "ended_at": now()}
    aired(**over)
    with django_assert_num_queries(2):
        client.get(url)

    aired(category=CategoryFactory(), **over)
    aired(category=CategoryFactory(), **over)

    with django_assert_num_queries(2):
        client.get(f"{url}?again")
