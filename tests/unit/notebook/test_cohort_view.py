"""A file of people in a widget: looked at for nothing, paid for once, followed, summed up."""

import httpx
import pandas as pd
import pytest
from agelens.notebook import CohortView, Explorer
from unit.notebook.cohort_service import COHORT, CohortService
from unit.notebook.service import MODEL, problem

SECONDS = 60.0
PEOPLE = pd.DataFrame({"systolic_bp": [120, 130, 140], "glucose": [5, None, 6], "note": "x"})


class TwoClocks(CohortService):
    """As `CohortService`, with a second clock."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/api/ml-models":
            return super().__call__(request)
        other = MODEL | {"name": "other", "default": False}
        return httpx.Response(200, json={"items": [MODEL, other], "next_cursor": None})


@pytest.fixture
def service() -> CohortService:
    return CohortService()


@pytest.fixture
def checked(service: CohortService) -> CohortView:
    view = CohortView(service.client(), PEOPLE)
    view.controls.check_button.click()
    assert view.wait_until_idle(SECONDS)
    return view


def told(view: CohortView) -> str:
    return str(view.message.value)


def test_a_check_tells_price_and_problems_and_pays_nothing(
    checked: CohortView, service: CohortService
) -> None:
    assert "3 rows, 2 of 3 columns used" in told(checked)
    assert "Ignored: note" in told(checked)
    assert "Not in the file: Height" in told(checked)
    assert "glucose is &lt;required&gt;" in told(checked)
    assert checked.controls.score_button.description == "Score (30 credits)"
    assert not checked.controls.score_button.disabled
    assert service.run_keys == []


def test_score_pays_once_and_ends_with_the_summary(
    checked: CohortView, service: CohortService
) -> None:
    checked.controls.score_button.click()
    assert checked.wait_until_idle(SECONDS)
    assert len(service.run_keys) == 1
    assert service.run_keys[0]
    assert checked.bar.value == 1.0
    assert "2 of 3 rows scored for 20 credits" in told(checked)
    assert "Median 50.0 years" in told(checked)
    assert "1 row was not scored" in told(checked)
    assert checked.controls.score_button.disabled


def test_the_kernel_is_free_while_a_cohort_is_scored(
    checked: CohortView, service: CohortService
) -> None:
    service.fate = "running"  # until it is canceled
    checked.controls.score_button.click()
    assert not checked.wait_until_idle(0.2)
    assert not checked.controls.cancel_button.disabled
    checked.controls.cancel_button.click()
    assert checked.wait_until_idle(SECONDS)
    assert "Canceled. You were not charged." in told(checked)


def test_the_summary_is_drawn_on_one_figure(checked: CohortView) -> None:
    checked.score()
    assert checked.wait_until_idle(SECONDS)
    before = checked._result_view.figure
    bars = [trace for trace in before.data if trace.type == "bar" and trace.visible is not False]
    assert [list(trace.y) for trace in bars] == [[1, 1]]
    checked.figures.value = "Top factors"
    assert checked._result_view.figure is before
    assert "Systolic BP" in str(before.layout.yaxis.ticktext)


def test_results_by_age_and_what_is_missing_are_drawn_too(checked: CohortView) -> None:
    checked.score()
    assert checked.wait_until_idle(SECONDS)
    figure = checked._result_view.figure
    checked.figures.value = "By age"
    drawn = [list(trace.y) for trace in figure.data if trace.type == "scatter" and trace.y]
    assert [49.0, 51.0] in drawn
    checked.figures.value = "Missing"
    assert "before AgeLens counted" in figure.layout.annotations[0].text


def test_too_few_credits_leave_the_draft_to_be_scored_later(
    checked: CohortView, service: CohortService
) -> None:
    service.refusal = problem(402, "insufficient_credits", "This costs 30 and 3 are available.")
    checked.score()
    assert checked.wait_until_idle(SECONDS)
    assert "Not enough credits" in told(checked)
    service.refusal = None
    checked.score()
    assert checked.wait_until_idle(SECONDS)
    assert "2 of 3 rows scored" in told(checked)
    assert service.submitted == 1


def test_another_clock_or_other_names_have_to_be_checked_anew(checked: CohortView) -> None:
    checked.controls.columns.value = "kaggle"
    assert checked.controls.score_button.disabled
    assert checked.preview is None


def test_a_cohort_is_found_again_by_its_id(checked: CohortView, service: CohortService) -> None:
    checked.score()
    assert checked.wait_until_idle(SECONDS)
    again = CohortView(service.client(), COHORT)
    assert again.wait_until_idle(SECONDS)
    assert "2 of 3 rows scored" in told(again)
    assert service.submitted == 1


def test_a_cohort_of_elsewhere_shows_its_own_clock_and_names() -> None:
    service = TwoClocks()
    service.cohort |= {"status": "canceled", "columns": "kaggle"}
    service.cohort["model"] = {"name": "other", "version": "1.0.0"}
    view = CohortView(service.client(), COHORT)
    assert view.wait_until_idle(SECONDS)
    assert (view.controls.model.value, view.controls.columns.value) == ("other", "kaggle")
    assert CohortView(service.client()).controls.model.value == "made-up"


def test_a_draft_found_again_can_be_scored(checked: CohortView, service: CohortService) -> None:
    again = CohortView(service.client(), checked.cohort)
    assert again.wait_until_idle(SECONDS)
    assert again.controls.score_button.description == "Score (30 credits)"


def test_without_a_file_there_is_nothing_to_check(service: CohortService) -> None:
    view = CohortView(service.client())
    view.check()
    assert view.wait_until_idle(SECONDS)
    assert "Choose a file" in told(view)
    assert service.submitted == 0


def test_a_file_chosen_in_the_browser_is_sent(service: CohortService) -> None:
    view = CohortView(service.client())
    content = b"systolic_bp,glucose\n120,5\n"
    chosen = {"name": "people.csv", "type": "text/csv", "size": len(content), "content": content}
    view.controls.upload.value = [
        chosen | {"last_modified": pd.Timestamp(0, tz="UTC").to_pydatetime()}
    ]
    view.check()
    assert view.wait_until_idle(SECONDS)
    assert service.submitted == 1
    assert "3 rows" in told(view)


def test_a_cohort_that_ends_behind_another_tab_leaves_its_figure_alone(
    service: CohortService,
) -> None:
    explorer = Explorer(service.client())
    explorer._cohort_view._source = PEOPLE
    explorer._cohort_view.check()
    assert explorer._cohort_view.wait_until_idle(SECONDS)
    explorer._cohort_view.score()
    assert explorer._cohort_view.wait_until_idle(SECONDS)
    assert "53.0 years" in explorer._result_view.text.value
    explorer._tabs.selected_index = 3
    assert "Distribution" in explorer._result_view.text.value
    explorer._tabs.selected_index = 0
    assert "53.0 years" in explorer._result_view.text.value
