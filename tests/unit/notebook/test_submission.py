"""What Predict costs: one panel is paid once, however often and when it is ordered."""

import pytest
from agelens.notebook import Explorer
from unit.notebook.exploring import headline, number_of, settled, told
from unit.notebook.service import MODEL, Service, problem

SECONDS = 60.0


@pytest.fixture
def explorer(service: Service) -> Explorer:
    return Explorer(service.client())


def clicked(explorer: Explorer) -> Explorer:
    """A page sends a click also when it has not heard yet that the button is off."""
    explorer._explorer_tab.button.click()
    assert explorer._explorer_tab._order_queue.wait_until_idle(SECONDS)
    return explorer


def test_clicks_while_the_first_is_under_way_pay_nothing_more(
    explorer: Explorer, service: Service
) -> None:
    with service.predict_gate.shut():
        explorer._explorer_tab.button.click()
        assert service.predict_gate.reached()
        explorer._explorer_tab.button.click()
        explorer._explorer_tab.button.click()
    assert explorer._explorer_tab._order_queue.wait_until_idle(SECONDS)
    assert len(service.tasks) == 1
    assert len(service.keys) == 1
    assert explorer.paid is not None


def test_a_click_that_comes_after_the_result_pays_nothing_more(
    explorer: Explorer, service: Service
) -> None:
    clicked(clicked(explorer))
    assert len(service.tasks) == 1


def test_what_is_paid_for_already_is_not_paid_again_by_code(
    explorer: Explorer, service: Service
) -> None:
    first = explorer.predict()
    assert first is not None
    assert explorer.predict() is first
    assert len(service.tasks) == 1


def test_another_panel_ordered_meanwhile_is_another_task(
    explorer: Explorer, service: Service
) -> None:
    with service.predict_gate.shut():
        explorer._explorer_tab.button.click()
        assert service.predict_gate.reached()
        number_of(explorer, "systolic_bp").slider.value = 120
        explorer._explorer_tab.button.click()
    assert explorer._explorer_tab._order_queue.wait_until_idle(SECONDS)
    assert [task["answers"]["systolic_bp"] for task in service.tasks] == [150, 120]
    assert explorer.result.prediction == 50.0


def test_the_same_panel_after_another_one_is_a_new_prediction(
    explorer: Explorer, service: Service
) -> None:
    for pressure in (150, 120, 150):
        number_of(explorer, "systolic_bp").slider.value = pressure
        assert explorer.predict() is not None
    assert len(set(service.keys)) == 3


@pytest.mark.parametrize("fate", ["failed", "canceled"])
def test_what_ended_without_a_result_can_be_ordered_again(
    explorer: Explorer, service: Service, fate: str
) -> None:
    service.fate = fate
    assert explorer.predict() is None
    assert fate in told(explorer)
    assert not explorer._explorer_tab.button.disabled
    service.fate = "succeeded"
    assert explorer.predict() is not None
    assert len(service.tasks) == 2


def test_what_is_still_under_way_is_waited_for_again_and_not_ordered_again(
    explorer: Explorer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = explorer.client.wait
    monkeypatch.setattr(explorer.client, "wait", lambda task_id, timeout: wait(task_id, timeout=0))
    service.fate = "running"
    assert explorer.predict() is None
    assert "still running" in told(explorer)
    service.tasks[0] |= {"status": "succeeded", "result": explorer.result.wire}
    assert explorer.predict() is not None
    assert len(service.tasks) == 1


def test_a_click_for_a_clock_that_is_not_there_yet_orders_nothing(service: Service) -> None:
    service.clocks = [MODEL, MODEL | {"name": "other"}]
    explorer = Explorer(service.client())
    with service.example_gate.shut():
        explorer._explorer_tab.picker.value = "other"
        clicked(explorer)
        assert service.tasks == []
    assert explorer.predict() is not None  # by code: once it is there
    assert service.tasks[0]["model"]["name"] == "other"


def test_a_result_that_comes_to_another_clocks_controls_is_told_and_in_the_history(
    service: Service,
) -> None:
    service.clocks = [MODEL, MODEL | {"name": "other"}]
    explorer = Explorer(service.client())
    with service.predict_gate.shut():
        explorer._explorer_tab.button.click()
        assert service.predict_gate.reached()
        explorer._explorer_tab.picker.value = "other"
        assert explorer._explorer_tab.picker.wait_until_idle(SECONDS)
    assert explorer._explorer_tab._order_queue.wait_until_idle(SECONDS)
    assert "made-up is in the history" in told(explorer)
    assert explorer.paid is None
    assert not explorer._explorer_tab.button.disabled


def test_closed_it_orders_nothing_more(explorer: Explorer, service: Service) -> None:
    explorer.close()
    clicked(explorer)
    assert service.tasks == []


def test_a_refusal_says_what_the_client_has_noted(explorer: Explorer, service: Service) -> None:
    service.refusal = problem(401, "unauthenticated", "Log in first")
    explorer.client._connection.token = None
    assert explorer.predict() is None
    assert "Log in first. This client has no token" in told(explorer)


def test_a_refusal_is_still_told_when_the_answer_of_a_moved_control_comes_after_it(
    explorer: Explorer, service: Service
) -> None:
    clicked(explorer)
    service.refusal = problem(402, "insufficient_credits", "this costs 10 credits")
    with service.what_if_gate.shut():
        number_of(explorer, "systolic_bp").slider.value = 120
        assert service.what_if_gate.reached()
        clicked(explorer)
        assert "Not enough credits" in told(explorer)
    assert "now 50.0" in headline(settled(explorer))
    assert "Not enough credits" in told(explorer)
