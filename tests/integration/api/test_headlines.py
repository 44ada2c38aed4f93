"""A version that is worse than the active one by the same measure is published on purpose only."""

from collections.abc import Callable
from typing import Any

import pytest
from integration.api.bundles import bundle, new_name
from integration.api.problem_shape import expect_problem
from integration.people import Person
from werkzeug.test import TestResponse

PATH = "/api/admin/ml-models"
PROTOCOL = "3 x 5-fold cross-validation on the training file"
Publish = Callable[..., TestResponse]


@pytest.fixture
def publish(admin: Person) -> Publish:
    """Publish a version with a mean absolute error."""

    def send(
        name: str, version: str, error: float, *, query: str = "", **headline: Any
    ) -> TestResponse:
        stated = {"metric": ["mae_years", "model"], "better": "lower", "protocol": PROTOCOL}
        blob = bundle(
            name, version, metrics={"mae_years": {"model": error}}, headline=stated | headline
        )
        return admin.post(f"{PATH}{query}", data=blob, content_type="application/zip")

    return send


def test_a_worse_version_is_refused_with_both_figures(admin: Person, publish: Publish) -> None:
    name = new_name()
    assert publish(name, "1", 4.0).status_code == 201
    problem = expect_problem(publish(name, "2", 4.25), 409, "conflict")
    for part in ("4.25", " 4,", "mae_years.model", PROTOCOL, "the active 1", "force"):
        assert part in problem["detail"]
    listed = [v["version"] for v in admin.get(PATH).json["items"] if v["name"] == name]
    assert listed == ["1"]


def test_a_worse_version_can_be_forced_and_is_listed_as_worse(
    admin: Person, publish: Publish
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    forced = publish(name, "2", 4.25, query="?force=true")
    assert forced.status_code == 201
    assert forced.json["active"] is False
    listed = {v["version"]: v for v in admin.get(PATH).json["items"] if v["name"] == name}
    headline = {"metric": "mae_years.model", "better": "lower", "protocol": PROTOCOL}
    assert listed["2"]["headline"] == headline | {"value": 4.25}
    assert (listed["2"]["active_value"], listed["2"]["worse_than_active"]) == (4.0, True)
    assert (listed["1"]["active_value"], listed["1"]["worse_than_active"]) == (4.0, False)


def test_activating_a_worse_version_is_an_administrators_choice(
    admin: Person, publish: Publish
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    publish(name, "2", 4.25, query="?force=true")
    activated = admin.post(f"{PATH}/{name}/activate", {"version": "2"})
    assert (activated.status_code, activated.json["active"]) == (200, True)
    # from now on it is the one to be better than
    assert publish(name, "3", 4.2).status_code == 201


@pytest.mark.parametrize(
    ("figure", "headline", "status"),
    [
        (4.0, {}, 201),
        (3.9, {}, 201),
        (4.1, {"protocol": "another way to measure"}, 201),
        (4.1, {"metric": ["mae_years", "model"], "better": "higher"}, 201),
        (4.1, {}, 409),
    ],
)
def test_only_a_worse_figure_of_the_same_measure_is_refused(
    publish: Publish, figure: float, headline: dict[str, Any], status: int
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    assert publish(name, "2", figure, **headline).status_code == status


def test_where_higher_is_better_a_lower_figure_is_worse(publish: Publish) -> None:
    name = new_name()
    publish(name, "1", 0.85, better="higher")
    expect_problem(publish(name, "2", 0.84, better="higher"), 409, "conflict")
    assert publish(name, "3", 0.86, better="higher").status_code == 201


def test_a_version_without_a_figure_is_compared_with_nothing(
    admin: Person, publish: Publish
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    blob = bundle(name, "2", headline=None)
    response = admin.post(PATH, data=blob, content_type="application/zip")
    assert response.status_code == 201
    assert response.json["headline"] is None
    assert response.json["worse_than_active"] is False


def test_the_same_worse_bundle_again_needs_no_second_force(publish: Publish) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    first = publish(name, "2", 4.25, query="?force=true")
    again = publish(name, "2", 4.25)
    assert (again.status_code, again.json) == (201, first.json)
