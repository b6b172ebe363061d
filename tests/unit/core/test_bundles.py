"""What collectstatic makes of the small files: joined, complete, and nothing that it does not understand."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder

from streair.bundles import BundleError, join_script, join_style, sheets_in
from streair.staticfiles import JoinedFilesStorage

BASE = Path(__file__).resolve().parent.parent.parent.parent
SHEET = BASE / "static/css/site.css"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.css").write_text(text)
    return folder / "site.css"


def test_every_sheet_stands_in_its_layer_in_the_order_of_the_imports(tmp_path: Path) -> None:
    sheet = write(
        tmp_path,
        site='/* The order. */\n@layer a, b;\n@import url("one.css") layer(a);\n'
        '@import url("two.css") layer(b);\n',
        one="p { color: red; }",
        two="/* Why. */\np { color: blue; }",
    )

    assert join_style(sheet).split("\n") == [
        "@layer a, b;",
        *("@layer a {", "p { color: red; }", "}"),
        *("@layer b {", "p { color: blue; }", "}"),
        "",
    ]


@pytest.mark.parametrize(
    ("site", "one"),
    [
        ('@import "one.css";', ""),
        ('@import url("one.css");', ""),
        ('@import url("one.css") layer(a) print;', ""),
        ('@import url("one.css") layer(a);', '@import url("two.css") layer(b);'),
    ],
)
def test_what_would_change_the_order_is_refused(tmp_path: Path, site: str, one: str) -> None:
    with pytest.raises(BundleError):
        join_style(write(tmp_path, site=site, one=one))


def test_a_sheet_elsewhere_that_names_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/one.css").write_text('p { background: url("one.png"); }')
    sheet = write(tmp_path, site='@import url("parts/one.css") layer(a);')

    with pytest.raises(BundleError, match="names a file"):
        join_style(sheet)


def named_by_templates() -> set[str]:
    """Return the sheets that some page asks for."""
    texts = [path.read_text() for path in (BASE / "templates").rglob("*.html")]
    return {name for text in texts for name in re.findall(r'static "css/(\w+)\.css"', text)}


def test_the_sites_sheet_takes_in_all_sheets_that_pages_do_not_ask_for_themselves() -> None:
    joined = {path.relative_to(SHEET.parent).as_posix() for path in sheets_in(SHEET)}
    there = {path.relative_to(SHEET.parent).as_posix() for path in SHEET.parent.rglob("*.css")}

    assert {name.removesuffix(".css") for name in there - joined} <= named_by_templates()
    assert "@import" not in join_style(SHEET)


def test_a_script_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "page.js"
    module.write_text('import { nothing } from "./none.js";\nnothing();\n')

    with pytest.raises(BundleError, match=re.escape("none.js")):
        join_script(module, tmp_path / "joined")


def test_no_module_that_two_scripts_of_a_page_share_keeps_anything_to_itself() -> None:
    """Each script brings a copy of its own: site.js beside every other."""
    graph = {path: _imports(path) for path in (BASE / "static/js").rglob("*.js")}
    everywhere = _reached(BASE / "static/js/pages/site.js", graph)

    stateful = {
        path.name
        for path in everywhere
        if re.search(r"^(let|var) ", path.read_text(), re.MULTILINE)
    }

    assert len(everywhere) > 3
    assert stateful == set()


def test_only_joined_files_are_published(settings: Any, tmp_path: Path) -> None:
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    storage = JoinedFilesStorage(location=tmp_path)
    found = [
        (name, source)
        for name, source in FileSystemFinder().list([])
        if name.startswith(("js/", "css/", "lib/inter/"))
    ]
    for name, source in found:
        with source.open(name) as file:
            storage.save(name, file)

    done = list(storage.post_process({name: (source, name) for name, source in found}))

    assert [each for each in done if isinstance(each[2], Exception)] == []
    pages = {path.stem for path in (BASE / "static/js/pages").glob("*.js")}
    scripts = {path.name.split(".")[0] for path in tmp_path.rglob("*.js")}
    later = {name for name in scripts if re.search(r"-[A-Z0-9]{8}$", name)}
    assert {name[:-9] for name in later} == {"emoji-data", "preview", "socket"}
    assert scripts - later == pages
    sheets = {path.name.split(".")[0] for path in tmp_path.rglob("*.css")}
    assert sheets == named_by_templates()
    emoji = next(path.name for path in tmp_path.rglob("emoji-data-*.js"))
    watch = (tmp_path / storage.stored_name("js/pages/watch.js")).read_text()
    assert f'import("./{emoji}")' in watch


def test_what_is_joined_is_found_whichever_comes_first(settings: Any, tmp_path: Path) -> None:
    """The order is that of the disk, and a page may come before the part that it imports later."""
    storage = JoinedFilesStorage(location=tmp_path)
    files = {
        name: (source, name)
        for name, source in FileSystemFinder().list([])
        if name.startswith(("js/", "css/"))
    }

    with TemporaryDirectory() as folder:
        joined = storage._join(files, Path(folder))
        made = [
            name for name, (source, _) in joined.items() if Path(source.path("")) == Path(folder)
        ]

    assert len(made) > 5
    assert [name for name in made if not storage.exists(name)] == []


def _imports(module: Path) -> list[Path]:
    names = re.findall(r'^import [^;]*?"(\.{1,2}/[^"]+)";', module.read_text(), re.MULTILINE)
    return [(module.parent / name).resolve() for name in names]


def _reached(module: Path, graph: dict[Path, list[Path]]) -> set[Path]:
    reached: set[Path] = set()
    todo = [module]
    while todo:
        each = todo.pop()
        if each not in reached:
            reached.add(each)
            todo += graph[each]
    return reached
