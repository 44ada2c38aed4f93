"""The account, as somebody uses it who works with notebooks and one day leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from agelens.client import Client, Unauthenticated
from browser.looks import lasting, overhanging
from browser.people import PASSWORD, Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import BrowserContext, Locator, Page, expect

NEW_PASSWORD = "a horse that is correct"
WIDTH = 360  # of a small phone
WRONG = [  # what is typed, where it is said, and in which words
    ("", "90", "account-token-name", "Give the token a name"),
    ("x", "0", "account-token-days", "1"),
    ("x", "a month", "account-token-days", "whole number|number"),
    ("x", "400", "account-token-days", "366"),
    ("x" * 101, "90", "account-token-name", "100"),
]


def create(page: Page, name: str, days: str | None = None) -> None:
    page.get_by_label("Name of the new token").fill(name)
    if days is not None:
        page.get_by_label("Days until it expires").fill(days)
    page.get_by_role("button", name="Create token").click()


def secret_of(page: Page) -> str:
    field = page.get_by_label("The new token", exact=True)
    expect(field).not_to_have_value("")
    return field.input_value()


def copy(page: Page) -> None:
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_visible()


def asked(page: Page, button: str) -> Locator:
    """The question that comes before it is done."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_a_token_is_shown_once_copied_and_works_until_it_is_revoked(
    page: Page, context: BrowserContext, visitor: Person, site: Site
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/account")
    see_who_one_is(page, visitor)
    create(page, "notebook", "30")
    secret = secret_of(page)
    expect(page.get_by_text(f"export AGELENS_TOKEN={secret}")).to_be_visible()
    expect(page.get_by_text(f'client = Client("{site.api_url}")')).to_be_visible()
    copy(page)
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()
    row = page.get_by_role("row").filter(has_text="notebook")
    expect(row).to_contain_text("never")
    assert secret not in page.content()
    with Client(site.api_url, secret) as program:
        assert program.me().email == visitor.email
        (made,) = [token for token in program.tokens if token.kind == "personal"]
        assert (made.expires_at - made.created_at).days == 30
        dialog = asked(page, "Revoke notebook")
        expect(dialog).to_contain_text("“notebook” will stop working immediately")
        dialog.get_by_role("button", name="Yes, end it").click()
        expect(row).to_have_count(0)
        with pytest.raises(Unauthenticated):
            program.me()


def see_who_one_is(page: Page, person: Person) -> None:
    facts = page.locator(".account-facts")
    expect(facts).to_contain_text(person.email)
    expect(facts).to_contain_text("User")
    iso = f"{person.client.me().created_at:%Y-%m-%dT%H:%M:%S}Z"
    expect(facts.locator("time")).to_have_attribute("datetime", iso)


@pytest.mark.view(width=WIDTH, dark=True)
def test_on_a_phone_without_a_clipboard_a_token_fits_and_is_copied_too(
    page: Page, make_person: Callable[..., Person], enter: Callable[[Person], Person]
) -> None:
    enter(make_person())
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto("/account")
    create(page, "a rather long name of a token for a notebook")
    secret = secret_of(page)
    box = page.get_by_role("button", name="Copy", exact=True).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= WIDTH
    copy(page)
    page.get_by_label("Name of the new token").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Name of the new token")).to_have_value(secret)
    assert lasting(lambda: overhanging(page)) == []


def test_what_is_wrong_stands_beside_its_field(page: Page, visitor: Person) -> None:
    page.goto("/account")
    for name, days, field, told in WRONG:
        create(page, name, days)
        expect(page.locator(f"#{field}-error")).to_have_text(re.compile(told))
    assert not [token for token in visitor.client.tokens if token.kind == "personal"]


def test_devices_stand_apart_from_tokens_and_are_logged_out_one_by_one(
    page: Page, visitor: Person, site: Site
) -> None:
    token = visitor.client.tokens.create("notebook").access_token
    page.goto("/account")
    devices = page.get_by_role("table", name="Your devices").get_by_role("row")
    expect(devices.filter(has_text="This device")).to_contain_text("Chrome on Linux")
    expect(devices.filter(has_text="Python")).to_have_count(1)
    tokens = page.get_by_role("table", name="Your personal tokens").get_by_role("row")
    expect(tokens.filter(has_text="notebook")).to_have_count(1)
    expect(tokens.filter(has_text="Python")).to_have_count(0)

    dialog = asked(page, "Log out Python")
    expect(dialog).to_contain_text("“Python” will be logged out immediately")
    dialog.get_by_role("button", name="Yes, end it").click()
    expect(devices.filter(has_text="Python")).to_have_count(0)
    with pytest.raises(Unauthenticated):
        visitor.client.me()

    dialog = asked(page, "Log out Chrome on Linux")
    expect(dialog).to_contain_text("You will be logged out")
    dialog.get_by_role("button", name="Yes, end it").click()
    expect(page).to_have_url(re.compile("/login"))
    with Client(site.api_url, token) as program:
        assert not list(program.devices)


def test_all_devices_and_tokens_end_at_once(page: Page, visitor: Person, site: Site) -> None:
    program = Client(site.api_url, visitor.client.tokens.create("program").access_token)
    page.goto("/account")
    dialog = asked(page, "Log out everywhere …")
    expect(dialog).to_contain_text("this one too")
    dialog.get_by_role("button", name="Log out everywhere", exact=True).click()
    expect(page).to_have_url(re.compile("/login"))
    for client in (program, visitor.client):
        with client, pytest.raises(Unauthenticated):
            client.me()
    page.goto("/account")
    expect(page).to_have_url(re.compile("/login"))


def test_a_password_is_changed_and_only_this_device_stays(
    page: Page, visitor: Person, site: Site
) -> None:
    page.goto("/account")
    current, new = page.get_by_label("Current password"), page.get_by_label("New password")
    button = page.get_by_role("button", name="Change password")
    button.click()
    expect(page.get_by_text("Enter your current password.")).to_be_visible()
    for typed, wanted, field, told in (
        ("not this one", NEW_PASSWORD, "current", "This is not your current password."),
        (PASSWORD, "short", "new", "at least 8 characters"),
    ):
        current.fill(typed)
        new.fill(wanted)
        button.click()
        beside = page.locator(f"#account-password-{field}-error")
        expect(beside).to_have_text(re.compile(told, re.IGNORECASE))
    assert visitor.client.me().email == visitor.email

    new.fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your password was changed.")).to_be_visible()
    expect(current).to_have_value("")
    devices = page.get_by_role("table", name="Your devices").get_by_role("row")
    expect(devices.filter(has_text="This device")).to_have_count(1)
    expect(devices.filter(has_text="Python")).to_have_count(0)
    with pytest.raises(Unauthenticated):
        visitor.client.me()
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Account")).to_be_visible()
    with Client(site.api_url) as client:
        assert client.login(visitor.email, NEW_PASSWORD)


@pytest.mark.serial
def test_a_second_tab_forgets_within_a_second_who_has_logged_out(
    page: Page, context: BrowserContext, visitor: Person
) -> None:
    page.goto("/wallet")
    expect(page.locator("#credits")).to_have_text("100 credits")
    second = context.new_page()
    second.goto("/wallet")
    expect(second.locator("#credits")).to_have_text("100 credits")
    settled(second)
    second.get_by_role("button", name="Log out").click()
    expect(second).to_have_url("/")
    expect(page.locator("#credits")).to_be_hidden(timeout=1_000)
    expect(page).to_have_url("/login?next=%2Fwallet")


def test_whoever_thinks_again_keeps_everything_and_whoever_leaves_takes_it_away(
    page: Page, visitor: Person, site: Site, tmp_path: Path
) -> None:
    visitor.client.predict({"systolic_bp": 128}, chronological_age=50)
    page.goto("/account")
    take_the_data(page, visitor, tmp_path / "data.json")
    dialog = asked(page, "Delete my account …")
    for words in ("every assessment", "every token", "credit ledger is kept", "identifies you"):
        expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    dialog = asked(page, "Delete my account …")
    field = dialog.get_by_label(f"Type {visitor.email} to confirm")
    field.fill("somebody@example.org")
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(dialog).to_contain_text("This is not the e-mail address of this account.")
    assert visitor.client.me().email == visitor.email
    field.fill(visitor.email)
    dialog.get_by_role("button", name="Delete permanently").click()
    expect(page).to_have_url("/?goodbye=1")
    expect(page.get_by_role("alert")).to_contain_text("Your account has been deleted")
    expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_be_visible()
    with Client(site.api_url) as client, pytest.raises(Unauthenticated):
        client.login(visitor.email, PASSWORD)


def take_the_data(page: Page, person: Person, file: Path) -> None:
    """The file is what the service gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert download.value.suggested_filename == "agelens-my-data.json"
    download.value.save_as(file)
    kept, expected = json.loads(file.read_text(encoding="utf-8")), person.client.export()
    for part in ("user", "wallet", "transactions", "tasks"):
        assert kept[part] == expected[part]
    assert {token["id"] for token in kept["tokens"]} == {t["id"] for t in expected["tokens"]}
