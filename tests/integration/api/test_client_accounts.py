"""The client's passwords, devices and links against the real API, without a socket."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from agelens.client import Client, Conflict, InvalidInput, NotFound, Unauthenticated
from flask import Flask
from integration.api.test_client_cohorts import Working
from integration.people import PANEL, PASSWORD, new_email

NEW = "a horse that is correct"


@pytest.fixture
def transport(app: Flask, run_jobs: Callable[[], None]) -> httpx.BaseTransport:
    return Working(app, run_jobs)


@pytest.fixture
def client(transport: httpx.BaseTransport) -> Iterator[Client]:
    """Somebody who has just registered, with credits."""
    with Client("http://agelens.test", "", transport=transport) as client:
        email = new_email()
        client.register(email, PASSWORD)
        client.login(email, PASSWORD)
        client.wallet.topup(500)
        yield client


def again(client: Client, transport: httpx.BaseTransport, password: str = PASSWORD) -> Client:
    """The same person on another device."""
    other = Client("http://agelens.test", "", transport=transport)
    other.login(str(client.me().email), password)
    return other


def test_a_password_is_changed_and_every_other_device_is_out(
    client: Client, transport: httpx.BaseTransport
) -> None:
    other = again(client, transport)
    with pytest.raises(Unauthenticated) as wrong:
        client.password.change("not this one", NEW)
    assert not getattr(wrong.value, "__notes__", []), "it is not the token that is refused"
    with pytest.raises(InvalidInput, match="new"):
        client.password.change(PASSWORD, "short")
    client.password.change(PASSWORD, NEW)
    with pytest.raises(Unauthenticated):
        other.me()
    assert again(client, transport, NEW).me() == client.me()


def test_devices_are_listed_and_logged_out(client: Client, transport: httpx.BaseTransport) -> None:
    other = again(client, transport)
    client.tokens.create("notebook")
    devices = list(client.devices)
    assert [(device.name, device.current) for device in devices] == [
        ("Python", False),
        ("Python", True),
    ]
    client.devices.log_out(devices[0].id)
    with pytest.raises(Unauthenticated):
        other.me()
    client.logout_everywhere()
    with pytest.raises(Unauthenticated):
        client.me()


def test_without_mail_a_forgotten_password_needs_an_administrator(client: Client) -> None:
    options = client.options()
    assert (options.welcome_credits, options.password_reset) == (0, "administrator")
    with pytest.raises(Conflict, match="administrator"):
        client.password.forgot(str(client.me().email))
    with pytest.raises(NotFound):
        client.password.reset("made-up", NEW)


def test_a_result_is_shared_and_read_by_somebody_without_an_account(
    client: Client, transport: httpx.BaseTransport
) -> None:
    result = client.predict(PANEL, chronological_age=50)
    link = client.share(result, days=30)
    assert str(link.url).endswith(f"/shared/{link.token}")
    with Client("http://agelens.test", "", transport=transport) as stranger:
        for address in (str(link.url), str(link.token)):
            shared = stranger.shared_links.open(address)
            assert shared.task is not None
            assert shared.task.wire == result.wire
            assert (shared.task.price, shared.tasks) == (0, (shared.task,))
            assert shared.expires_at == link.expires_at
        (kept,) = client.shared_links.of(result.task)
        assert (kept.id, kept.url) == (link.id, None)
        assert kept.last_opened_at is not None
        client.shared_links.revoke(result.task, link.id)
        with pytest.raises(NotFound):
            stranger.shared_links.open(str(link.url))
    with pytest.raises(InvalidInput, match="days"):
        client.share(result, days=5)


def test_a_panel_is_shared_with_all_of_its_clocks(
    client: Client, transport: httpx.BaseTransport
) -> None:
    panel = client.assess(PANEL, models="ready", chronological_age=50)
    link = client.share(panel)
    with Client("http://agelens.test", "", transport=transport) as stranger:
        shared = stranger.shared_links.open(str(link.url))
    assert shared.assessment is not None
    assert [task.id for task in shared.tasks] == [task.id for task in panel.tasks]
    assert {name: each.prediction for name, each in shared.assessment.results.items()} == {
        name: each.prediction for name, each in panel.results.items()
    }
    assert shared.assessment.not_run == panel.not_run
