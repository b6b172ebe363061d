"""Static files as the site itself hands them out."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from streair.staticfiles import StaticFiles


@pytest.fixture
def static_files(settings: Any, tmp_path: Path) -> StaticFiles:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "note.txt").write_bytes(b"0123456789")
    return StaticFiles(lambda _request: HttpResponse(status=404))


def test_a_file_comes_whole_and_not_as_a_stream(static_files: StaticFiles) -> None:
    response = static_files(RequestFactory().get("/static/note.txt"))

    assert (response.status_code, response.streaming) == (200, False)
    assert response.content == b"0123456789"
    assert response["Content-Type"].startswith("text/plain")


def test_head_comes_without_the_file(static_files: StaticFiles) -> None:
    response = static_files(RequestFactory().head("/static/note.txt"))

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == "10"


def test_a_range_comes_alone(static_files: StaticFiles) -> None:
    response = static_files(
        RequestFactory().get("/static/note.txt", headers={"Range": "bytes=2-4"})
    )

    assert (response.status_code, response.content) == (206, b"234")
    assert response["Content-Range"] == "bytes 2-4/10"


def test_what_is_known_already_does_not_come_again(static_files: StaticFiles) -> None:
    changed = static_files(RequestFactory().get("/static/note.txt"))["Last-Modified"]
    again = RequestFactory().get("/static/note.txt", headers={"If-Modified-Since": changed})

    assert static_files(again).status_code == 304


@pytest.mark.parametrize("path", ["/static/", "/static/../secrets.env", "/static/none.txt"])
def test_nothing_else_is_handed_out(static_files: StaticFiles, path: str) -> None:
    assert static_files(RequestFactory().get(path)).status_code == 404


@pytest.mark.django_db
def test_pages_come_compressed_and_lists_do_not(client: Client) -> None:
    packed = {"Accept-Encoding": "gzip, br"}

    page, plain = client.get("/", headers=packed), client.get("/")
    rooms = client.get("/api/rooms", headers=packed)

    assert page["Content-Encoding"] == "gzip"
    assert b"<!DOCTYPE html>" in gzip.decompress(page.content)
    assert "Accept-Encoding" in page["Vary"]
    assert not plain.has_header("Content-Encoding")
    assert not rooms.has_header("Content-Encoding")
