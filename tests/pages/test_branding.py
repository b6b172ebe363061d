"""The site's own name, color, mark and words: changed by its keepers, shown everywhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts import mails
from accounts.models import AuditEntry
from streair.core import brand
from streair.core.models import SiteSettings
from tests.factories import UserFactory
from tests.pages.reading import read

pytestmark = pytest.mark.django_db

FORM = "/admin/core/sitesettings/1/change/"
_FIELDS = ["name", "accent", "contact", "footer_links", "notice_vi", "notice_en"]
EMPTY = dict.fromkeys([*_FIELDS, "terms_vi", "terms_en", "rules_vi", "rules_en"], "")


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    client.get("/admin/core/sitesettings/")
    return client


def save(client: Client, **values: Any) -> Any:
    answer = client.post(FORM, {**EMPTY, **values})
    brand.forget()
    return answer


def picture(kind: str = "PNG", size: int = 600) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (size, size), "#7c3aed").save(out, kind)
    return SimpleUploadedFile("mark.png", out.getvalue())


def test_the_name_is_on_pages_in_the_manifest_and_in_mails(keeper: Client) -> None:
    save(keeper, name="Phố  Live")

    page = Client().get("/sign-up/").content.decode()
    manifest = Client().get("/en/manifest.webmanifest").json()

    assert "StreAir" not in page
    assert page.count("Phố Live") >= 4
    assert (manifest["name"], manifest["lang"], manifest["start_url"]) == ("Phố Live", "en", "/en/")
    assert "Phố Live" in mails.reset("Ada", "ada@example.org", "https://x/").text


def test_the_color_comes_as_a_style_sheet_under_a_name_of_its_own(keeper: Client) -> None:
    assert "/site/" not in Client().get("/sign-in/").content.decode()

    save(keeper, accent="#7C3AED")
    link = brand.brand().style_version
    style = Client().get(f"/site/{link}.css")

    assert f"/site/{link}.css" in Client().get("/sign-in/").content.decode()
    assert "--accent: light-dark(#7c3aed, " in style.content.decode()
    assert "immutable" in style["Cache-Control"]
    assert Client().get("/site/0000.css").status_code == 404


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "#12345g", "#fff; } body {"])
def test_what_is_no_color_is_refused(keeper: Client, color: str) -> None:
    assert save(keeper, accent=color).status_code == 200
    assert SiteSettings.objects.get().accent == ""


def test_a_mark_is_made_anew_and_the_old_one_deleted(
    keeper: Client, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    save(keeper, picture=picture())
    first = SiteSettings.objects.get().mark
    shown = Client().get("/sign-in/").content.decode()

    assert f"/media/{first}-64.webp" in shown
    assert f"/media/{first}-live.webp" in shown
    assert [path.name for path in tmp_path.rglob("*-512.webp")] == [f"{Path(first).name}-512.webp"]

    with django_capture_on_commit_callbacks(execute=True):
        save(keeper, without_picture="on")

    assert SiteSettings.objects.get().mark == ""
    assert list(tmp_path.rglob("*.webp")) == []


def test_what_is_no_picture_is_refused(keeper: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    svg = SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>")

    assert save(keeper, picture=svg, name="Not saved").status_code == 200
    assert SiteSettings.objects.get().name == ""


def test_links_stand_at_the_end_of_pages(keeper: Client) -> None:
    save(keeper, footer_links="Blog https://blog.example.org\nBáo lỗi mailto:a@example.org\n")

    links = read(Client().get("/sign-in/")).links

    assert {"https://blog.example.org", "mailto:a@example.org", "/terms/", "/rules/"} <= set(links)


@pytest.mark.parametrize(
    "line",
    ["x javascript:alert(1)", "x data:text/html,x", "x //evil.example", "https://bare.example"],
)
def test_links_that_are_none_are_refused(keeper: Client, line: str) -> None:
    assert save(keeper, footer_links=line).status_code == 200
    assert SiteSettings.objects.get().footer_links == []


def test_own_words_stand_in_the_place_of_ours(keeper: Client) -> None:
    ours = Client().get("/en/terms/").content.decode()
    save(keeper, terms_vi="# Điều một\nMột.\n\n<b>Hai</b>", contact="keepers@example.org")

    vi = Client().get("/terms/").content.decode()
    en = Client().get("/en/terms/").content.decode()

    assert "Your data" in ours
    assert "<h2>Điều một</h2>" in vi
    assert "&lt;b&gt;Hai" in vi
    assert "mailto:keepers@example.org" in vi
    # The other language has none of its own: better theirs than ours.
    assert "Điều một" in en


def test_a_notice_stands_on_every_page(keeper: Client) -> None:
    save(keeper, notice_vi="Bảo trì lúc 02:00", notice_en="Maintenance at 02:00")

    assert "Bảo trì lúc 02:00" in Client().get("/sign-in/").content.decode()
    assert "Maintenance at 02:00" in Client().get("/en/nowhere/").content.decode()


def test_a_change_is_written_down(keeper: Client) -> None:
    save(keeper, name="Phố Live")

    entry = AuditEntry.objects.get(action="sitesettings.changed")

    assert entry.after == {"name": "Phố Live"}


def test_only_keepers_change_it(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True))

    assert client.get("/admin/core/sitesettings/").status_code == 403
    assert client.post(FORM, {**EMPTY, "name": "Mine"}).status_code == 403
    assert not SiteSettings.objects.filter(name="Mine").exists()


def test_there_is_one_row(keeper: Client) -> None:
    assert keeper.get("/admin/core/sitesettings/add/").status_code == 403
    SiteSettings(name="Second").save()
    assert SiteSettings.objects.count() == 1


def test_pages_ask_for_it_once(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brand.forget()
    with django_assert_num_queries(1):
        client.get("/sign-in/")
    with django_assert_num_queries(0):
        client.get("/sign-in/")


def test_the_environment_names_a_site_without_a_row(client: Client, settings: Any) -> None:
    settings.SITE_NAME, settings.SITE_ACCENT = "Từ biến môi trường", "no color"
    brand.forget()

    assert "Từ biến môi trường" in client.get("/sign-in/").content.decode()
    assert brand.brand().accent == ""


def test_programs_that_guess_find_an_icon(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("favicon.ico")


@pytest.mark.parametrize(("is_staff", "status"), [(True, 200), (False, 404)])
def test_the_components_are_shown_to_keepers(client: Client, is_staff: bool, status: int) -> None:
    client.force_login(UserFactory(is_staff=is_staff))

    assert client.get("/styleguide/").status_code == status
    assert Client().get("/styleguide/").status_code == 404


def test_another_name_of_the_site_makes_another_service_worker(keeper: Client) -> None:
    before = Client().get("/service-worker.js").content
    assert Client().get("/service-worker.js").content == before

    save(keeper, name="Làng stream")

    assert Client().get("/service-worker.js").content != before
