"""Pages of lists end early when what they list is large."""

from collections.abc import Callable

import pytest
from agelens.services import json_sizes
from agelens.storage import Task
from integration.api.sent_cohorts import PATH, accepted, as_csv, people, send
from integration.conftest import PersonFactory
from integration.people import Person
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

RunJobs = Callable[[], None]


def read_to_the_end(
    one: Person, path: str, key: str = "id", **filters: str
) -> tuple[list[object], list[int]]:
    """The keys of all items in order, and how many bytes each page has."""
    keys, lengths, cursor = [], [], None
    while True:
        asked = {"limit": 200, **filters} | ({"cursor": cursor} if cursor else {})
        response = one.get(path, query_string=asked)
        assert response.status_code == 200, response.text
        page = response.json
        assert page["items"] or not keys, "every page goes on"
        keys += [item[key] for item in page["items"]]
        lengths.append(len(response.data))
        cursor = page["next_cursor"]
        if cursor is None:
            return keys, lengths


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/history"])
@pytest.mark.parametrize("filters", [{}, {"status": "draft"}, {"model": "kaggle-age"}])
def test_a_page_of_large_tasks_has_at_most_some_megabytes(
    person: PersonFactory, sessions: sessionmaker[Session], path: str, filters: dict[str, str]
) -> None:
    one = person()
    made = [one.draft()["id"] for _ in range(60)]
    large = {"sex": "x" * 100_000}
    with sessions.begin() as session:
        session.execute(update(Task).where(Task.id.in_(made)).values(answers=large))
    found, lengths = read_to_the_end(one, path, **filters)
    assert found == made[::-1]
    assert len(lengths) >= 3
    assert max(lengths) < json_sizes.MOST_PAGE_BYTES + 100_000


def test_an_item_that_is_larger_than_a_page_is_a_page(
    person: PersonFactory, sessions: sessionmaker[Session]
) -> None:
    one = person()
    made = [one.draft()["id"] for _ in range(3)]
    large = {"sex": "x" * (json_sizes.MOST_PAGE_BYTES + 1)}
    with sessions.begin() as session:
        session.execute(update(Task).where(Task.id == made[1]).values(answers=large))
    found, lengths = read_to_the_end(one, "/api/tasks")
    assert found == made[::-1]
    assert len(lengths) == 3


def test_a_long_page_of_small_items_is_one_page(person: PersonFactory) -> None:
    one = person()
    made = [one.draft()["id"] for _ in range(70)]  # more than are looked at at a time
    found, lengths = read_to_the_end(one, "/api/tasks", model="kaggle-age")
    assert found == made[::-1]
    assert len(lengths) == 1


def test_every_list_has_the_limit(
    person: PersonFactory, admin: Person, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = person(1000)
    for _ in range(3):
        accepted(send(one, as_csv(people(2))))
    run_jobs()
    lists = [
        (one, "/api/cohorts"),
        (one, "/api/wallet/transactions"),
        (admin, "/api/admin/users"),
        (admin, "/api/admin/transactions"),
        (admin, "/api/admin/cohorts"),
    ]
    for who, path in lists:
        two = [item["id"] for item in who.get(f"{path}?limit=2").json["items"]]
        with monkeypatch.context() as patch:
            patch.setattr(json_sizes, "MOST_PAGE_BYTES", 1)
            first = who.get(path).json
            second = who.get(path, query_string={"cursor": first["next_cursor"]}).json
        assert [[each["id"] for each in page["items"]] for page in (first, second)] == [
            two[:1],
            two[1:],
        ], path


def test_a_page_of_errors_with_large_ids_ends_early(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(1000)
    rows = people(30)
    for number, row in enumerate(rows):
        row["person"] = f"{number}" + "x" * 200_000
        row["systolic_bp"] = 1000
    rows.append(people(1)[0] | {"person": "good"})
    made = accepted(send(one, as_csv(rows), query={"id_column": "person"}))
    run_jobs()
    found, lengths = read_to_the_end(one, f"{PATH}/{made['id']}/errors", key="row")
    assert found == list(range(1, 31))
    assert len(lengths) >= 3
    assert max(lengths) < json_sizes.MOST_PAGE_BYTES + 200_000
