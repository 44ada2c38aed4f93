"""A forgotten password: without a mail server an administrator's link sets a new one."""

import re

from agelens.client import Client
from browser.people import Person
from browser.running import Site
from playwright.sync_api import Page, expect

NEW_PASSWORD = "a horse that is correct"


def test_whoever_forgot_the_password_gets_a_link_that_works_once(
    page: Page, visitor: Person, admin: Person, site: Site
) -> None:
    page.goto("/account")
    expect(page.get_by_role("heading", level=1, name="Account")).to_be_visible()
    page.get_by_role("button", name="Log out", exact=True).first.click()
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_text("Ask whoever runs it for a link")).to_be_visible()

    link = admin.client.admin.reset_link(visitor.email).url
    assert link.startswith(f"{site.url}/reset/")
    page.goto(link)
    expect(page).to_have_url("/new-password")
    field = page.get_by_role("textbox", name="Password")
    expect(field).to_be_focused()
    field.fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#login-password-error")).to_have_text(re.compile("at least 8"))
    field.fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/login")
    expect(page.get_by_text("Your password was changed.")).to_be_visible()
    with Client(site.api_url) as client:
        client.login(visitor.email, NEW_PASSWORD)
        assert [device.name for device in client.devices] == ["Python"], "all others have ended"

    page.goto(link)
    page.get_by_role("textbox", name="Password").fill("yet another correct horse")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/forgot-password")
    expect(page.get_by_role("alert")).to_contain_text("This link is not valid")
    page.goto("/new-password")
    expect(page.get_by_role("link", name="Ask for a new link")).to_be_visible()
