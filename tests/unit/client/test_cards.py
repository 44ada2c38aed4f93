"""What answers look like in a notebook: complete, escaped, balanced."""

from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from agelens import charts
from agelens.client import Balance, Page, Task
from agelens.client.decoding import decode
from unit.client.cohort_wire import COHORT, FAILED, RUNNING, SUCCEEDED
from unit.client.stub import RESULT, TASK, TRANSACTION, Stub, client_of, problem
from unit.client.test_models import MEANING, MODEL

EVIL = '<script>alert("x")</script>&'
FEATURE = {"key": "crp", "label": EVIL, "unit": "mg/L", "required": True}


class Tags(HTMLParser):
    """The text of a card; fails where a tag is not closed, is one of the evil ones, or loads anything."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.open: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"div", "span", "table", "tr", "td", "th"}
        assert {name for name, _ in attrs} <= {"style"}
        self.styles += [value or "" for _, value in attrs]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(html: str | None) -> str:
    assert html is not None
    tags = Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    for style in tags.styles:  # black or white would vanish on one of the two backgrounds
        assert "url(" not in style
        assert not any(paint in style for paint in ("color:#000", "color:#fff", "black", "white"))
    return "\n".join(tags.text)


def evil(wire: Any) -> Any:
    """Every text of a wire mapping replaced, but where the client reads a meaning."""
    if isinstance(wire, dict):
        kept = ("created_at", "finished_at", "started_at", "status", "unit", "kind")
        return {k: v if k in kept else evil(v) for k, v in wire.items()}
    if isinstance(wire, list):
        return [evil(each) for each in wire]
    return EVIL if isinstance(wire, str) else wire


def card_of(wire: Any, get: Any) -> str | None:
    answer = get(client_of(Stub(httpx.Response(200, json=wire)), patience=0))
    html: str | None = answer._repr_html_()
    return html


def page_of(item: Any) -> dict[str, Any]:
    return {"items": [item], "next_cursor": "c"}


SCORED = TASK | {
    "status": "succeeded",
    "charged": 10,
    "result": RESULT | {"warnings": ["mind crp"]},
}
CARDS = {
    "result": (SCORED, lambda client: client.wait("t1")),
    "task": (SCORED, lambda client: client.task("t1")),
    "history": (page_of(SCORED), lambda client: client.history_page()),
    "cohort": (SUCCEEDED, lambda client: client.cohorts["c1"]),
    "failed cohort": (FAILED, lambda client: client.cohorts["c1"]),
    "cohorts": (page_of(COHORT), lambda client: client.cohorts),
    "transactions": (
        page_of(TRANSACTION | {"note": "a gift"}),
        lambda client: client.wallet.transactions_page(),
    ),
    "model": (MODEL | MEANING | {"features": [FEATURE]}, lambda client: client.models["m"]),
    "models": ({"items": [MODEL], "next_cursor": None}, lambda client: client.models),
    "wallet": ({"balance": 1234, "held": 1, "available": 1233}, lambda client: client.wallet),
}


@pytest.mark.parametrize("kind", CARDS)
def test_every_text_is_escaped(kind: str) -> None:
    wire, get = CARDS[kind]
    html = card_of(evil(wire), get)
    text = read(html)
    assert "<script" not in (html or "")
    assert kind == "wallet" or EVIL in text


def test_a_result_tells_age_interval_gap_and_factors() -> None:
    told = read(card_of(SCORED, CARDS["result"][1]))
    for words in ("51.0 years", "42.0 to 60.0 years (90 %)", "+1.0 years", "Blood glucose",
                  "5.4 mmol/L", "−2.5", "53.5", "nothing known", "mind crp", "kaggle-age 1.0.0",
                  "Not medical advice"):  # fmt: skip
        assert words in told


def test_a_result_tells_the_risk_and_the_range_of_its_rank() -> None:
    gap = {"raw": 1.0, "adjusted": 0.5, "percentile": 55.0, "reference": "some people"}
    derived = {"risk_10y": 0.061, "risk_10y_low": 0.05, "risk_10y_high": 0.08}
    more = {"age_gap": gap | {"percentile_range": [40.0, 71.0]}, "derived": derived}
    told = read(card_of(SCORED | {"result": RESULT | more}, CARDS["result"][1]))
    assert "percentile 55 (40 to 71, as markers are missing)" in told
    assert "6 of 100 people like this (95 % interval 5 to 8)" in told
    assert "Ten-year risk" not in read(card_of(SCORED, CARDS["result"][1]))


@pytest.mark.parametrize(
    ("risks", "words"),
    [
        ((0.0003, 0.0001, 0.0012), "fewer than 1 of 1,000 people like this (95 % interval fewer than 1 to 1)"),
        ((0.0088, 0.0071, 0.0109), "9 of 1,000 people like this (95 % interval 7 to 11)"),
        ((0.0112, 0.0092, 0.0138), "11 of 1,000 people like this (95 % interval 9 to 14)"),
        ((0.9999, 0.9997, 1), "more than 99 of 100 people like this (95 % interval more than 99)"),
        ((0.998, 0.97, 0.9999), "more than 99 of 100 people like this (95 % interval 97 to more than 99)"),
    ],
)  # fmt: skip
def test_a_small_and_a_sure_risk_are_counted_as_in_the_web_app(
    risks: tuple[float, float, float], words: str
) -> None:
    names = ("risk_10y", "risk_10y_low", "risk_10y_high")
    derived = dict(zip(names, risks, strict=True))
    told = read(card_of(SCORED | {"result": RESULT | {"derived": derived}}, CARDS["result"][1]))
    assert words in told
    counted = told[told.index(words) :].split(")")[0]
    assert counted.split(" people")[0] in charts.risk_sentence({"derived": derived}).lower()


def test_warnings_name_what_they_are_about_by_its_label() -> None:
    warnings = [
        "glucose is beyond the training data",
        "chronological_age is beyond 20 to 85, where this clock was validated",
        "bone_density 7 is unusual: nearly all adults are between 0 and 2; is it another?",
        "the age gap is ranked for complete panels only",
    ]
    task = SCORED | {"result": RESULT | {"warnings": warnings}}
    told = read(card_of(task, CARDS["result"][1]))
    assert "Warning: Blood glucose is beyond the training data." in told
    assert "Warning: your age is beyond 20 to 85" in told
    assert "Warning: bone density 7 is unusual" in told
    assert "is it another?" in told
    assert "another?." not in told
    assert "Warning: the age gap is ranked" in told


def test_a_result_without_interval_says_why_and_many_factors_are_summed() -> None:
    part = RESULT["contributions"][0]  # type: ignore[index]
    many = [{**part, "label": f"F{place}", "years": 1.0} for place in range(11)]
    bare = {"interval": None, "interval_reason": "none: one person", "age_gap": None}
    task = TASK | {"status": "succeeded", "result": RESULT | bare | {"contributions": many}}
    told = read(card_of(task, CARDS["result"][1]))
    assert "none: one person" in told
    assert "Age gap" not in told
    assert "F7" in told
    assert "F8" not in told
    assert "and 3 more: +3.0 years together" in told


def test_a_task_tells_what_is_wrong_with_it() -> None:
    wrong = {"pointer": "/answers/crp", "field": "crp", "message": "must be a number"}
    told = read(
        decode(Task, TASK | {"status": "draft", "validation_errors": [wrong]})._repr_html_()
    )
    assert "draft" in told
    assert "must be a number" in told


def test_a_cohort_tells_progress_counts_money_and_what_came_out() -> None:
    running = card_of(RUNNING, CARDS["cohort"][1])
    assert "width:25.0%" in (running or "")
    for words in (
        "50 of 200 rows",
        "45 scored, 5 not scored",
        "600 credits (3 a row)",
        "0 credits",
    ):
        assert words in read(running)
    why = {"reason": "own_cohorts", "cohorts_ahead": 2, "message": "It is waiting behind 2."}
    waiting = card_of(COHORT | {"waiting_for": why}, CARDS["cohort"][1])
    assert "It is waiting behind 2." in read(waiting)
    done = read(card_of(SUCCEEDED, CARDS["cohort"][1]))
    for words in ("51.2 ± 9.5 years", "median 51.0", "−1.5 years on average", "C-reactive <protein>",
                  "2.2", "glucose must be between 1.5 and 40 mmol/L", "570 credits"):  # fmt: skip
        assert words in done


def test_a_cohort_of_which_nobody_was_scored_has_a_card() -> None:
    summary = SUCCEEDED["summary"] | {"prediction": None, "histogram": None, "age_gap": None}
    told = read(card_of(SUCCEEDED | {"summary": summary}, CARDS["cohort"][1]))
    assert "No row could be scored" in told
    assert "glucose must be between" in told


def test_a_draft_without_a_clock_has_a_card() -> None:
    draft = COHORT | {"status": "draft", "model": None, "price": 0, "price_per_row": 0}
    assert "draft" in read(card_of(draft, CARDS["cohort"][1]))


def test_a_page_says_that_there_are_more_and_an_empty_one_that_there_is_nothing() -> None:
    assert "next_cursor" in read(card_of(page_of(SCORED), CARDS["history"][1]))
    assert "Nothing yet" in read(Page((), None)._repr_html_())


def test_a_wallet_shows_what_can_be_spent() -> None:
    told = read(Balance(1234, 1, 1233)._repr_html_())
    assert "1,233 credits" in told
    assert "1 credit" in told.splitlines()


def test_a_model_lists_what_it_reads() -> None:
    wire = MODEL | MEANING | {"features": [FEATURE | {"label": "CRP"}]}
    told = read(card_of(wire, CARDS["model"][1]))
    for words in (
        "Made up",
        "3 credits",
        "needs sex and chronological age",
        "20 to 90",
        "CRP",
        "required",
    ):
        assert words in told


@pytest.mark.parametrize("kind", ["cohorts", "models", "wallet"])
def test_a_list_that_cannot_be_read_leaves_the_cell_to_its_plain_text(kind: str) -> None:
    client = client_of(Stub(problem(401, "unauthenticated")))
    assert CARDS[kind][1](client)._repr_html_() is None
