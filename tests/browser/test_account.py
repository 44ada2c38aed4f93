"""The account, as somebody uses it who works with notebooks and one day leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from agelens.client import Client, Unauthenticated
from browser.people import PASSWORD, Person
from browser.running import Site
from browser.watching import Watch, settled
from playwright.sync_api import BrowserContext, Page, expect


def create(page: Page, name: str, days: str | None = None) -> None:
    page.get_by_label("Name of the new token").fill(name)
    if days is not None:
        page.get_by_label("Days until it expires").fill(days)
    page.get_by_role("button", name="Create token").click()


def test_who_one_is(page: Page, visitor: Person, watch: Watch) -> None:
    page.goto("/account")
    settled(page)
    assert len(watch.callbacks) <= 5
    facts = page.locator(".account-facts")
    expect(facts).to_contain_text(visitor.email)
    expect(facts).to_contain_text("User")
    since = visitor.client.me().created_at
    iso = f"{since:%Y-%m-%dT%H:%M:%S}Z"
    expect(facts.locator("time")).to_have_attribute("datetime", iso)


def test_a_token_made_here_works_in_a_program_until_it_is_revoked(
    page: Page, visitor: Person, site: Site
) -> None:
    page.goto("/account")
    create(page, "notebook", "30")
    secret = page.get_by_label("The new token", exact=True).input_value()
    expect(page.get_by_text(f"export AGELENS_TOKEN={secret}")).to_be_visible()
    expect(page.get_by_text(f'client = Client("{site.api_url}")')).to_be_visible()
    with Client(site.api_url, secret) as program:
        assert program.me().email == visitor.email
        (made,) = [token for token in program.tokens if token.kind == "personal"]
        assert (made.expires_at - made.created_at).days == 30
        row = page.get_by_role("row").filter(has_text="notebook")
        expect(row).to_contain_text("never")
        page.get_by_role("button", name="Revoke notebook").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("“notebook” stops working at once")
        dialog.get_by_role("button", name="Revoke", exact=True).click()
        expect(row).to_have_count(0)
        with pytest.raises(Unauthenticated):
            program.me()


def test_the_secret_is_shown_once(page: Page, visitor: Person) -> None:
    page.goto("/account")
    create(page, "once")
    secret = page.get_by_label("The new token", exact=True).input_value()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="once")).to_be_visible()
    assert secret not in page.content()


def test_the_secret_can_be_copied(page: Page, context: BrowserContext, visitor: Person) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/account")
    create(page, "notebook")
    secret = page.get_by_label("The new token", exact=True).input_value()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret


def test_a_browser_without_a_clipboard_copies_too(page: Page, visitor: Person) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto("/account")
    create(page, "notebook")
    secret = page.get_by_label("The new token", exact=True).input_value()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    page.get_by_label("Name of the new token").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Name of the new token")).to_have_value(secret)


@pytest.mark.parametrize(
    ("name", "days", "field", "told"),
    [
        ("", "90", "account-token-name", "Give it a name"),
        ("x", "0", "account-token-days", "1"),
        ("x", "a month", "account-token-days", "whole number|number"),
        ("x", "400", "account-token-days", "366"),
        ("x" * 101, "90", "account-token-name", "100"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    page: Page, visitor: Person, name: str, days: str, field: str, told: str
) -> None:
    page.goto("/account")
    create(page, name, days)
    expect(page.locator(f"#{field}-error")).to_have_text(re.compile(told))
    assert not [token for token in visitor.client.tokens if token.kind == "personal"]


def test_the_login_of_this_browser_is_marked_and_revoking_it_logs_out(
    page: Page, visitor: Person
) -> None:
    page.goto("/account")
    here = page.get_by_role("row").filter(has_text="this login")
    expect(here).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="Login in a browser")).to_have_count(2)
    here.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("you will be logged out")
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(page).to_have_url(re.compile("/login"))
    assert len(list(visitor.client.tokens)) == 1


def test_logging_out_everywhere_ends_every_token(page: Page, visitor: Person, site: Site) -> None:
    program = Client(site.api_url, visitor.client.tokens.create("program").access_token)
    page.goto("/account")
    page.get_by_role("button", name="Log out everywhere …").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Log out everywhere", exact=True).click()
    expect(page).to_have_url(re.compile("/login"))
    for client in (program, visitor.client):
        with client, pytest.raises(Unauthenticated):
            client.me()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/login"))


def test_the_download_is_what_the_service_gives(
    page: Page, visitor: Person, tmp_path: Path
) -> None:
    visitor.client.predict({"systolic_bp": 128}, chronological_age=50)
    page.goto("/account")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert download.value.suggested_filename == "agelens-my-data.json"
    file = tmp_path / "data.json"
    download.value.save_as(file)
    kept, expected = json.loads(file.read_text(encoding="utf-8")), visitor.client.export()
    for part in ("user", "wallet", "transactions", "tasks"):
        assert kept[part] == expected[part]
    assert {token["id"] for token in kept["tokens"]} == {t["id"] for t in expected["tokens"]}


def test_a_deleted_account_is_gone(page: Page, visitor: Person, site: Site) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Delete my account …").click()
    dialog = page.get_by_role("dialog")
    for words in ("every assessment", "every token", "ledger of credits stays", "names you"):
        expect(dialog).to_contain_text(words)
    field = dialog.get_by_label(f"Type {visitor.email} to confirm")
    field.fill("somebody@example.org")
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(dialog).to_contain_text("This is not the e-mail address of this account.")
    assert visitor.client.me().email == visitor.email
    field.fill(visitor.email)
    dialog.get_by_role("button", name="Delete for ever").click()
    expect(page).to_have_url("/?goodbye=1")
    expect(page.get_by_role("alert")).to_contain_text("Your account is deleted")
    expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()
    with Client(site.api_url) as client, pytest.raises(Unauthenticated):
        client.login(visitor.email, PASSWORD)


def test_whoever_thinks_again_keeps_everything(page: Page, visitor: Person) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Delete my account …").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert visitor.client.me().email == visitor.email


@pytest.mark.view(width=360, dark=True)
def test_on_a_phone_nothing_is_wider_than_the_screen(
    page: Page, make_person: Callable[..., Person], enter: Callable[[Person], Person]
) -> None:
    enter(make_person())
    page.goto("/account")
    create(page, "a rather long name of a token for a notebook")
    copy = page.get_by_role("button", name="Copy", exact=True)
    expect(copy).to_be_visible()
    box = copy.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
    copy.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
