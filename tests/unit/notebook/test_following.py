"""A cohort under way: nothing takes its place, it is asked for gently, and lost it is not."""

import time

import pandas as pd
import pytest
from agelens.notebook import CohortView
from unit.notebook.cohort_service import CohortService
from unit.notebook.service import problem

SECONDS = 60.0


@pytest.fixture
def service() -> CohortService:
    return CohortService()


@pytest.fixture
def running(service: CohortService) -> CohortView:
    service.fate = "running"
    view = CohortView(service.client(), pd.DataFrame({"systolic_bp": [120, 130, 140]}))
    view.check()
    assert view.wait_until_idle(SECONDS)
    view.score()
    while service.looks < 1:
        time.sleep(0.01)
    return view


def ended(view: CohortView, service: CohortService) -> CohortView:
    service.fate = "succeeded"
    assert view.wait_until_idle(SECONDS)
    return view


def test_a_check_does_not_take_its_place(running: CohortView, service: CohortService) -> None:
    controls = running.controls
    assert controls.check_button.disabled
    assert controls.upload.disabled
    assert controls.model.disabled
    running.check()
    controls.check_button.click()  # of a page that has not heard yet
    controls.cancel_button.click()
    assert running.wait_until_idle(SECONDS)
    assert "Canceled. You were not charged." in running.message.value
    assert service.submitted == 1
    assert not controls.check_button.disabled
    assert controls.cancel_button.disabled


def test_its_figures_come_whatever_was_pressed_meanwhile(
    running: CohortView, service: CohortService
) -> None:
    running.check()
    running.score()
    ended(running, service)
    assert "2 of 3 rows scored" in running.message.value
    assert "Distribution" in running._result_view.text.value
    assert len(service.run_keys) == 1


@pytest.mark.slow
def test_a_service_that_answers_early_is_not_stormed(
    running: CohortView, service: CohortService
) -> None:
    before = service.looks
    time.sleep(1)  # at a constant 0.05 s there would be 20
    assert service.looks - before < 10  # 0.05 s, 0.1 s, 0.2 s ... between two
    ended(running, service)


@pytest.mark.slow
def test_a_service_that_is_away_meanwhile_is_asked_again(
    running: CohortView, service: CohortService
) -> None:
    service.away = problem(503, "unavailable", "The service is away.")
    while "Trying again" not in running.message.value:
        time.sleep(0.01)
    assert not running.wait_until_idle(0.2)
    service.away = None
    ended(running, service)
    assert "2 of 3 rows scored" in running.message.value


def test_one_that_was_deleted_meanwhile_is_told(
    running: CohortView, service: CohortService
) -> None:
    service.away = problem(404, "not_found", "There is no such cohort.")
    assert running.wait_until_idle(SECONDS)
    assert "There is no such cohort." in running.message.value
    assert not running.controls.check_button.disabled


def test_closed_it_is_not_followed_any_more(running: CohortView, service: CohortService) -> None:
    running.close()
    assert running.wait_until_idle(SECONDS)
    before = service.looks
    time.sleep(0.2)
    assert service.looks == before


def test_two_clicks_on_score_pay_once(service: CohortService) -> None:
    view = CohortView(service.client(), pd.DataFrame({"systolic_bp": [120, 130, 140]}))
    view.check()
    assert view.wait_until_idle(SECONDS)
    view.controls.score_button.click()
    view.controls.score_button.click()
    assert view.wait_until_idle(SECONDS)
    view.controls.score_button.click()
    assert view.wait_until_idle(SECONDS)
    assert len(service.run_keys) == 1


def test_what_changes_while_it_is_checked_has_to_be_checked_again(service: CohortService) -> None:
    view = CohortView(service.client(), pd.DataFrame({"systolic_bp": [120]}))
    with service.preview_gate.shut():
        view.check()
        assert service.preview_gate.reached()
        view.controls.columns.value = "kaggle"
    assert view.wait_until_idle(SECONDS)
    assert view.preview is None
    assert "Press Check again" in view.message.value
    assert view.controls.score_button.disabled
