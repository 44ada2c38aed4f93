"""When a part of the service is away, pages say so, keep what was typed, and go on afterwards."""

import re
from collections.abc import Callable, Iterator

import pytest
from agelens.settings import Settings
from browser.people import Person
from browser.running import Site, answers, running, wait_until
from playwright.sync_api import Locator, Page, expect
from servers import Servers, short_home

AWAY = "The AgeLens service does not answer at the moment."
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
        api_port=0,
        web_port=0,
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
    page.goto("/new")
    page.get_by_role("button", name="Fill in a demo profile").click()
    field = page.get_by_label("Systolic blood pressure", exact=True)
    expect(field).not_to_have_value("")
    field.fill("151,5")
    field.blur()
    return field


def test_without_the_api_a_page_says_so_and_comes_back(
    page: Page, visitor: Person, site: Site
) -> None:
    site.kill_api()
    page.goto("/history")
    expect(heading(page, "The service is away")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(AWAY)
    site.start_api()
    page.get_by_role("button", name="Try again").click()
    expect(heading(page, "History")).to_be_visible()


def test_without_the_api_the_landing_page_stands_and_nobody_is_logged_in(
    page: Page, make_person: Callable[..., Person], site: Site
) -> None:
    person = make_person()
    site.kill_api()
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("No example at the moment")
    page.goto("/login")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_role("textbox", name="Password").fill(person.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text(AWAY)
    expect(page.get_by_label("E-mail")).to_have_value(person.email)


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


def test_without_a_worker_the_page_says_so_and_the_result_comes_by_itself(
    page: Page, visitor: Person, site: Site
) -> None:
    site.stop_workers()
    fill_in(page)
    page.get_by_role("button", name=CALCULATE).click()
    expect(heading(page, "Your result is on its way")).to_be_visible()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    expect(page.locator("#credits")).to_have_text("90 credits")
    expect(page.get_by_text("No worker is free at the moment")).to_be_visible(timeout=30_000)
    page.reload()
    expect(heading(page, "Your result is on its way")).to_be_visible()
    site.start_worker()
    expect(heading(page, "Your biological age")).to_be_visible(timeout=30_000)
    assert visitor.client.wallet.balance == 90


def test_a_waiting_task_can_be_canceled_and_costs_nothing(
    page: Page, visitor: Person, site: Site
) -> None:
    site.stop_workers()
    fill_in(page)
    page.get_by_role("button", name=CALCULATE).click()
    page.get_by_role("button", name="Cancel").click()
    expect(heading(page, "Canceled")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("You were not charged.")
    expect(page.locator("#credits")).to_have_text("100 credits")
    assert visitor.client.wallet.available == 100


def test_without_redis_a_task_is_kept_and_calculated_afterwards(
    page: Page, visitor: Person, site: Site, servers: Servers
) -> None:
    fill_in(page)
    servers.redis.stop()
    page.get_by_role("button", name=CALCULATE).click()
    expect(page).to_have_url(re.compile("/results/"), timeout=30_000)
    expect(heading(page, "Your result is on its way")).to_be_visible()
    servers.redis.start()
    expect(heading(page, "Your biological age")).to_be_visible(timeout=60_000)
    assert visitor.client.wallet.balance == 90


def test_a_login_that_ended_in_mid_form_is_renewed_without_typing_again(
    page: Page, visitor: Person, site: Site
) -> None:
    field = fill_in(page)
    end_web_logins(visitor)
    page.get_by_role("button", name=CALCULATE).click()
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fnew"))
    page.get_by_label("E-mail").fill(visitor.email)
    page.get_by_role("textbox", name="Password").fill(visitor.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(heading(page, "New assessment")).to_be_visible()
    expect(field).to_have_value("151,5")
    page.get_by_role("button", name=CALCULATE).click()
    expect(heading(page, "Your biological age")).to_be_visible()


def test_a_login_that_ended_leads_back_to_the_result_that_was_open(
    page: Page, visitor: Person
) -> None:
    result = visitor.client.predict({"systolic_bp": 131, "bone_density": 1.0})
    end_web_logins(visitor)
    page.goto(f"/results/{result.task.id}")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fresults%2F"))
    page.get_by_label("E-mail").fill(visitor.email)
    page.get_by_role("textbox", name="Password").fill(visitor.password)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    expect(heading(page, "Your biological age")).to_be_visible()
    expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.1f}")


def end_web_logins(person: Person) -> None:
    """Revoke, through the API, every login but the one that does it: the newest is the browser's."""
    newest, *_ = sorted(person.client.tokens, key=lambda token: token.created_at, reverse=True)
    person.client.tokens.revoke(newest.id)
