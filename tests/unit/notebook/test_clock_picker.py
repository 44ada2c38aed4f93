"""Another clock: its controls come when its example is there, and never before."""

import pytest
from agelens.notebook import Explorer
from unit.notebook.exploring import headline, number_of, told
from unit.notebook.service import MODEL, Service, problem

SECONDS = 60.0
AWAY = problem(503, "unavailable", "The service is away.")


@pytest.fixture
def service() -> Service:
    made = Service()
    made.clocks = [MODEL, MODEL | {"name": "other", "price": 25}, MODEL | {"name": "third"}]
    return made


@pytest.fixture
def explorer(service: Service) -> Explorer:
    return Explorer(service.client())


def picked(explorer: Explorer, name: str) -> Explorer:
    explorer._explorer_tab.picker.value = name
    assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    return explorer


def test_a_clock_that_is_picked_brings_its_controls_and_its_price(explorer: Explorer) -> None:
    picked(explorer, "other")
    assert explorer.answers["model"] == "other"
    assert explorer._explorer_tab.button.description == "Predict (25 credits)"
    assert not explorer._explorer_tab.button.disabled
    assert "made-up person" in headline(explorer)


def test_the_kernel_is_free_meanwhile_and_predict_is_off(
    explorer: Explorer, service: Service
) -> None:
    with service.example_gate.shut():
        explorer._explorer_tab.picker.value = "other"
        assert explorer._explorer_tab.button.disabled
        number_of(explorer, "systolic_bp").slider.value = 120
        assert explorer._explorer_tab.button.disabled
    assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    assert not explorer._explorer_tab.button.disabled


def test_what_cannot_be_fetched_leaves_the_clock_whose_controls_are_shown(
    explorer: Explorer, service: Service
) -> None:
    service.no_example = AWAY
    picked(explorer, "other")
    assert explorer._explorer_tab.picker.value == "made-up"
    assert explorer.answers["model"] == "made-up"
    assert "The service is away." in told(explorer)
    assert not explorer._explorer_tab.button.disabled
    assert explorer.predict() is not None
    assert service.tasks[0]["model"]["name"] == "made-up"
    service.no_example = None
    assert picked(explorer, "other").answers["model"] == "other"


def test_a_failure_that_comes_at_once_is_told_as_one_that_takes_its_time(
    explorer: Explorer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.no_example = AWAY
    worker = explorer._explorer_tab.picker._example_worker
    submit = worker.submit

    def submit_and_fail(name: str) -> None:
        submit(name)
        assert worker.wait_until_idle(SECONDS)

    monkeypatch.setattr(worker, "submit", submit_and_fail)
    explorer._explorer_tab.picker.value = "other"
    assert "The service is away." in told(explorer)
    assert not explorer._explorer_tab.button.disabled


def test_the_last_one_picked_is_the_one_that_comes(explorer: Explorer, service: Service) -> None:
    with service.example_gate.shut():
        explorer._explorer_tab.picker.value = "other"
        assert service.example_gate.reached()
        explorer._explorer_tab.picker.value = "third"
    assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    assert explorer._explorer_tab.picker.value == explorer.answers["model"] == "third"


def test_back_to_the_clock_that_is_shown_keeps_what_was_filled_in(
    explorer: Explorer, service: Service
) -> None:
    number_of(explorer, "systolic_bp").slider.value = 120
    with service.example_gate.shut():
        explorer._explorer_tab.picker.value = "other"
        assert service.example_gate.reached()
        explorer._explorer_tab.picker.value = "made-up"
    assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    assert explorer.answers["answers"]["systolic_bp"] == 120
    assert not explorer._explorer_tab.button.disabled


def test_a_prediction_opened_meanwhile_stays(explorer: Explorer, service: Service) -> None:
    assert explorer.predict() is not None
    with service.example_gate.shut():
        explorer._explorer_tab.picker.value = "other"
        assert service.example_gate.reached()
        explorer._explorer_tab.show_task(next(explorer.client.history()))
    assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    assert explorer._explorer_tab.picker.value == explorer.answers["model"] == "made-up"
    assert explorer.paid is not None


def test_reset_needs_no_service(explorer: Explorer, service: Service) -> None:
    number_of(explorer, "systolic_bp").slider.value = 120
    service.no_example = AWAY
    explorer._explorer_tab.reset_button.click()
    assert explorer.answers["answers"]["systolic_bp"] == 150
    assert explorer.paid is None
