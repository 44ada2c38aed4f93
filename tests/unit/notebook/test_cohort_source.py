"""Whom a cohort view is given: a path is the file's, and only what looks like an id is one."""

import uuid
from pathlib import Path

import pytest
from agelens.notebook import CohortView
from unit.notebook.cohort_service import COHORT, CohortService

SECONDS = 60.0


@pytest.fixture
def service() -> CohortService:
    return CohortService()


def test_a_path_that_is_none_is_named_at_once(service: CohortService) -> None:
    with pytest.raises(FileNotFoundError, match=r"peple\.csv") as refused:
        CohortView(service.client(), "peple.csv")
    assert "cohort id" in str(refused.value.__notes__)
    with pytest.raises(FileNotFoundError, match="missing"):
        CohortView(service.client(), Path("missing"))


def test_a_folder_is_no_file(service: CohortService, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=tmp_path.name):
        CohortView(service.client(), tmp_path)


def test_a_path_may_begin_at_home(
    service: CohortService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "people.csv").write_text("systolic_bp\n120\n")
    view = CohortView(service.client(), "~/people.csv")
    view.check()
    assert view.wait_until_idle(SECONDS)
    assert service.submitted == 1


def test_an_id_is_asked_of_the_service_and_told_when_it_knows_none(service: CohortService) -> None:
    assert CohortView(service.client(), COHORT).wait_until_idle(SECONDS)
    unknown = str(uuid.UUID(int=1))
    view = CohortView(service.client(), unknown)
    assert view.wait_until_idle(SECONDS)
    assert unknown in view.message.value
    assert not view.controls.check_button.disabled


def test_where_it_was_given_people_no_file_is_asked_for(service: CohortService) -> None:
    view = CohortView(service.client(), [{"systolic_bp": 120}])
    assert view.controls.file.layout.display == "none"
    shown = CohortView(service.client()).controls.file
    assert shown.layout.display is None
    assert "pass the path" in shown.children[1].value
