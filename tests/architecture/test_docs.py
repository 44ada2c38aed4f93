"""The documentation keeps up with the code, and its site needs no other host."""

import ast
import configparser
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle, shipped
from agelens.domain import registry
from agelens.settings import Settings
from agelens.web import create_app
from documents import blocks

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DIRECTIVE = re.compile(r"```\{http-operations\} (\w+)")


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def test_the_start_page_leads_to_what_strangers_look_for() -> None:
    cards = re.findall(r"^:link: (\S+)$", text_of("index.md"), re.MULTILINE)
    wanted = ("first-hour", "how-to/score-a-file", "how-to/add-a-biomarker", "concepts/money")
    assert set(wanted) <= set(cards)
    assert [card for card in cards if not (DOCS / f"{card}.md").is_file()] == []


@pytest.mark.parametrize("name", sorted({directory.parent.name for directory in SHIPPED}))
def test_a_clock_has_a_page_with_its_card_and_a_row_in_the_table(name: str) -> None:
    newest = shipped(name)
    assert newest is not None
    pages = extension("clock_pages")
    card = (newest / "card.md").relative_to(ROOT).as_posix()
    page = pages.page_of(name, newest)
    assert f"```{{include}} ../../{card}\n" in page
    (protocol,) = re.findall(r"\.\./(protocols/\S+\.md)", page)
    assert (DOCS / protocol).is_file()
    assert pages.clock_table().count(f"| [`{name}`]({name}.md)") == 1


def test_the_clocks_of_the_readme_link_to_the_cards_of_their_newest_versions() -> None:
    shown = re.findall(r"\[`([\w-]+)`\]\((\S+/card\.md)\)", (ROOT / "README.md").read_text("utf-8"))
    assert shown
    for name, card in shown:
        newest = shipped(name)
        assert newest is not None
        assert ROOT / card == newest / "card.md"


def test_every_part_of_the_http_api_has_its_page() -> None:
    app = create_app(Settings(database_url="postgresql:///none", redis_url="redis://127.0.0.1:1"))
    document = app.test_client().get("/api/openapi.json").get_json(force=True)
    pages = sorted((DOCS / "reference" / "http").glob("*.md"))
    shown = [tag for page in pages for tag in DIRECTIVE.findall(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(tag["name"] for tag in document["tags"])


def test_the_picture_of_the_layers_shows_those_that_are_enforced() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    contract = config["importlinter:contract:layers"]
    enforced = re.findall(r"\w+", contract["layers"])
    picture = text_of("pictures/layers.svg")
    assert re.findall(r'class="title"[^>]*>(\w+)<', picture) == enforced


def test_every_package_of_the_layers_is_described() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    enforced = re.findall(r"\w+", config["importlinter:contract:layers"]["layers"])
    rows = re.findall(r"^\| (`.*?) \|", text_of("architecture.md"), re.MULTILINE)
    described = re.findall(r"`(\w+)`", " ".join(rows))
    assert set(enforced) <= set(described)


@pytest.fixture
def own_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the registry's file that the registry reads instead."""
    copy = tmp_path / "biomarkers.toml"
    copy.write_bytes((ROOT / "platform/agelens/domain/biomarkers.toml").read_bytes())
    caches = (registry._document, registry.biomarkers)
    with monkeypatch.context() as patch:
        patch.setattr(registry, "REGISTRY_FILE", copy)
        for cache in caches:
            cache.cache_clear()
        yield copy
    for cache in caches:
        cache.cache_clear()


def test_the_biomarker_of_the_how_to_page_is_one(own_registry: Path) -> None:
    (table,) = blocks("docs/how-to/add-a-biomarker.md", "toml")
    with own_registry.open("a", encoding="utf-8") as file:
        file.write(f"\n{table}")
    known = [entry for entry in registry.biomarkers().values() if entry.key != "ferritin"]
    added = registry.biomarker("ferritin")
    assert added.group in {entry.group for entry in known}
    assert [unit.name for unit in added.units] == ["ug/L", "ng/mL", "pmol/L"]
    assert added.plausible is not None
    assert added.plausible[0] <= added.example <= added.plausible[1]
    (pair,) = blocks("docs/how-to/add-a-biomarker.md", "python")
    key, unit, value, canonical = ast.literal_eval(pair)
    converted = next(each for each in registry.biomarker(key).units if each.name == unit)
    assert converted.to_canonical(value) == pytest.approx(canonical, rel=0.007)


def extension(name: str) -> ModuleType:
    """A module of the site's extensions, which are on no path outside a build."""
    place = DOCS / "extensions" / f"{name}.py"
    sys.path[:] = dict.fromkeys([*sys.path, str(place.parent)])  # they import each other
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("values", "words"),
    [(True, "object"), (False, "object"), ({"type": "number"}, "object of number")],
)
def test_an_object_may_allow_any_field(values: object, words: str) -> None:
    schema = {"type": "object", "additionalProperties": values}
    assert extension("http_markdown").type_words(schema) == words


def test_the_tables_of_biomarkers_show_every_key_and_unit() -> None:
    tables = extension("biomarker_markdown").biomarker_tables()
    for entry in registry.biomarkers().values():
        (row,) = [line for line in tables.splitlines() if line.startswith(f"| `{entry.key}` |")]
        shown = re.findall("`([^`]+)`", row)
        assert shown == [entry.key, *entry.choices, *(unit.name for unit in entry.units)]


@pytest.mark.parametrize("name", sorted({directory.parent.name for directory in SHIPPED}))
def test_the_columns_of_a_clock_are_its_features_and_the_age(name: str) -> None:
    directory = shipped(name)
    assert directory is not None
    manifest = load_clock(read_bundle(directory)).manifest
    age = ["chronological_age"]
    written = extension("biomarker_markdown").columns_of(manifest)
    shown = re.findall("`([^`]+)`", written)
    assert sorted(shown) == sorted(age + [each.key for each in manifest.features])
    required = age * manifest.needs_age + [e.key for e in manifest.features if e.required]
    assert [key for line in re.findall("Required: (.+)", written) for key in line.split(", ")] == [
        f"`{key}`" for key in required
    ]


@pytest.fixture(scope="module")
def no_other_host() -> ModuleType:
    """What fails the build of the site where a page needs another host."""
    return extension("no_other_host")


@pytest.mark.parametrize(
    "loading",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        '<link rel="preload icon" href="https://example.org/a.woff2">',
        '<img alt="" src="http://example.org/a.png">',
        '<iframe src="https://example.org/"></iframe>',
        '<p style="background: url(https://example.org/a.png)">',
        "<style>@import 'https://example.org/a.css';</style>",
    ],
)
def test_a_page_that_loads_from_another_host_is_found(
    no_other_host: ModuleType, loading: str, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(f"<html><body>{loading}</body></html>", encoding="utf-8")
    assert len(no_other_host.loads_of_site(tmp_path)) == 1


def test_a_style_sheet_that_loads_from_another_host_is_found(
    no_other_host: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://x.org/a') }", encoding="utf-8")
    assert no_other_host.loads_of_site(tmp_path) == ["a.css: https://x.org/a"]


@pytest.mark.parametrize(
    "harmless",
    [
        '<a href="https://example.org/">a link is followed by a person</a>',
        '<link rel="canonical" href="https://example.org/">',
        '<script src="_static/a.js"></script>',
        '<img alt="" src="data:image/svg+xml,http://www.w3.org/2000/svg">',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    ],
)
def test_links_and_own_files_are_no_loads(no_other_host: ModuleType, harmless: str) -> None:
    assert no_other_host.loads_of_page(f"<html><body>{harmless}</body></html>") == []
