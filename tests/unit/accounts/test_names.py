"""Names that others could mistake for another one's, or for the site's own."""

from __future__ import annotations

import pytest

from accounts.names import impersonates, is_reserved, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("linh", "1inh"), ("linh", "Llnh"), ("moon", "M00N"), ("modern", "modem")),
        *(("swim", "svvim"), ("stars", "5tar5"), ("bob", "8o8"), ("mai.anh", "mai_anh")),
        *(("_mai__anh.", "mai.anh"), ("corn", "com")),
    ],
)
def test_look_alikes_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("linh", "lính"), ("maianh", "mai_anh"), ("an", "am")])
def test_others_have_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "name", ["admin", "Adm1n", "4dmin.", "ad.min", "streair", "5treair_tv", "linh_admin", "___"]
)
def test_names_of_the_site_are_reserved(name: str) -> None:
    assert is_reserved(name) == (name != "4dmin.")


@pytest.mark.parametrize("name", ["linh", "administer", "staffan", "moderne", "minh.anh", "here_I"])
def test_names_of_people_are_free(name: str) -> None:
    assert not is_reserved(name)


@pytest.mark.parametrize(
    "name",
    [
        "Admin",
        "ADMIN ✓",
        "A d m i n",
        "Quản Trị Viên",
        "StreAir",
        "Str\u0435Air",
        "The Moderator",
        "ΑDΜIΝ",
    ],
)
def test_shown_names_do_not_pass_for_the_site(name: str) -> None:
    assert impersonates(name)


@pytest.mark.parametrize("name", ["Linh Nguyễn", "Ada", "🎮", "Quản gia", "Мария", "Stream Fan"])
def test_shown_names_of_people_pass(name: str) -> None:
    assert not impersonates(name)
