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
        name: str,
        version: str,
        error: float,
        *,
        query: str = "",
        data_sha256: str = "f" * 64,
        **headline: Any,
    ) -> TestResponse:
        stated = {"metric": ["mae_years", "model"], "better": "lower", "protocol": PROTOCOL}
        blob = bundle(
            name,
            version,
            metrics={"mae_years": {"model": error, "other": error}},
            headline=stated | headline,
            training_data={"sha256": data_sha256},
        )
        return admin.post(f"{PATH}{query}", data=blob, content_type="application/zip")

    return send


def test_a_worse_version_is_refused_with_both_figures(admin: Person, publish: Publish) -> None:
    name = new_name()
    assert publish(name, "1", 4.0).status_code == 201
    problem = expect_problem(publish(name, "2", 4.25), 409, "conflict")
    for part in ("4.25", " 4,", "mae_years.model", PROTOCOL, "the active 1", "?force=true"):
        assert part in problem["detail"]
    assert "--force" not in problem["detail"]
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


def test_a_version_without_a_figure_needs_force_where_the_active_one_has_one(
    admin: Person, publish: Publish
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    blob = bundle(name, "2", headline=None)
    refused = admin.post(PATH, data=blob, content_type="application/zip")
    problem = expect_problem(refused, 409, "conflict")
    for part in ("declares no figure to compare with", "the active 1", "mae_years.model 4"):
        assert part in problem["detail"]
    response = admin.post(f"{PATH}?force=true", data=blob, content_type="application/zip")
    assert response.status_code == 201
    assert response.json["headline"] is None
    assert _standing(response.json) == (False, None, None)


def test_after_a_version_without_a_figure_any_is_published(admin: Person, publish: Publish) -> None:
    name = new_name()
    blob = bundle(name, "1", headline=None)
    assert admin.post(PATH, data=blob, content_type="application/zip").status_code == 201
    response = publish(name, "2", 99.0)
    assert response.status_code == 201
    assert _standing(response.json) == (False, None, None)


@pytest.mark.parametrize(
    "headline", [{"protocol": "another way"}, {"metric": ["mae_years", "other"]}]
)
def test_figures_of_another_measure_are_called_neither_worse_nor_better(
    publish: Publish, headline: dict[str, Any]
) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    response = publish(name, "2", 9.0, **headline)
    assert response.status_code == 201
    assert _standing(response.json) == (False, None, None)


def test_a_figure_from_other_training_data_is_compared_and_marked(
    admin: Person, publish: Publish
) -> None:
    name = new_name()
    assert publish(name, "1", 4.0).json["same_data"] is True  # the active one is this very one
    same = publish(name, "2", 3.9).json
    other = publish(name, "3", 3.8, data_sha256="0" * 64).json
    assert (_standing(same), same["same_data"]) == ((True, 4.0, False), True)
    assert (_standing(other), other["same_data"]) == ((True, 4.0, False), False)
    listed = {v["version"]: v for v in admin.get(PATH).json["items"] if v["name"] == name}
    assert {k: v["same_data"] for k, v in listed.items()} == {"1": True, "2": True, "3": False}


def _standing(version: dict[str, Any]) -> tuple[bool, float | None, bool | None]:
    return version["comparable"], version["active_value"], version["worse_than_active"]


def test_the_same_worse_bundle_again_needs_no_second_force(publish: Publish) -> None:
    name = new_name()
    publish(name, "1", 4.0)
    first = publish(name, "2", 4.25, query="?force=true")
    again = publish(name, "2", 4.25)
    assert (again.status_code, again.json) == (201, first.json)
