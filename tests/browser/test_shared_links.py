"""A result is shared by a link, read by a stranger, and ends when its owner says so."""

import re
from collections.abc import Callable

import pytest
from browser.looks import lasting, overhanging
from browser.people import BLOOD, Person
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import BrowserContext, Page, expect

OpenContext = Callable[..., BrowserContext]


def make_link(page: Page, days: str) -> str:
    """The address, as it is shown once."""
    page.get_by_role("button", name="Share a read-only link").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("There are no links to this result.")).to_be_visible()
    dialog.get_by_label("The link works for").first.click()
    page.get_by_role("option", name=days, exact=True).click()
    dialog.get_by_role("button", name="Make a link").click()
    field = dialog.get_by_label("Address of the link")
    expect(field).to_have_value(re.compile("/shared/"))
    return field.input_value()


def test_a_stranger_reads_a_shared_result_until_it_is_revoked(
    page: Page, visitor: Person, site: Site, open_context: OpenContext
) -> None:
    result = visitor.client.predict(BLOOD, model="phenoage", chronological_age=52)
    page.goto(f"/results/{result.task.id}")
    address = make_link(page, "1 day")
    assert address.startswith(f"{site.url}/shared/")
    (link,) = visitor.client.shared_links.of(result)
    assert (link.expires_at - link.created_at).days == 1

    stranger = open_context().new_page()
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    expect(stranger.locator("meta[name=robots]")).to_have_attribute("content", "noindex, nofollow")
    main = stranger.get_by_role("main")
    expect(main).to_contain_text("Somebody shared this result with you")
    expect(main).to_contain_text("What drives your result")
    expect(main).not_to_contain_text(visitor.email)
    for change in ("Delete", "Share", "Reset", "Compare"):
        expect(main.get_by_role("button", name=re.compile(change))).to_have_count(0)
    expect(main.get_by_role("slider")).to_have_count(0)

    page.reload()
    page.get_by_role("button", name="Share a read-only link").click()
    row = page.get_by_role("dialog").get_by_role("row").filter(has_text="Revoke")
    expect(row).to_have_count(1)
    expect(row).not_to_contain_text("never")
    row.get_by_role("button").click()
    expect(page.get_by_text("There are no links to this result.")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link does not work")


@pytest.mark.view(width=390, dark=True)
def test_a_shared_panel_has_every_clock_and_the_whole_result_of_each_on_a_phone(
    page: Page, make_person: Callable[..., Person]
) -> None:
    """`page` is of nobody."""
    owner = make_person(credits=100)
    panel = owner.client.assess(BLOOD, models=["phenoage", "light-bioage"], chronological_age=52)
    link = owner.client.share(panel, days=7)
    page.goto(f"/shared/{link.token}")
    settled(page)
    main = page.get_by_role("main")
    expect(main.locator("#panel-forest")).to_be_visible()
    expect(main.get_by_role("link", name=re.compile("Full result"))).to_have_count(2)
    assert lasting(lambda: overhanging(page)) == []
    main.get_by_role("link", name=re.compile("Full result: Phenotypic")).click()
    expect(page).to_have_url(re.compile(rf"/shared/{link.token}\?clock="))
    expect(main).to_contain_text("What drives your result")
    assert lasting(lambda: overhanging(page)) == []
    main.get_by_role("link", name="All clocks of this panel").click()
    expect(main.locator("#panel-forest")).to_be_visible()

    other = owner.client.predict(BLOOD, model="phenoage", chronological_age=52)
    page.goto(f"/shared/{link.token}?clock={other.task.id}")  # no other result by this link
    expect(main.locator("#panel-forest")).to_be_visible()


def test_all_links_stand_on_the_account_page_and_end_there(page: Page, visitor: Person) -> None:
    result = visitor.client.predict(
        BLOOD, model="phenoage", chronological_age=52, measured_on="2025-03-12"
    )
    visitor.client.share(result, days=30)
    page.goto("/account")
    table = page.get_by_role("table", name="Your read-only links, newest first")
    row = table.get_by_role("row").filter(has=page.get_by_role("link"))
    expect(row).to_contain_text("12 Mar 2025")
    expect(row).to_contain_text("never")
    expect(row.get_by_role("link")).to_have_attribute("href", f"/results/{result.task.id}")
    row.get_by_role("button", name="Revoke the link to").click()
    expect(page.get_by_text("Link revoked.")).to_be_visible()
    expect(page.get_by_text("None of your results is shared.")).to_be_visible()
    assert list(visitor.client.shared_links) == []
