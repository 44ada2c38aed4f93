"""What the explorer asks, pays, shows; each number was worked out by hand in `service.age_of`."""

import math
import re
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from agelens.client import InvalidInput
from agelens.domain.single_answer import number_advice
from agelens.notebook import Explorer
from agelens.notebook.controls import ChoiceControl
from agelens.services.what_if import TOO_MANY
from unit.notebook.exploring import headline, number_of, settled, told
from unit.notebook.service import ANSWERS, Service, problem

SECONDS = 60.0


@pytest.fixture
def explorer(service: Service) -> Explorer:
    return Explorer(service.client())


@pytest.fixture
def paid(explorer: Explorer) -> Explorer:
    assert explorer.predict() is not None
    assert "press Predict" not in headline(explorer)
    return explorer


def test_it_begins_with_the_clocks_example_and_says_so(
    explorer: Explorer, service: Service
) -> None:
    assert explorer.result.prediction == 53.0
    assert "made-up person" in headline(explorer)
    assert "There are two forms of it." in headline(explorer)
    assert "press Predict (10 credits)" in headline(explorer)
    assert explorer.paid is None
    assert service.tasks == []


def test_every_feature_has_a_control_in_its_group(explorer: Explorer) -> None:
    controls = explorer._explorer_tab.form.controls
    assert list(controls) == ["chronological_age", *ANSWERS]
    assert isinstance(controls["smoking_status"], ChoiceControl)
    assert controls["glucose"].label == "Glucose (required)"
    assert controls["chronological_age"].label == "Age (required)"
    assert controls["systolic_bp"].label == "Systolic bp"


def test_a_slider_spans_what_the_clock_has_seen_and_hatches_what_it_has_not(
    explorer: Explorer,
) -> None:
    control = number_of(explorer, "systolic_bp")
    slider = control.slider
    assert (slider.min, slider.max, slider.step, slider.value) == (86, 204, 1, 150)  # seen: 97-193
    assert control._band.value.count("agelens-hatched") == 2


def test_a_number_beyond_the_slider_has_room_around_it(explorer: Explorer) -> None:
    control = number_of(explorer, "systolic_bp")
    control.box.value = 210
    assert (control.value, control.slider.value) == (210, 210)
    assert control.slider.max > 215
    far = control.slider.max
    control.slider.value = 150
    assert control.slider.max == far  # no slider changes under the hand that moves it


def test_another_unit_keeps_the_value(explorer: Explorer) -> None:
    control = number_of(explorer, "systolic_bp")
    control.unit.value = "kPa"
    assert control.box.value == 20.0  # 150 / 7.50062 = 19.998
    assert control.value == 150
    assert control.answer == pytest.approx(19.99835, abs=1e-5)
    control.unit.value = "mmHg"
    assert control.box.value == control.value == control.answer == 150


def test_a_number_is_read_in_the_unit_that_is_shown(explorer: Explorer) -> None:
    control = number_of(explorer, "glucose")
    control.unit.value = "mg/dL"
    control.box.value = 100
    assert control.value == pytest.approx(5.55)
    assert explorer.answers["answers"]["glucose"] == pytest.approx(100)
    assert explorer.answers["units"]["glucose"] == "mg/dL"


def test_what_is_not_measured_is_left_out_and_comes_back(explorer: Explorer) -> None:
    control = number_of(explorer, "systolic_bp")
    control.measured.value = False
    assert "systolic_bp" not in explorer.answers["answers"]
    assert control.slider.disabled
    control.measured.value = True
    assert explorer.answers["answers"]["systolic_bp"] == 150


def test_what_a_page_snaps_to_a_sliders_steps_is_no_answer(paid: Explorer) -> None:
    measured, other = number_of(paid, "glucose"), number_of(paid, "systolic_bp")
    before = paid.answers
    measured.slider.value = 5.500000000000001
    assert paid.answers == before
    other.measured.value = False
    other.slider.value = 145.00001
    assert not other.measured.value
    assert "systolic_bp" not in paid.answers["answers"]


def test_predict_pays_once_and_is_off_until_something_changes(
    paid: Explorer, service: Service
) -> None:
    assert len(service.tasks) == 1
    assert service.tasks[0]["answers"] == ANSWERS
    assert service.tasks[0]["chronological_age"] == 52
    button = paid._explorer_tab.button
    assert button.disabled
    number_of(paid, "systolic_bp").slider.value = 140
    assert not button.disabled
    assert "10 credits" in button.description


def test_a_second_attempt_after_no_answer_has_the_same_key(
    explorer: Explorer, service: Service
) -> None:
    keys = []
    answer = service.__call__

    def breaking(request):  # type: ignore[no-untyped-def]
        if request.url.path == "/api/tasks/predict":
            keys.append(request.headers["Idempotency-Key"])
            if len(keys) == 1:
                return problem(503, "unavailable", "away")
        return answer(request)

    explorer._explorer_tab.client._connection._http._transport.handler = breaking
    assert explorer.predict() is None
    assert "away" in told(explorer)
    assert not explorer._explorer_tab.button.disabled
    assert explorer.predict() is not None
    assert keys[0] == keys[1]


def test_a_moved_slider_shows_the_difference_for_free(paid: Explorer, service: Service) -> None:
    number_of(paid, "systolic_bp").slider.value = 132
    settled(paid)
    assert "now 51.2, was 53.0" in headline(paid)
    assert "−1.8 years" in headline(paid)
    assert paid.result.prediction == pytest.approx(51.2)
    assert paid.paid is not None
    assert paid.paid.prediction == 53.0
    assert len(service.tasks) == 1


def test_of_many_positions_the_last_wins_and_nothing_queues_up(
    paid: Explorer, service: Service
) -> None:
    slider = number_of(paid, "systolic_bp").slider
    with service.what_if_gate.shut():
        for value in range(100, 150):
            slider.value = value
    settled(paid)
    assert service.varied[-1] == {"systolic_bp": 149}
    assert paid.result.prediction == pytest.approx(52.9)
    assert "now 52.9" in headline(paid)
    assert len(service.varied) <= 2
    assert service.at_once == 1


def test_not_measured_can_be_tried_too(paid: Explorer, service: Service) -> None:
    number_of(paid, "systolic_bp").measured.value = False
    settled(paid)
    assert service.varied == [{"systolic_bp": None}]
    assert paid.result.prediction == 50.0


def test_what_is_said_beside_the_answers_is_predicted_and_not_varied_for_free(
    paid: Explorer, service: Service
) -> None:
    context = paid._explorer_tab.form.context
    assert paid.answers.keys().isdisjoint({"context", "baseline"})
    context.contexts["pregnant"].value = True
    context.own_age.value = True
    settled(paid)
    assert service.varied == []
    assert "new prediction" in told(paid)
    assert (paid.answers["context"], paid.answers["baseline"]) == (["pregnant"], "own_age")
    paid._explorer_tab.reset()
    assert paid.answers.keys().isdisjoint({"context", "baseline"})


def test_another_age_is_not_varied_for_free(paid: Explorer, service: Service) -> None:
    number_of(paid, "chronological_age").slider.value = 60
    settled(paid)
    assert service.varied == []
    assert "new prediction" in told(paid)


def test_whoever_changes_too_much_is_told_to_run_a_new_prediction(
    paid: Explorer, service: Service
) -> None:
    message = TOO_MANY.format(changed=3, most=2, answered=4)
    wrong = {"pointer": "/changes/0", "field": "changes", "message": message}
    service.what_if_refusal = problem(422, "invalid_answers", "Invalid", errors=[wrong])
    number_of(paid, "systolic_bp").slider.value = 120
    settled(paid)
    assert "run a new prediction to go further" in told(paid)
    assert paid.result is paid.paid


def test_reset_goes_back_to_what_was_paid_for(paid: Explorer) -> None:
    number_of(paid, "systolic_bp").slider.value = 120
    settled(paid)
    paid._explorer_tab.reset_button.click()
    settled(paid)
    assert paid.answers["answers"]["systolic_bp"] == 150
    assert paid.result is paid.paid
    assert "now" not in headline(paid)


def test_one_figure_is_changed_in_place(paid: Explorer) -> None:
    before = paid.figure
    number_of(paid, "systolic_bp").slider.value = 120
    settled(paid)
    assert paid.figure is before
    bars = [trace for trace in paid.figure.data if trace.type == "bar" and trace.x]
    assert [list(trace.x) for trace in bars] == [[3.0], [0.0]]  # before and after, in one row


def test_what_was_moved_keeps_its_row_with_before_and_after(paid: Explorer) -> None:
    """This clock has one factor; `test_scenario_bars` is about many."""
    number_of(paid, "systolic_bp").slider.value = 120
    settled(paid)
    (row,) = paid.figure.layout.yaxis.ticktext
    assert "Systolic blood" in row
    assert "150 mmHg → 120 mmHg" in row
    assert "+3.0 → 0.0" in paid.figure.layout.annotations[0].text


def test_problems_stand_beside_the_fields_that_they_name(
    explorer: Explorer, service: Service
) -> None:
    errors = [
        {"pointer": "/answers/glucose", "field": "glucose", "message": "must be above 1.5"},
        {"pointer": "/x", "field": "elsewhere", "message": "is wrong"},
    ]
    service.refusal = problem(422, "invalid_answers", "Invalid", errors=errors)
    assert explorer.predict() is None
    assert number_of(explorer, "glucose").problem == "must be above 1.5"
    assert number_of(explorer, "systolic_bp").problem == ""
    assert "elsewhere: is wrong" in told(explorer)
    service.refusal = None
    assert explorer.predict() is not None
    assert number_of(explorer, "glucose").problem == ""


def test_too_few_credits_are_said_in_words(explorer: Explorer, service: Service) -> None:
    service.refusal = problem(402, "insufficient_credits", "This costs 10 and 3 are available.")
    assert explorer.predict() is None
    assert "Not enough credits" in told(explorer)
    assert "3 are available" in told(explorer)


def test_answers_can_be_given(service: Service) -> None:
    answers = {"systolic_bp": 120.0, "glucose": 5.0, "chronological_age": 40.0}
    explorer = Explorer(service.client(), answers=answers)
    assert explorer.answers["answers"] == {"systolic_bp": 120, "glucose": 5}
    assert explorer.answers["chronological_age"] == 40
    result = explorer.predict()
    assert result is not None
    assert result.prediction == 50.0


@pytest.mark.parametrize("gap", [None, math.nan, pd.NA, np.float64("nan")])
def test_a_gap_among_the_answers_is_not_measured(service: Service, gap: Any) -> None:
    row = pd.Series({"systolic_bp": 120, "glucose": np.float64(5.0), "height": gap}, dtype=object)
    explorer = Explorer(service.client(), answers=row)  # type: ignore[arg-type]
    assert explorer.answers["answers"] == {"systolic_bp": 120, "glucose": 5}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"glucos": 5.0}, r'glucos: is not a feature of this clock; did you mean "glucose"\?'),
        ({"qqq": 5.0}, r"qqq: is not a feature of this clock"),
        ({"smoking_status": "nevr"}, 'smoking_status: cannot be "nevr": never, former, current'),
        ({"glucose": "five"}, 'glucose: must be a number, not "five"'),
        ({"glucose": math.inf}, "glucose: must be a finite number"),
        ({"systolic_bp": True, "qqq": 1}, "systolic_bp: must be.*\n.*qqq: is not"),
    ],
)
def test_answers_that_no_control_can_show_are_refused_by_name(
    service: Service, answers: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        Explorer(service.client(), answers=answers)


@pytest.mark.parametrize("text", ["1,000", "1,234.5", "1,234,567", "-2,500", "5,1", ",5"])
def test_numbers_with_commas_are_refused_in_the_words_of_the_service(
    service: Service, text: str
) -> None:
    advice = number_advice(text)
    assert advice
    with pytest.raises(InvalidInput, match=re.escape(f"glucose: {advice}")):
        Explorer(service.client(), answers={"glucose": text})


def test_two_explorers_have_nothing_in_common(paid: Explorer, service: Service) -> None:
    other = Explorer(service.client())
    number_of(other, "systolic_bp").slider.value = 100
    number_of(paid, "systolic_bp").slider.value = 132
    settled(paid)
    assert other.answers["answers"]["systolic_bp"] == 100
    assert "made-up person" in headline(other)
    assert "now 51.2" in headline(paid)
    other.close()
    number_of(paid, "systolic_bp").slider.value = 142
    settled(paid)
    assert "now 52.2" in headline(paid)


def test_closed_it_leaves_no_thread(paid: Explorer, service: Service) -> None:
    with service.what_if_gate.shut():
        number_of(paid, "systolic_bp").slider.value = 132
        paid.close()
        number_of(paid, "systolic_bp").slider.value = 142
    settled(paid)
    assert len(service.varied) <= 1
    for thread in [t for t in threading.enumerate() if t.name == "agelens-notebook"]:
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_a_prediction_of_the_history_comes_back_with_its_units(
    paid: Explorer, service: Service
) -> None:
    number_of(paid, "systolic_bp").unit.value = "kPa"
    number_of(paid, "systolic_bp").box.value = 16
    other = Explorer(service.client())
    other._tabs.selected_index = 2
    history = other._history_tab
    assert history._list_worker.wait_until_idle(SECONDS)
    assert len(history.list.options) == 1
    assert "53.0 years" in history.list.options[0][0]
    service.tasks[0]["units"] = {"systolic_bp": "kPa"}
    service.tasks[0]["answers"] = {"systolic_bp": 20.0}
    history.look()
    assert history._list_worker.wait_until_idle(SECONDS)
    history.open_button.click()
    assert history._open_worker.wait_until_idle(SECONDS)
    assert other._tabs.selected_index == 0
    assert number_of(other, "systolic_bp").value == pytest.approx(150.0124)
    assert number_of(other, "systolic_bp").unit.value == "kPa"
    assert other.paid is not None
    assert "glucose" not in other.answers["answers"]


def test_who_shows_no_widgets_gets_the_result_as_html(paid: Explorer) -> None:
    bundle = paid._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "53.0 years" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_the_result_is_readable_as_a_frame(paid: Explorer) -> None:
    frame = paid.to_frame()
    assert list(frame.index) == ["systolic_bp"]
    assert list(frame["years"]) == [3.0]


def test_a_version_that_is_pinned_is_what_is_asked_and_paid(service: Service) -> None:
    explorer = Explorer(service.client(), model="made-up@1.0.0")
    picker = explorer._explorer_tab.picker
    assert picker.value == "made-up@1.0.0"
    assert [asked for _, asked in picker.options] == ["made-up", "made-up@1.0.0"]
    assert explorer.answers["model"] == "made-up@1.0.0"
    assert explorer.predict() is not None
    assert service.asked == ["made-up@1.0.0"]
    (task,) = explorer.client.history()
    explorer._explorer_tab.show_task(task)
    assert picker.value == "made-up@1.0.0"
