"""The whole AgeLens with its web app, a browser, and people who use it.

`page` is a page of a browser context of the test's own. At the test's end it must have seen no
console error or warning, no request to another host and no failed answer; a walk that brings one
about says so before: `watch.expect(r"status 503")`.

    def test_something(page, visitor):              # logged in, with 100 credits
        page.goto("/wallet")                        # addresses are relative to the site
        visitor.client.wallet.topup(5)              # agelens.client as the same person

    @pytest.mark.view(width=390, dark=True)         # also height=, locale=
    def test_on_a_phone_in_the_dark(page, enter, make_person, admin):
        enter(admin)                                # log somebody in on this page
        enter(make_person(credits=3))
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from agelens.client import Client
from agelens.services import accounts, model_registry
from agelens.services.audit import audit
from browser import chromium
from browser.people import Person, log_in, with_cohorts, with_panel, with_results
from browser.running import Site, running_on
from browser.watching import Watch
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from servers import SharedServers

PATIENCE_MS = 60_000

MakePerson = Callable[..., Person]
OpenContext = Callable[..., BrowserContext]
FAILED = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "view(width=1280, height=900, dark=False, locale='en-GB'): how `page` looks"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Asked first: without a browser nothing else needs to start."""
    return chromium.needed_path()


@pytest.fixture(scope="session")
def site(browser_path: str, shared_servers: SharedServers) -> Iterator[Site]:
    """What most files share: nobody may change what everybody is offered, its clocks above all."""
    with running_on(shared_servers) as site:
        offered = offered_clocks(site)
        yield site
        assert offered_clocks(site) == offered, "a file that publishes needs a site of its own"


def offered_clocks(site: Site) -> list[tuple[str, str, int]]:
    """The clocks that the form offers everybody, and their prices."""
    with site.sessions() as session:
        return [(m.name, m.version, m.price) for m in model_registry.active_models(session)]


@pytest.fixture(scope="module")
def browser(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for a file; each test has a context, and so cookies, of its own.

    Its memory ends with the file, and so does playwright's event loop, beside which tests of
    other files could not run theirs.
    """
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        log = tmp_path_factory.mktemp("chromium") / "log"
        found = chromium.launch(playwright, browser_path, log)
        yield found
        found.close()


@pytest.fixture
def make_person(site: Site) -> Iterator[MakePerson]:
    """Register somebody through the API and give them credits."""
    with ExitStack() as cleanup:

        def make(credits: int = 0) -> Person:
            return Person(cleanup.enter_context(Client(site.api_url))).register(credits)

        yield make


@pytest.fixture
def admin(site: Site) -> Iterator[Person]:
    """An administrator, whom no request can make; `enter(admin)` logs in."""
    with Client(site.api_url) as client:
        yield as_admin(Person(client), site)


def as_admin(person: Person, site: Site) -> Person:
    """Make the account of an administrator, as the command line does."""
    with site.sessions.begin() as session:
        accounts.create_admin(session, person.email, person.password)
    person.client.login(person.email, person.password)
    return person


@pytest.fixture(scope="session")
def patient(site: Site) -> Iterator[Person]:
    """Somebody with results and a draft (`.tasks`), for pages that only show; `enter(patient)`."""
    with Client(site.api_url) as client:
        yield with_results(Person(client).register(credits=1000))


@pytest.fixture(scope="session")
def administrator(site: Site) -> Iterator[Person]:
    """Like `patient`, with cohorts and a panel of several clocks, and an administrator."""
    with Client(site.api_url) as client:
        person = as_admin(Person(client), site)
        client.wallet.topup(1000)
        yield with_panel(with_cohorts(with_results(person)))


def new_context(
    browser: Browser,
    site: Site,
    *,
    width: int = 1280,
    height: int = 900,
    dark: bool = False,
    locale: str = "en-GB",
) -> BrowserContext:
    """A browser context as on a device like that."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale=locale,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def open_context(browser: Browser, site: Site) -> Iterator[OpenContext]:
    """Make further contexts, as on other devices; nobody watches them."""
    with ExitStack() as cleanup:

        def make(**view: Any) -> BrowserContext:
            context = new_context(browser, site, **view)
            cleanup.callback(context.close)
            return context

        yield make


@pytest.fixture(scope="module")
def shared_context(browser: Browser, site: Site) -> Iterator[OpenContext]:
    """One context per person and view for a module that only looks: what is cached stays so."""
    made: dict[str, BrowserContext] = {}

    def get(person: Person | None, **view: Any) -> BrowserContext:
        key = f"{person and person.email} {view}"
        if key not in made:
            made[key] = new_context(browser, site, **view)
            if person:
                log_in(made[key], site.url, person)
        return made[key]

    yield get
    for context in made.values():
        context.close()


@pytest.fixture
def context(open_context: OpenContext, request: pytest.FixtureRequest) -> BrowserContext:
    """The context of `page`, as the mark `view` describes it."""
    mark = request.node.get_closest_marker("view")
    return open_context(**(mark.kwargs if mark else {}))


@pytest.fixture
def watch(
    context: BrowserContext, site: Site, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Watch]:
    """What the pages of the context do; fails the test on anything that they must not."""
    seen = Watch(context, site.url)
    yield seen
    unexpected = seen.unexpected()
    if unexpected or request.node.stash.get(FAILED, False):
        for path in seen.keep(tmp_path):
            print(f"kept {path}")
        print("\n".join(seen.problems))
    seen.end()
    assert unexpected == []


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """An empty page, watched."""
    return context.new_page()


@pytest.fixture
def enter(context: BrowserContext, site: Site) -> Callable[[Person], Person]:
    """Log a person in on `page`'s context."""

    def do(person: Person) -> Person:
        log_in(context, site.url, person)
        return person

    return do


@pytest.fixture
def visitor(enter: Callable[[Person], Person], make_person: MakePerson) -> Person:
    """Somebody who is logged in on `page` and has 100 credits."""
    return enter(make_person(credits=100))


@pytest.fixture
def newcomer(enter: Callable[[Person], Person], make_person: MakePerson) -> Person:
    """Somebody who is logged in on `page` and has no credits."""
    return enter(make_person())


@pytest.fixture
def without_workers(site: Site) -> Iterator[Site]:
    """Nobody computes anything; afterwards somebody does again."""
    site.stop_workers()
    yield site
    if not any(name.startswith("worker") for name in site.stack.parts):
        site.start_worker()


@pytest.fixture(autouse=True)
def clean_books(site: Site) -> Iterator[None]:
    """After every test each wallet follows from its ledger, and each charge from its task."""
    yield
    with site.sessions() as session:
        assert audit(session).differences == ()
