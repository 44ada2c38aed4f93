"""What clocks cost: the database says so, the manifest only at first."""

import threading
from collections.abc import Callable, Iterator

import pytest
from agelens.commands import database, models
from agelens.domain.errors import InvalidInput, NotFound
from agelens.services import model_registry, publishing
from agelens.services.cohorts import submissions
from agelens.settings import Settings
from agelens.storage import ModelVersion
from agelens.storage.engine import open_engine, session_factory
from integration.api.bundles import bundle
from integration.conftest import PersonFactory
from integration.kept_cohorts import MODEL, READ, Cohorts, people
from integration.people import Person
from servers import SharedServers
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
RunJobs = Callable[[], None]


@pytest.fixture
def one(person: PersonFactory) -> Person:
    return person(1000)


@pytest.fixture
def own(shared_servers: SharedServers) -> Iterator[Settings]:
    """A database with the shipped clocks that no other test sees."""
    with shared_servers.settings() as settings:
        yield settings


@pytest.fixture
def sessions_of_own(own: Settings) -> Iterator[Sessions]:
    engine = open_engine(str(own.database_url))
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def price_of_15(sessions: Sessions) -> Iterator[None]:
    """The clock that everybody uses costs something else for the time of a test."""
    with sessions.begin() as session:
        before = model_registry.price_of(session, MODEL)
        model_registry.set_price(session, MODEL, 15)
    yield
    with sessions.begin() as session:
        model_registry.set_price(session, MODEL, before or 0)


def prices(sessions: Sessions, name: str) -> dict[str, int]:
    with sessions() as session:
        rows = session.execute(
            select(ModelVersion.version, ModelVersion.price).where(ModelVersion.name == name)
        )
        return {row.version: row.price for row in rows}


def publish(session: Session, version: str, price: int) -> None:
    candidate = publishing.check(bundle("kdm", version, price=price))
    publishing.publish(session, candidate, by=None, force=True)


def test_the_first_version_costs_what_its_manifest_says_and_later_ones_what_the_clock_costs(
    own: Settings, sessions_of_own: Sessions, capsys: pytest.CaptureFixture[str]
) -> None:
    with sessions_of_own.begin() as session:
        candidate = publishing.check(bundle("new-clock", "1", price=7))
        publishing.publish(session, candidate, by=None)
    assert prices(sessions_of_own, "new-clock") == {"1": 7}
    shipped = prices(sessions_of_own, "kdm")
    with sessions_of_own.begin() as session:
        publish(session, "8.0.0", price=3)
    models.set_price(own, "kdm", 42)
    assert capsys.readouterr().out == "kdm: 42 credits, 2 versions\n"
    with sessions_of_own.begin() as session:
        publish(session, "9.0.0", price=3)
    assert prices(sessions_of_own, "kdm") == {
        **dict.fromkeys(shipped, 42),
        "8.0.0": 42,
        "9.0.0": 42,
    }
    with sessions_of_own() as session:
        shown = model_registry.describe(session, model_registry.resolve(session, "kdm"))
    assert shown["price"] == 42


def test_migrating_again_keeps_the_price(own: Settings, sessions_of_own: Sessions) -> None:
    models.set_price(own, "phenoage", 0)
    database.migrate(own)
    assert set(prices(sessions_of_own, "phenoage").values()) == {0}


@pytest.mark.parametrize("credits", [-1, 1_000_001])
def test_what_is_no_price_is_refused(sessions_of_own: Sessions, credits: int) -> None:
    with sessions_of_own.begin() as session, pytest.raises(InvalidInput, match="whole number"):
        model_registry.set_price(session, "kdm", credits)


def test_an_unknown_clock_has_no_price(sessions_of_own: Sessions) -> None:
    with sessions_of_own.begin() as session, pytest.raises(NotFound, match="horoscope"):
        model_registry.set_price(session, "horoscope", 1)


@pytest.mark.parametrize("first", ["publish", "price"])
def test_a_version_published_at_the_same_moment_takes_the_new_price(
    sessions_of_own: Sessions, first: str
) -> None:
    steps = {
        "publish": lambda session: publish(session, "9.0.0", price=3),
        "price": lambda session: model_registry.set_price(session, "kdm", 42),
    }
    waits = steps["price" if first == "publish" else "publish"]

    def run_the_other() -> None:
        with sessions_of_own.begin() as session:
            waits(session)

    other = threading.Thread(target=run_the_other)
    with sessions_of_own.begin() as session:
        steps[first](session)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "it waits for the first to commit"
    other.join(30)
    assert set(prices(sessions_of_own, "kdm").values()) == {42}
    assert "9.0.0" in prices(sessions_of_own, "kdm")


def test_a_task_keeps_the_price_at_which_it_was_queued(
    one: Person, run_jobs: RunJobs, request: pytest.FixtureRequest
) -> None:
    earlier = one.queued()
    price = one.task(earlier)["price"]
    request.getfixturevalue("price_of_15")
    later = one.queued()
    run_jobs()
    assert price != 15
    assert [one.task(each)["charged"] for each in (earlier, later)] == [price, 15]
    assert one.wallet() == {"balance": 985 - price, "held": 0, "available": 985 - price}


@pytest.mark.usefixtures("price_of_15")
def test_a_preview_shows_the_price_of_today(
    one: Person, cohorts_of: Callable[[Person], Cohorts], sessions: Sessions
) -> None:
    theirs = cohorts_of(one)
    key = theirs.create(people(3), draft=True)
    with sessions() as session:
        seen = submissions.preview(session, theirs.files, theirs.owner_id, key, READ)
    assert (seen["price_per_row"], seen["price"]) == (15, 45)
