"""Every page in Russian: no English is left, and longer words find their room."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.people import Person
from browser.places import ADMIN, ANYBODY, OWN, visit
from browser.watching import settled
from playwright.sync_api import Page, expect

WORDS_JS = (Path(__file__).parent / "words.js").read_text(encoding="utf-8")
# What is written with Latin letters in Russian, too: names, abbreviations, units
NAMES = frozenset(
    re.findall(
        r"\S+",
        """
    AgeLens PhenoAge BioAge Jupyter GOLD Light Bortz KDM Levine Hao Klemera Doubal NHANES III IV Kaggle
    Precision Health Gompertz SHAP TreeExplainer LightGBM BioAge API CSV JSON PDF ZIP Excel Parquet
    Stata SPSS SAS FHIR LOINC Python JupyterLab UTC ISO DE RU EN English Deutsch SHA HbA HbA1c HDL
    LDL CRP ALT AST GGT BMI MCV RDW WHO ACC AHA ADA KDIGO NCEP ATP EFLM UTF AGELENS_URL AGELENS_TOKEN
    ln mmol mol umol µmol pmol nmol ukat µkat mg dL mL fL pg ng uU mU kPa mmHg kg cm lb IU dB kB
    UK Biobank HD A1 MCH MCHC PDW OH D90 R4 OpenDocument zip gzip
    MB GB SD Ctrl GitHub LLC Firefox Chrome Safari Windows Linux macOS Android iOS HeadlessChrome
        """,
    )
)
SPOKEN_OF = re.compile(
    r"\S+@\S+|https?://\S+|/\S*|\S+\.(?:json|csv|xlsx|zip|md|py|ipynb)\b"  # addresses and files
    r"|\b[0-9a-f]{6,}(?:-[0-9a-f]+)*\b|\b\w+_\w+\b|\bp\d+\b"  # ids and keys
    r"|\b[a-z][\w-]*(?:\.[\w-]+){2,}|«much»"  # names of figures, and what somebody typed
    r"|\b(?:albumin|crp|glucose|sex|chronological_age)(?=:)"  # the key of an answer
    r"|«Precision Health: Predicting Human Age with Biomarkers»"  # a data set
    r"|\b(?:kaggle|mortality|phenoage|gold|light)(?:-\w+)*\b|\b(?:bortz|kdm|dysregulation)\b"  # clocks
)
WORD = re.compile(r"[A-Za-zµ][A-Za-zµ0-9]+")

pytestmark = pytest.mark.view(locale="ru-RU")
GROUPS = pytest.mark.parametrize("group", [ANYBODY, OWN, ADMIN], ids=["anybody", "own", "admin"])
WIDTHS = [
    pytest.param(width, marks=pytest.mark.view(locale="ru-RU", width=width))
    for width in (390, 1280)
]


def english_words(texts: list[str]) -> Iterator[str]:
    """Texts in which Latin words stand that are no names."""
    for text in texts:
        words = [w for w in WORD.findall(SPOKEN_OF.sub(" ", text)) if w not in NAMES]
        if words:
            yield f"{', '.join(words)}: {text[:100]}"


def opened(page: Page, place: str, person: Person) -> None:
    """A page with its folded parts open, which have texts as well."""
    visit(page, place, person)
    page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    page.evaluate(WORDS_JS)


@GROUPS
def test_no_english_is_left_in_russian(
    page: Page, administrator: Person, enter: Callable[[Person], Person], group: tuple[str, ...]
) -> None:
    if group is not ANYBODY:
        enter(administrator)
    found: list[str] = []
    for place in group:
        opened(page, place, administrator)
        expect(page.locator("html")).to_have_attribute("lang", "ru")
        texts = [*page.evaluate("readTexts()"), page.title()]
        assert texts
        found += [f"{place}: {text}" for text in sorted(set(english_words(texts)))]
    assert not found, "\n".join(found)


@GROUPS
@pytest.mark.parametrize("width", WIDTHS)
def test_longer_words_find_their_room(
    page: Page,
    administrator: Person,
    enter: Callable[[Person], Person],
    group: tuple[str, ...],
    width: int,
) -> None:
    assert page.viewport_size
    assert page.viewport_size["width"] == width
    if group is not ANYBODY:
        enter(administrator)
    found: list[str] = []
    for place in group:
        opened(page, place, administrator)
        cramped = [f"in Russian: {text}" for text in page.evaluate("crampedTexts()")]
        page.evaluate("lengthenTexts()")
        cramped += [f"longer: {text}" for text in page.evaluate("crampedTexts()")]
        found += [f"{place}: {text}" for text in sorted(set(cramped))]
    assert not found, "\n".join(found)


@pytest.mark.view(locale="en-GB")
def test_a_language_is_chosen_in_the_header_and_the_page_stays(page: Page, visitor: Person) -> None:
    page.goto("/history?status=failed")
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    page.get_by_label("Language: English").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page).to_have_url(re.compile(r"/history\?status=failed$"))
    page.get_by_label("Sprache: Deutsch").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.view(locale="en-GB")
def test_the_languages_open_and_close_by_keyboard_and_pointer(page: Page) -> None:
    page.goto("/register")
    settled(page)  # which takes the focus to the first field
    said = page.get_by_label("Language: English")
    german = page.get_by_role("button", name="Deutsch")
    said.focus()
    page.keyboard.press("Enter")
    expect(german).to_be_visible()
    assert_axe_finds_nothing(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(german).to_be_hidden()
    expect(said).to_be_focused()
    said.click()
    expect(german).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(german).to_be_hidden()
    said.click()
    for _ in range(4):  # past the three languages
        page.keyboard.press("Tab")
    expect(german).to_be_hidden()


def assert_axe_finds_nothing(page: Page) -> None:
    heard = Axe().run(page)
    assert heard.violations_count == 0, heard.generate_report()


@pytest.mark.view(locale="en-GB", width=390)
def test_a_visitor_chooses_a_language_in_the_menu_of_a_phone(page: Page) -> None:
    page.goto("/register")
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page).to_have_url("/register")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_words_are_seen_that_the_walk_is_for() -> None:
    texts = ["HbA1c 5,4 %", "Ваш age", "somebody@example.org", "mortality-age 2.0.0", "5 mmol/L"]
    assert list(english_words(texts)) == ["age: Ваш age"]
