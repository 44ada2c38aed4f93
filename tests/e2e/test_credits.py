"""Credits under many hands at once."""

import pytest
from agelens.client import Client, InsufficientCredits
from e2e.at_once import at_once
from e2e.conftest import MakePerson
from e2e.panels import SHORT


def accepted(person: Client) -> str | None:
    """The id of the task, or None when the credits do not cover it."""
    try:
        return person.submit(SHORT)
    except InsufficientCredits:
        return None


@pytest.mark.parametrize("round_", range(10))
def test_of_forty_submissions_at_once_only_those_that_are_covered_are_accepted(
    round_: int, make_person: MakePerson
) -> None:
    price = make_person().models.default.price
    person = make_person(credits=4 * price)
    task_ids = [task_id for task_id in at_once(40, lambda: accepted(person)) if task_id]
    assert len(task_ids) == 4
    assert person.wallet.available == 0
    results = [person.wait(task_id) for task_id in task_ids]
    assert [result.task.charged for result in results] == [price] * 4
    wallet = person.wallet.show()
    assert (wallet.balance, wallet.held) == (0, 0)
    assert len(list(person.history())) == 4
    entries = list(person.wallet.transactions())
    assert all(e.balance_after >= 0 and 0 <= e.held_after <= e.balance_after for e in entries)


def test_fifty_top_ups_at_once_all_count(make_person: MakePerson) -> None:
    person = make_person()
    at_once(50, lambda: person.wallet.topup(10))
    assert person.wallet.balance == 500
    entries = list(person.wallet.transactions())
    assert sorted(entry.balance_after for entry in entries) == list(range(10, 510, 10))


def test_a_draft_that_is_run_twenty_times_at_once_is_one_task_and_one_charge(
    make_person: MakePerson,
) -> None:
    person = make_person(credits=1000)
    draft = person.drafts.create(SHORT)
    assert set(at_once(20, lambda: person.run(draft.id))) == {draft.id}
    result = person.wait(draft.id)
    assert person.wallet.balance == 1000 - result.task.price
    assert [task.id for task in person.history()] == [draft.id]
    assert [e.kind for e in person.wallet.transactions()] == ["capture", "hold", "topup"]


def test_the_same_payment_sent_twenty_times_at_once_is_paid_once(make_person: MakePerson) -> None:
    person = make_person()
    entries = at_once(20, lambda: person.wallet.topup(7, idempotency_key="order 17"))
    assert len({entry.id for entry in entries}) == 1
    assert person.wallet.balance == 7
