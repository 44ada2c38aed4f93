"""What a customer does, from registering to a canceled task, over real processes."""

import pytest
from agelens.client import (
    Client,
    Conflict,
    InsufficientCredits,
    InvalidAnswers,
    NotFound,
    Unauthenticated,
)
from agelens.commands.stack import Stack
from e2e.conftest import PASSWORD, MakePerson
from e2e.panels import COMPLETE, SHORT


def test_from_registering_to_an_explained_age(service: Stack) -> None:
    with Client(service.url) as client:
        client.register("walk@example.org", PASSWORD)
        client.login("walk@example.org", PASSWORD)
        price = client.models.default.price
        with pytest.raises(InsufficientCredits, match=str(price)):
            client.predict(COMPLETE)
        assert list(client.history()) == []
        client.wallet.topup(price)
        result = client.predict(COMPLETE, chronological_age=55)
        assert result.interval is not None
        assert result.interval.low < result.prediction < result.interval.high
        total = result.base_value + sum(each.years for each in result.contributions)
        assert total == pytest.approx(result.prediction, abs=1e-6)
        assert result.age_gap is not None
        assert result.age_gap.raw == pytest.approx(result.prediction - 55)
        assert client.wallet.show().available == client.wallet.balance == 0
        (task,) = client.history()
        assert task == result.task
        assert (task.status, task.charged, task.attempts) == ("succeeded", price, 1)
        kinds = [entry.kind for entry in client.wallet.transactions()]
        assert kinds == ["capture", "hold", "topup"]
        client.logout()


def test_a_draft_is_corrected_and_run_later(make_person: MakePerson) -> None:
    person = make_person(credits=100)
    draft = person.drafts.create({**SHORT, "glucose": 96})
    assert [each.field for each in draft.validation_errors] == ["glucose"]
    with pytest.raises(InvalidAnswers, match="mg/dL"):
        person.run(draft.id)
    assert person.task(draft.id).status == "draft"
    person.drafts.edit(draft.id, units={"glucose": "mg/dL"})
    person.run(draft.id)
    result = person.wait(draft.id)
    assert result.task.charged == result.task.price
    with pytest.raises(Conflict):
        person.cancel(draft.id)
    person.delete(draft.id)
    with pytest.raises(NotFound):
        person.task(draft.id)
    assert person.wallet.balance == 100 - result.task.price


def test_a_canceled_task_costs_nothing_even_when_its_job_still_comes(
    service: Stack, make_person: MakePerson
) -> None:
    person = make_person(credits=100)
    service.stop("worker-1", "worker-2")
    task_id = person.submit(COMPLETE)
    assert person.wallet.show().held > 0
    assert person.cancel(task_id).status == "canceled"
    assert person.wallet.show().available == 100
    for name in ("worker-1", "worker-2"):
        service.start_part(name, "worker")
    assert person.predict(COMPLETE).task.charged > 0  # so the workers have come past the other job
    task = person.task(task_id)
    assert (task.status, task.charged, task.result) == ("canceled", 0, None)


def test_an_administrator_tops_up_and_sees_who_and_what(
    make_person: MakePerson, admin: Client
) -> None:
    person = make_person()
    me = person.me()
    assert me.email is not None
    admin.admin.topup(me.email, 1_000_000)  # beyond the cap of self top-ups
    assert person.wallet.available == 1_000_000
    task_id = person.submit(COMPLETE)
    person.wait(task_id)
    (found,) = admin.admin.users(email=me.email)
    assert (found.id, found.wallet) == (me.id, person.wallet.show())
    assert task_id in [task.id for task in admin.admin.tasks(status="succeeded")]
    assert next(iter(admin.admin.transactions())).task_id == task_id
    assert len(admin.admin.queues()["workers"]) >= 1
    assert any(version.active and version.default for version in admin.admin.models())


def test_a_notebook_works_with_a_token_of_its_own(service: Stack, make_person: MakePerson) -> None:
    person = make_person(credits=100)
    token = person.tokens.create("notebook", days=7)
    with Client(service.url, token.access_token) as notebook:
        assert notebook.predict(SHORT).task.status == "succeeded"
        assert notebook.export()["user"]["id"] == person.me().id
        assert {each.name for each in person.tokens} == {"Python", "notebook"}
        person.erase()
        with pytest.raises(Unauthenticated):
            notebook.me()


def test_the_registry_and_the_clocks_can_be_read_by_anybody(service: Stack) -> None:
    with Client(service.url) as anybody:
        keys = {each["key"] for each in anybody.biomarkers()}
        for model in anybody.models:
            assert {feature["key"] for feature in model.features} <= keys
        with pytest.raises(NotFound):
            anybody.models["no-such-clock"]
