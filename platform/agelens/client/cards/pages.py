"""Some items of a list, and a wallet, in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from agelens.client.accounts import Profiles
from agelens.client.assessments import Assessment
from agelens.client.cards import card_html
from agelens.client.cards.number_format import YEARS, credits_text, moment, number, signed
from agelens.client.cards.parts import card, facts, muted, table
from agelens.client.cohort_shapes import CohortFields
from agelens.client.cohorts import Cohorts
from agelens.client.pages import Listing, Page
from agelens.client.results import Task
from agelens.client.shapes import AdminUser, Balance, Profile, Transaction
from agelens.client.timeline import Timeline, TimelineEntry
from agelens.client.wallet import Wallet

Cell = str | int | float
SHOWN_ITEMS = 10
NEXT_PAGE_HINT = "There are more: next_cursor asks for them."
ITERATE_HINT = "There are more: iterate over it."


@card_html.register(Balance)
def balance_card(balance: Balance) -> str:
    """What a wallet has."""
    return card(
        "Wallet",
        facts(
            [
                ("Available", credits_text(balance.available)),
                ("Held", credits_text(balance.held)),
                ("Balance", credits_text(balance.balance)),
            ]
        ),
    )


@card_html.register(Wallet)
def wallet_card(wallet: Wallet) -> str:
    """What a wallet has now."""
    return balance_card(wallet.show())


@card_html.register(Profile)
def profile_card(profile: Profile) -> str:
    """What a person has said."""
    birth = profile.birth_date.isoformat() if profile.birth_date else ""
    pairs = [("Sex", profile.sex or ""), ("Born", birth), ("Country", profile.country or "")]
    return card("Profile", facts(pairs) if any(v for _, v in pairs) else muted("Nothing yet"))


@card_html.register(Profiles)
def profiles_card(profiles: Profiles) -> str:
    """What it says now."""
    return profile_card(profiles())


@card_html.register(Listing)
def listing_card(listing: Listing[object]) -> str:
    """The first items, asked for anew."""
    return page_card(listing.first_page(SHOWN_ITEMS), ITERATE_HINT)


@card_html.register(Cohorts)
def cohorts_card(cohorts: Cohorts) -> str:
    """The newest cohorts."""
    return page_card(cohorts.page(limit=SHOWN_ITEMS), ITERATE_HINT)


@card_html.register(Timeline)
def timeline_card(timeline: Timeline) -> str:
    """The newest panels."""
    return page_card(timeline.page(limit=SHOWN_ITEMS), ITERATE_HINT)


@card_html.register(Page)
def page_card(page: Page[object], more: str = NEXT_PAGE_HINT) -> str:
    """The items as a table, each kind with the columns that tell most of it."""
    if not page.items:
        return card("Nothing yet")
    rows = [_row(item) for item in page.items]
    item_table = table(tuple(rows[0]), [tuple(row.values()) for row in rows])
    title = next((t for kind, t in _TITLES.items() if isinstance(page.items[0], kind)), "Items")
    return card(title, item_table, muted(more if page.next_cursor else ""))


def _row(item: object) -> Mapping[str, Cell]:
    if isinstance(item, Task):
        return _task(item)
    if isinstance(item, Assessment):
        return _assessment(item)
    if isinstance(item, TimelineEntry):
        return _entry(item)
    if isinstance(item, CohortFields):
        return _cohort(item)
    if isinstance(item, Transaction):
        return _transaction(item)
    names = [entry.name for entry in fields(item)] if is_dataclass(item) else []
    return {name: _text(getattr(item, name)) for name in names}


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _task(task: Task) -> Mapping[str, Cell]:
    result = task.result
    unit = result.unit if result else YEARS
    gap = result.age_gap if result else None
    return {
        "Created": moment(task.created_at),
        "Model": f"{task.model.name} {task.model.version}",
        "Status": task.status,
        "Result": f"{number(result.prediction, unit)} {unit}" if result else "",
        "Age gap": signed(gap.raw) if gap else "",
        "Charged": task.charged,
        "Id": task.id,
    }


def _assessment(assessment: Assessment) -> Mapping[str, Cell]:
    results = assessment.results.items()
    result_texts = [
        f"{name}: {number(each.prediction, each.unit)} {each.unit}" for name, each in results
    ]
    return {
        "Measured on": assessment.measured_on.isoformat(),
        "Results": "; ".join(result_texts),
        "Clocks": len(assessment.tasks),
        "Charged": assessment.charged,
        "Id": assessment.id,
    }


def _entry(entry: TimelineEntry) -> Mapping[str, Cell]:
    result_texts = [
        f"{each.model.name}: {each.status}"
        if each.prediction is None
        else f"{each.model.name}: {number(each.prediction, each.unit)} {each.unit}"
        for each in entry.results
    ]
    return {
        "Measured on": entry.measured_on.isoformat(),
        "Results": "; ".join(result_texts),
        "Charged": sum(each.charged for each in entry.results),
        "Id": entry.id,
    }


def _cohort(cohort: CohortFields) -> Mapping[str, Cell]:
    return {
        "Created": moment(cohort.created_at),
        "Name": cohort.name,
        "Model": cohort.model.name if cohort.model else "",
        "Status": cohort.status,
        "Rows": cohort.rows,
        "Scored": cohort.rows_scored,
        "Charged": cohort.charged,
        "Id": cohort.id,
    }


def _transaction(entry: Transaction) -> Mapping[str, Cell]:
    return {
        "When": moment(entry.created_at),
        "Kind": "welcome credits" if entry.is_welcome else entry.kind,
        "Amount": entry.amount,
        "Held": entry.held_change,
        "Balance": entry.balance_after,
        "For": entry.task_id or entry.cohort_id or ("" if entry.is_welcome else entry.note),
    }


_TITLES: Mapping[type, str] = {
    Task: "Predictions",
    Assessment: "Assessments",
    TimelineEntry: "Timeline",
    CohortFields: "Cohorts",
    Transaction: "Transactions",
    AdminUser: "People",
}
