"""Registering, logging in and out, and sessions that end in the middle of things."""

import re
import secrets
from collections.abc import Callable

from browser.assessment_form import DEMONSTRATION, demo
from browser.conftest import OpenContext
from browser.people import PASSWORD, Person, log_in
from browser.running import Site
from browser.watching import settled
from playwright.sync_api import BrowserContext, Locator, Page, expect


def fill(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("textbox", name="Password").fill(password)


def send(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", level=1, name=name, exact=True)


def test_registering_leads_to_the_first_assessment(page: Page) -> None:
    page.goto("/register")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_text("At least 8 characters")).to_be_visible()
    fill(page, f"{secrets.token_hex(6)}@example.org")
    send(page, "Register")
    expect(page).to_have_url("/new")
    expect(page.locator("#credits")).to_have_text("0 credits")


def test_what_is_wrong_with_a_registration_stands_beside_the_field(
    page: Page, make_person: Callable[..., Person]
) -> None:
    page.goto("/register")
    fill(page, "another.stranger@example.org", "short")
    send(page, "Register")
    password = page.get_by_role("textbox", name="Password")
    expect(password).to_have_attribute("aria-invalid", "true")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description(re.compile("at least 8 characters", re.I))
    expect(page.get_by_label("E-mail")).to_have_value("another.stranger@example.org")
    fill(page, make_person().email)
    send(page, "Register")
    email = page.get_by_label("E-mail")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(re.compile("exists already"))


def test_a_wrong_password_is_told_and_the_way_on_is_kept(
    page: Page, make_person: Callable[..., Person]
) -> None:
    person = make_person()
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")
    fill(page, person.email, "not this one")
    password = page.locator("input[name=password]")
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show the password").click()
    expect(password).to_have_attribute("type", "text")
    send(page, "Log in")
    expect(page.get_by_role("alert")).to_contain_text("Wrong e-mail address or password")
    page.get_by_role("main").get_by_role("link", name="Register").click()
    expect(heading(page, "Register")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    expect(heading(page, "Log in")).to_be_visible()
    fill(page, person.email)
    send(page, "Log in")
    expect(page).to_have_url("/wallet")


def test_a_link_to_the_login_cannot_lead_away(
    page: Page, make_person: Callable[..., Person]
) -> None:
    person = make_person()
    page.goto("/login?next=/%5Cevil.example")  # browsers take this for another site
    fill(page, person.email)
    send(page, "Log in")
    expect(page).to_have_url("/history")


def test_logging_out_ends_the_token_too(
    page: Page, visitor: Person, context: BrowserContext
) -> None:
    page.goto("/history")
    settled(page)
    assert "agelens_session" not in page.evaluate("document.cookie")  # scripts cannot read it
    kept = context.cookies()
    assert "agelens_session" in [cookie["name"] for cookie in kept]
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url("/")
    expect(page.get_by_role("main").get_by_role("link", name="Log in")).to_be_visible()
    context.add_cookies(kept)  # whoever had copied them has nothing
    page.goto("/history")
    expect(page).to_have_url("/login?next=%2Fhistory")


def test_a_revoked_login_is_renewed_where_one_was(page: Page, visitor: Person) -> None:
    result = visitor.client.predict({"systolic_bp": 131, "bone_density": 1.0})
    page.goto("/wallet")
    settled(page)
    end_web_login(visitor)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="History").click()
    expect(page).to_have_url("/login?next=%2Fhistory")
    fill(page, visitor.email)
    send(page, "Log in")
    expect(page).to_have_url("/history")
    expect(heading(page, "History")).to_be_visible()

    end_web_login(visitor)
    page.goto(f"/results/{result.task.id}")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fresults%2F"))
    fill(page, visitor.email)
    send(page, "Log in")
    expect(heading(page, "Your biological age")).to_be_visible()
    expect(page.locator("#result-age")).to_have_text(f"{result.prediction:.1f}")


def test_a_login_that_ended_in_mid_form_is_renewed_without_typing_again(
    page: Page, visitor: Person
) -> None:
    page.goto(DEMONSTRATION)
    demo(page)
    field = page.get_by_label("Systolic blood pressure", exact=True)
    expect(field).not_to_have_value("")
    settled(page)
    field.fill("151,5")
    field.blur()
    end_web_login(visitor)
    send(page, "Calculate my biological age")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Fnew"))
    fill(page, visitor.email)
    send(page, "Log in")
    expect(heading(page, "New assessment")).to_be_visible()
    expect(field).to_have_value("151,5")
    settled(page)
    send(page, "Calculate my biological age")
    expect(heading(page, "Your biological age")).to_be_visible()


def end_web_login(person: Person) -> None:
    """Revoke the browser's login, which is the newest, with that of the program beside it."""
    newest, *_ = sorted(person.client.tokens, key=lambda token: token.created_at, reverse=True)
    person.client.tokens.revoke(newest.id)


def test_a_session_that_ends_while_a_page_is_open_leads_to_the_login_and_back(
    page: Page, visitor: Person, context: BrowserContext
) -> None:
    for lost in ("agelens_session", "_csrf_token", None):
        page.goto("/wallet")
        settled(page)
        context.clear_cookies(**({"name": lost} if lost else {}))
        page.get_by_role("navigation", name="Main").get_by_role("link", name="History").click()
        if lost != "_csrf_token":
            expect(heading(page, "Log in")).to_be_visible()
            fill(page, visitor.email)
            send(page, "Log in")
        expect(page).to_have_url("/history")
        expect(heading(page, "History")).to_be_visible()


def test_a_second_tab_goes_on_after_a_login_in_the_first(
    page: Page,
    make_person: Callable[..., Person],
    enter: Callable[[Person], Person],
    context: BrowserContext,
) -> None:
    one, other = make_person(), make_person(credits=7)
    enter(one)
    page.goto("/history")
    settled(page)
    second = context.new_page()
    second.goto("/wallet")
    settled(second)
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url("/")
    page.goto("/login")
    fill(page, other.email)
    send(page, "Log in")
    expect(page).to_have_url("/history")
    second.get_by_role("navigation", name="Main").get_by_role("link", name="Cohorts").click()
    expect(second.locator("#credits")).to_have_text("7 credits")
    second.get_by_role("button", name="Log out").click()
    expect(second).to_have_url("/")
    # The first has heard of it and loads itself anew, which would swallow the next address.
    expect(page).to_have_url("/login?next=%2Fhistory")
    page.goto("/wallet")
    expect(page).to_have_url("/login?next=%2Fwallet")


def test_a_tab_that_is_sent_to_log_in_leaves_the_others_where_they_are(
    page: Page, context: BrowserContext
) -> None:
    page.goto("/register")
    settled(page)
    second = context.new_page()
    with second.expect_request("**/login?next=**"):
        second.route("**/login?next=**", lambda route: None)  # still on the way there
        second.goto("/wallet")
    page.get_by_role("banner").get_by_role("link", name="AgeLens").click()
    expect(heading(page, "Register")).to_be_hidden()
    settled(page)
    expect(page).to_have_url("/")


def test_another_site_cannot_log_anybody_in_or_out(
    open_context: OpenContext, site: Site, make_person: Callable[..., Person]
) -> None:
    person = make_person()
    context = open_context()
    log_in(context, site.url, person)
    page = context.new_page()
    foreign = site.api_url  # another origin, as another port is
    page.goto(f"{foreign}/docs")
    page.route(
        "**/attack",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="POST" action="{site.url}/forms/logout"><button>go</button></form>',
        ),
    )
    page.goto(f"{foreign}/attack")
    with page.expect_response(lambda r: "/forms/logout" in r.url) as answered:
        page.get_by_role("button").click()
    assert answered.value.status == 400
    page.goto("/history")
    expect(heading(page, "History")).to_be_visible()
