"""When a part of the service is away, pages say so, keep what was typed, and go on afterwards."""

import re
from collections.abc import Iterator

import pytest
from agelens.settings import Settings
from browser.assessment_form import DEMONSTRATION, demo
from browser.conftest import OpenContext
from browser.people import Person
from browser.running import Site, answers, running, wait_until
from browser.watching import settled
from playwright.sync_api import Locator, Page, expect
from proxies import free_port
from servers import Servers, short_home

BY_ITSELF_MS = 60_000
AWAY = "We can't reach AgeLens right now"
CALCULATE = "Calculate my biological age"


@pytest.fixture(scope="module")
def servers(browser_path: str) -> Iterator[Servers]:
    """PostgreSQL and Redis that these tests may stop."""
    with short_home() as home:
        own = Servers(home).start()
        yield own
        own.stop()


@pytest.fixture(scope="module")
def site(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this module's own, whose parts may be stopped."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=servers.postgres.url,
        redis_url=servers.redis.url,
        api_port=free_port(),
        web_port=free_port(),
        rate_limits="off",
    )
    with running(settings, workers=1) as found:
        yield found


@pytest.fixture(autouse=True)
def all_parts_run(site: Site, servers: Servers, clean_books: None) -> Iterator[None]:
    """Every test leaves the site as it found it."""
    yield
    if not servers.redis.ask():
        servers.redis.start()
    if "api" not in site.stack.parts:
        site.start_api()
    if "worker-1" not in site.stack.parts:
        site.start_worker()
    wait_until(lambda: answers(f"{site.api_url}/readyz"))


def heading(page: Page, words: str) -> Locator:
    return page.get_by_role("heading", level=1, name=words, exact=True)


def fill_in(page: Page) -> Locator:
    """A demo profile with a value of one's own."""
    page.goto(DEMONSTRATION)
    demo(page)
    field = page.get_by_label("Systolic blood pressure", exact=True)
    expect(field).not_to_have_value("")
    settled(page)
    field.fill("151,5")
    field.blur()
    return field


def test_without_the_api_pages_say_so_and_come_back(
    page: Page, visitor: Person, site: Site, open_context: OpenContext
) -> None:
    stranger = open_context().new_page()
    site.kill_api()
    page.goto("/history")
    expect(heading(page, "We can't reach AgeLens right now")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(AWAY)

    stranger.goto("/")
    expect(stranger.get_by_role("main")).to_contain_text("No example right now")
    stranger.goto("/login")
    stranger.get_by_label("E-mail").fill(visitor.email)
    stranger.get_by_role("textbox", name="Password").fill(visitor.password)
    stranger.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(stranger.get_by_role("alert")).to_contain_text(AWAY)
    expect(stranger.get_by_label("E-mail")).to_have_value(visitor.email)

    site.start_api()
    page.get_by_role("button", name="Try again").click()
    expect(heading(page, "History")).to_be_visible()


def test_what_was_typed_outlives_the_api(page: Page, visitor: Person, site: Site) -> None:
    field = fill_in(page)
    site.kill_api()
    page.get_by_role("button", name=CALCULATE).click()
    expect(page.get_by_role("alert")).to_contain_text(AWAY)
    expect(field).to_have_value("151,5")
    site.start_api()
    page.get_by_role("button", name=CALCULATE).click()
    expect(heading(page, "Your biological age")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("151.5")
    assert visitor.client.wallet.balance == 90


def test_without_redis_a_task_is_kept_and_calculated_afterwards(
    page: Page, visitor: Person, site: Site, servers: Servers
) -> None:
    fill_in(page)
    servers.redis.stop()
    page.get_by_role("button", name=CALCULATE).click()
    expect(page).to_have_url(re.compile("/results/"), timeout=BY_ITSELF_MS)
    expect(heading(page, "Your result is on its way")).to_be_visible()
    servers.redis.start()
    expect(heading(page, "Your biological age")).to_be_visible(timeout=BY_ITSELF_MS)
    assert visitor.client.wallet.balance == 90
