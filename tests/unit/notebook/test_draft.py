"""Drafts of a cohort view: the service keeps ten of somebody's, a view needs one."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from agelens.notebook import CohortView
from unit.notebook.cohort_service import COHORT, CohortService
from unit.notebook.service import problem

SECONDS = 60.0


@pytest.fixture
def service() -> CohortService:
    return CohortService()


@pytest.fixture
def people() -> pd.DataFrame:
    return pd.DataFrame({"systolic_bp": [120, 130, 140], "note": ["x", "y", None]})


def checked(view: CohortView) -> CohortView:
    view.controls.check_button.click()
    assert view.wait_until_idle(SECONDS)
    return view


def choose(view: CohortView, content: bytes, name: str = "people.csv") -> None:
    file = {"name": name, "type": "text/csv", "size": len(content), "content": content}
    view.controls.upload.value = [file | {"last_modified": datetime(2026, 11, 23, tzinfo=UTC)}]


def test_other_names_of_columns_need_no_new_upload(
    service: CohortService, people: pd.DataFrame
) -> None:
    view = checked(CohortView(service.client(), people))
    for columns in ("kaggle", "bioage-r", "agelens") * 5:
        view.controls.columns.value = columns
        checked(view)
        assert not view.controls.score_button.disabled
    assert service.submitted == 1
    assert [asked["columns"] for asked in service.previews[-2:]] == ["bioage-r", "agelens"]


def test_a_frame_that_has_changed_is_sent_and_the_draft_before_taken_away(
    service: CohortService, people: pd.DataFrame
) -> None:
    view = checked(CohortView(service.client(), people))
    people.loc[0, "systolic_bp"] = 180
    checked(view)
    people.columns = ["systolic_bp", "remark"]
    checked(view)
    people["systolic_bp"] = [140, 130, 180]  # the same ones in another order
    checked(view)
    assert (service.submitted, service.deleted) == (4, 3)


def test_cells_that_cannot_be_compared_are_sent_each_time(service: CohortService) -> None:
    view = checked(CohortView(service.client(), pd.DataFrame({"systolic_bp": [120], "x": [{1}]})))
    checked(view)
    assert (service.submitted, service.deleted) == (2, 1)


def test_a_file_that_has_changed_is_sent(service: CohortService, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("systolic_bp\n120\n")
    view = checked(checked(CohortView(service.client(), str(path))))
    assert service.submitted == 1
    path.write_text("systolic_bp\n120\n130\n")
    checked(view)
    assert (service.submitted, service.deleted) == (2, 1)
    assert b"120\n130" in service.sent[-1]


def test_rows_and_files_from_the_browser_are_sent_when_they_change(service: CohortService) -> None:
    rows = [{"systolic_bp": 120}]
    view = checked(checked(CohortView(service.client(), rows)))
    assert service.submitted == 1
    rows[0]["systolic_bp"] = 130
    assert checked(view).preview is not None
    assert service.submitted == 2

    other = CohortView(service.client())
    for content in (b"systolic_bp\n120\n", b"systolic_bp\n120\n", b"systolic_bp\n130\n"):
        choose(other, content)
        checked(other)
    assert (service.submitted, service.deleted) == (4, 2)


@pytest.mark.parametrize("status", [404, 409])
def test_a_draft_that_is_gone_is_sent_again(
    service: CohortService, people: pd.DataFrame, status: int
) -> None:
    view = checked(CohortView(service.client(), people))
    service.gone = problem(status, "gone", "It is no draft.")
    checked(view)
    assert service.submitted == 2
    assert view.preview is not None


def test_a_draft_that_cannot_be_taken_away_stops_nothing(
    service: CohortService, people: pd.DataFrame
) -> None:
    view = checked(CohortView(service.client(), people))
    people.loc[0, "systolic_bp"] = 180
    service.gone = problem(404, "not_found", "There is no such cohort.")
    checked(view)
    assert "3 rows" in view.message.value
    assert service.submitted == 2


def test_a_draft_of_somebody_elses_making_is_never_taken_away(service: CohortService) -> None:
    view = CohortView(service.client(), COHORT)
    assert view.wait_until_idle(SECONDS)
    view.controls.columns.value = "kaggle"
    assert checked(view).preview is not None
    assert service.submitted == 0
    choose(view, b"systolic_bp\n120\n")
    checked(view)
    assert (service.submitted, service.deleted) == (1, 0)


def test_a_draft_from_elsewhere_that_is_gone_is_told(service: CohortService) -> None:
    view = CohortView(service.client(), COHORT)
    assert view.wait_until_idle(SECONDS)
    service.gone = problem(404, "not_found", "There is no such cohort.")
    assert checked(view).preview is None
    assert "There is no such cohort." in view.message.value
    assert view.controls.score_button.disabled


def test_after_it_was_scored_a_check_is_of_a_new_draft(
    service: CohortService, people: pd.DataFrame
) -> None:
    view = checked(CohortView(service.client(), people))
    view.score()
    assert view.wait_until_idle(SECONDS)
    checked(view)
    assert (service.submitted, service.deleted) == (2, 0)
    assert not view.controls.score_button.disabled


def test_who_has_too_many_drafts_is_told_how_to_delete_them(
    service: CohortService, people: pd.DataFrame
) -> None:
    service.full = problem(409, "conflict", "You have 10 drafts of cohorts.")
    view = checked(CohortView(service.client(), people))
    assert "You have 10 drafts of cohorts." in view.message.value
    assert "client.cohorts.page(status=" in view.message.value
    assert not view.controls.check_button.disabled
