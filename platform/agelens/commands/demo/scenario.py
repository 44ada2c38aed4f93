"""The story, scene by scene. A scene's docstring is its heading."""

from concurrent.futures import ThreadPoolExecutor

from agelens.client import (
    Client,
    Conflict,
    Forbidden,
    InsufficientCredits,
    InvalidAnswers,
    NotFound,
    Result,
)
from agelens.commands.demo import printing
from agelens.commands.demo.demo_people import ANNA, BORIS, BORIS_GLUCOSE_MG_DL, Cast
from agelens.commands.demo.printing import Checks, say

AT_ONCE = 4
MOST_ROUNDS = 6
ADDS_UP_WITHIN_YEARS = 1e-6


def nobody_pays_in_advance(cast: Cast, checks: Checks) -> None:
    """Anna asks for her age with an empty wallet."""
    try:
        cast.anna.submit(ANNA, model=cast.model.name)
        checks.expect(False, "it is refused")
    except InsufficientCredits as error:
        say(f"{error.status} {error.title}. {error.detail}")
        checks.expect(True, "it is refused, with the price and what she has")
    checks.expect(not list(cast.anna.history()), "no task was made of it")


def credits_arrive(cast: Cast, checks: Checks) -> None:
    """Anna tops up her wallet; the administrator tops up Boris's."""
    price = cast.model.price
    try:
        cast.anna.wallet.topup(3 * price)
    except Forbidden as error:
        say(f"{error.detail} So the administrator does it.")
        cast.admin.admin.topup(cast.anna.me().id, 3 * price)
    cast.admin.admin.topup(cast.boris_email, (2 + AT_ONCE * MOST_ROUNDS) * price)
    say(f"A prediction by {cast.model.name} {cast.model.version} costs {price} credits.")
    say(f"Anna has {cast.anna.wallet.available}, Boris has {cast.boris.wallet.available}.")
    checks.expect(cast.anna.wallet.available == 3 * price, "Anna's credits are there")


def an_ordinary_prediction(cast: Cast, checks: Checks) -> None:
    """Anna asks again."""
    before = cast.anna.wallet.balance
    result = cast.anna.predict(ANNA, model=cast.model.name, chronological_age=58)
    printing.result("Anna", result)
    _expect_sound(result, cast, checks)
    after = cast.anna.wallet.show()
    paid = before - cast.model.price
    checks.expect(
        (after.balance, after.held) == (paid, 0), f"she paid once: {before} → {after.balance}"
    )


def mistakes_are_named(cast: Cast, checks: Checks) -> None:
    """Boris makes four mistakes at once."""
    before = cast.boris.wallet.show()
    wrong = {**BORIS, "systolic_bp": "high", "hearing_ability": -500, "colour": "red"}
    try:
        cast.boris.submit(wrong, model=cast.model.name, units={"total_cholesterol": "stone"})
        checks.expect(False, "it is refused")
    except InvalidAnswers as error:
        printing.problems(error)
        fields = {problem.field for problem in error.problems}
        expected = {"systolic_bp", "hearing_ability", "colour", "total_cholesterol"}
        checks.expect(fields == expected, "all four are named, each beside its field")
    checks.expect(cast.boris.wallet.show() == before, "his wallet was not touched")


def a_unit_mistake_is_caught(cast: Cast, checks: Checks) -> None:
    """Boris's laboratory writes glucose in mg/dL; he forgets to say so."""
    panel = {**BORIS, "glucose": BORIS_GLUCOSE_MG_DL}
    try:
        cast.boris.submit(panel, model=cast.model.name)
        checks.expect(False, "it is refused")
    except InvalidAnswers as error:
        printing.problems(error)
        checks.expect("mg/dL" in str(error), "the unit that would fit is suggested")
    say("He names the unit:")
    result = cast.boris.predict(
        panel, model=cast.model.name, units={"glucose": "mg/dL"}, chronological_age=41
    )
    printing.result("Boris", result)
    _expect_sound(result, cast, checks)


def a_draft_is_kept_for_later(cast: Cast, checks: Checks) -> None:
    """Anna starts a panel in the morning and finishes it in the evening."""
    before = cast.anna.wallet.balance
    draft = cast.anna.drafts.create({**ANNA, "systolic_bp": 1380}, model=cast.model.name)
    say(f"The draft notes: {'; '.join(p.field + ' ' + p.message for p in draft.validation_errors)}")
    checks.expect(len(draft.validation_errors) == 1, "the draft is kept with what is wrong in it")
    edited = cast.anna.drafts.edit(draft.id, answers={"systolic_bp": 124, "glucose": 5.4})
    checks.expect(not edited.validation_errors, "after the correction nothing is wrong")
    checks.expect(cast.anna.wallet.balance == before, "a draft costs nothing")
    cast.anna.run(draft.id)
    result = cast.anna.wait(draft.id)
    cast.anna.run(draft.id)
    printing.result("With that blood pressure and glucose Anna", result)
    _expect_sound(result, cast, checks)
    paid = before - cast.anna.wallet.balance
    checks.expect(paid == cast.model.price, "it was run twice and paid once")


def canceling_costs_nothing(cast: Cast, checks: Checks) -> None:
    """Boris submits and cancels in the same breath."""
    # Workers that wait may be quicker each time: who wins is not checked, what it costs is.
    before, price = cast.boris.wallet.balance, cast.model.price
    submitted: list[str] = []
    for _ in range(MOST_ROUNDS):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calls = [pool.submit(_submit_and_cancel, cast) for _ in range(AT_ONCE)]
            submitted += [call.result() for call in calls]
        finished = [cast.boris.task(task_id, wait=20) for task_id in submitted]
        if any(task.status == "canceled" for task in finished):
            break
    canceled = [task for task in finished if task.status == "canceled"]
    succeeded = [task for task in finished if task.status == "succeeded"]
    say(f"{len(canceled)} were canceled in time, {len(succeeded)} had an answer already.")
    checks.expect(
        len(canceled) + len(succeeded) == len(finished), "each ended one way or the other"
    )
    if canceled:
        free = not any(task.charged for task in canceled)
        checks.expect(free, "what was canceled was not charged")
    after = cast.boris.wallet.show()
    paid = (before - after.balance, after.held)
    checks.expect(paid == (price * len(succeeded), 0), "only answers were paid; nothing stays held")


def what_is_whose(cast: Cast, checks: Checks) -> None:
    """Boris is curious about Anna's result."""
    (latest, *_) = cast.anna.history()
    try:
        cast.boris.task(latest.id)
        checks.expect(False, "he does not see it")
    except NotFound as error:
        say(f"{error.status} {error.title}: {error.detail}")
        checks.expect(True, "he does not learn that it exists")
    try:
        list(cast.boris.admin.users())
        checks.expect(False, "he is no administrator")
    except Forbidden as error:
        say(f"{error.status} {error.title}: {error.detail}")


def histories(cast: Cast, checks: Checks) -> None:
    """Wallets and histories."""
    for name, client in (("Anna", cast.anna), ("Boris", cast.boris)):
        entries = list(client.wallet.transactions())[::-1]
        tasks = list(client.history())[::-1]
        wallet = client.wallet.show()
        say(f"{name}: balance {wallet.balance}, held {wallet.held}, available {wallet.available}")
        printing.tasks(tasks)
        printing.ledger(entries)
        _expect_books(name, client, cast, checks)


def _submit_and_cancel(cast: Cast) -> str:
    task_id = cast.boris.submit(BORIS, model=cast.model.name)
    try:
        cast.boris.cancel(task_id)
    except Conflict:  # a worker was quicker
        return task_id
    return task_id


def _expect_sound(result: Result, cast: Cast, checks: Checks) -> None:
    gap = result.base_value + sum(c.years for c in result.contributions) - result.prediction
    checks.expect(
        abs(gap) < ADDS_UP_WITHIN_YEARS, f"the factors add up to the age ({gap:.0e} left)"
    )
    inside = (
        result.interval is not None
        and result.interval.low < result.prediction < result.interval.high
    )
    checks.expect(inside, "the age lies within its interval")
    checks.expect(result.task.charged == cast.model.price, "the task says what it cost")


def _expect_books(name: str, client: Client, cast: Cast, checks: Checks) -> None:
    entries, wallet = list(client.wallet.transactions()), client.wallet.show()
    succeeded = sum(task.status == "succeeded" for task in client.history())
    given = sum(entry.amount for entry in entries if entry.kind in ("topup", "adjustment"))
    total, held = sum(e.amount for e in entries), sum(e.held_change for e in entries)
    checks.expect((total, held) == (wallet.balance, 0), f"{name}'s entries add up to the balance")
    checks.expect(
        given - succeeded * cast.model.price == wallet.balance,
        f"{name} paid for {succeeded} answers and nothing else",
    )
