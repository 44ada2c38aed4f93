"""What administrators can do, and that nobody else can."""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agelens.client import ClientError
from browser.people import MIDDLE_AGED, Person
from browser.running import Site, running_on
from browser.watching import settled
from e2e.test_versions import bundle
from playwright.sync_api import Locator, Page, expect
from servers import SharedServers

TICK = re.compile("admin-queues-tick.n_intervals")
EVERY_MS = 4000  # how often the queues are asked


@pytest.fixture(scope="module")
def site(browser_path: str, shared_servers: SharedServers) -> Iterator[Site]:
    """A site of this module's own: what is published here, nobody else is offered."""
    with running_on(shared_servers) as found:
        yield found


@pytest.fixture
def administrating(admin: Person, enter: Callable[[Person], Person]) -> Person:
    """An administrator who is logged in on `page`."""
    return enter(admin)


@pytest.fixture
def name() -> str:
    """A clock that no other test publishes."""
    return f"try-out-{secrets.token_hex(4)}"


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def notice(page: Page, words: str) -> Locator:
    return page.get_by_role("alert").filter(has_text=words)


def choose(page: Page, field: Locator, option: str) -> None:
    field.click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(field).to_have_value(option)


def chosen(page: Page, file: str) -> None:
    """The file has come as far as it must before it is sent."""
    expect(page.get_by_text(f"{file},")).to_be_visible()
    settled(page)


def test_for_others_it_does_not_exist(page: Page, visitor: Person) -> None:
    page.goto("/admin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    expect(page.get_by_role("link", name="Account").first).to_be_attached()
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def test_credits_are_added_once_and_their_owner_sees_them(
    page: Page, administrating: Person, make_person: Callable[..., Person]
) -> None:
    person = make_person(credits=5)
    page.goto("/admin/users")
    page.get_by_label("Search by e-mail address").fill(person.email)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(row(page, "@")).to_have_count(1)
    page.get_by_role("button", name=f"Top up {person.email}").click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text(f"{person.email} can spend them immediately")
    amount = dialogue.get_by_label("Credits")
    amount.fill("1,5")
    dialogue.get_by_role("button", name="Add credits").click()
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_value("1,5")
    amount.fill("120")
    dialogue.get_by_role("button", name="Add credits").dblclick()
    expect(notice(page, f"120 credits added to {person.email}")).to_be_visible()
    expect(dialogue).not_to_be_visible()
    expect(row(page, person.email)).to_contain_text("125")
    assert person.client.wallet.available == 125
    page.get_by_role("button", name=f"Top up {person.email}").click()
    dialogue.get_by_role("button", name="Cancel").click()
    expect(dialogue).not_to_be_visible()
    assert person.client.wallet.available == 125
    page.goto("/admin/transactions")
    expect(row(page, "+120").first).to_be_visible()


def test_lists_grow_by_show_more_and_can_be_narrowed_down(
    page: Page, administrating: Person, make_person: Callable[..., Person]
) -> None:
    person = make_person(credits=100)
    for _ in range(30):
        person.client.wallet.topup(1)
    person.client.drafts.create({"systolic_bp": 120})
    person.client.predict(MIDDLE_AGED, chronological_age=52)
    page.goto("/admin/transactions")
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(25)
    page.get_by_role("button", name="Show more").click()
    expect(rows.nth(29)).to_be_attached()
    page.goto("/admin/tasks")
    choose(page, page.get_by_label("Status").first, "draft")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url("/admin/tasks?status=draft&model=&user=")
    statuses = page.locator("tbody .status")
    expect(statuses.first).to_have_text("draft")
    assert set(statuses.all_inner_texts()) == {"draft"}


def test_a_version_is_published_activated_and_rolled_back(
    page: Page, administrating: Person, name: str, tmp_path: Path
) -> None:
    admin = administrating.client.admin
    admin.publish(bundle(tmp_path, name, "1.0.0", 4.0))
    worse = bundle(tmp_path, name, "2.0.0", 4.5)
    worse = Path(shutil.make_archive(str(tmp_path / "worse"), "zip", worse))

    page.goto("/admin/models")
    settled(page)
    refuse_what_is_no_bundle(page, tmp_path / "wrong.zip")
    publish_what_is_worse(page, name, worse)

    page.get_by_role("button", name=f"Activate {name} 2.0.0").click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text(f"New assessments will use {name} 2.0.0")
    dialogue.get_by_role("button", name="Change version").click()
    expect(notice(page, f"{name} 2.0.0 is now active")).to_be_visible()
    assert administrating.client.models[name].version == "2.0.0"

    page.get_by_role("button", name=f"Roll {name} back to 1.0.0").click()
    expect(dialogue).to_contain_text(f"New assessments will use {name} 1.0.0 again")
    dialogue.get_by_role("button", name="Change version").click()
    expect(notice(page, f"{name} 1.0.0 is now active")).to_be_visible()
    assert administrating.client.models[name].version == "1.0.0"


def refuse_what_is_no_bundle(page: Page, wrong: Path) -> None:
    wrong.write_bytes(b"not a zip at all")
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Choose the bundle (zip)").click()
    chooser.value.set_files(wrong)
    chosen(page, "wrong.zip")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Not published")).to_contain_text("zip")


def publish_what_is_worse(page: Page, name: str, bundle: Path) -> None:
    """Refused at first; published when that is what is wanted."""
    page.get_by_label("Choose the bundle (zip)").set_input_files(bundle)
    chosen(page, "worse.zip")
    page.get_by_role("button", name="Publish", exact=True).click()
    refused = page.get_by_role("alert").filter(has_text="Not published")
    expect(refused).to_contain_text("is worse than the active 1.0.0")
    force = page.get_by_label("Publish even if")
    force.click()
    expect(force).to_be_checked()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"{name} 2.0.0 is published")).to_be_visible()
    expect(
        page.get_by_text("Worse: the active version has 4. Trained on the same file.")
    ).to_be_visible()


def test_somebodys_cohort_is_found_and_canceled_and_its_owner_reads_who_did(
    page: Page,
    administrating: Person,
    make_person: Callable[..., Person],
    without_workers: Site,
) -> None:
    person = make_person(credits=100)
    cohort = person.client.cohorts.submit([MIDDLE_AGED] * 3, model="kaggle-age", name="three")
    assert person.client.wallet.available == 70
    page.goto("/admin/cohorts")
    page.get_by_label("E-mail address or user id").fill(person.email)
    page.get_by_role("button", name="Show", exact=True).click()
    found = row(page, cohort.id[:8])
    expect(found).to_contain_text("queued")
    expect(found).to_contain_text("0 of 3")
    settled(page)
    page.get_by_role("button", name=f"Cancel cohort {cohort.id[:8]}").click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("Its owner is not charged")
    dialogue.get_by_role("button", name="Cancel", exact=True).click()
    expect(dialogue).not_to_be_visible()
    assert cohort.refresh().status == "queued"
    page.get_by_role("button", name=f"Cancel cohort {cohort.id[:8]}").click()
    dialogue.get_by_role("button", name="Cancel cohort").click()
    expect(notice(page, "was canceled")).to_be_visible()
    expect(found).to_contain_text("An administrator canceled this cohort")
    expect(found.get_by_role("button")).to_have_count(0)
    assert cohort.refresh().status == "canceled"
    assert person.client.wallet.available == 100


def test_queues_and_workers_are_shown_and_asked_again_by_themselves(
    page: Page, administrating: Person
) -> None:
    page.clock.install()
    page.goto("/admin/queues")
    workers = administrating.client.admin.queues()["workers"]
    expect(page.get_by_role("main")).to_contain_text(workers[0])
    for what in ("Tasks", "Cohorts", "Retrainings"):
        expect(page.get_by_role("heading", name=f"Active {what.lower()}")).to_be_visible()
    with page.expect_request(lambda asked: bool(TICK.search(asked.post_data or ""))):
        page.clock.fast_forward(EVERY_MS)
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("main")).to_contain_text(workers[0])


@pytest.fixture
def _stopped(admin: Person) -> Iterator[None]:
    """Nothing that a test has asked for is trained afterwards."""
    yield
    for retraining in admin.client.admin.retrainings():
        if not retraining.is_finished:
            admin.client.admin.cancel_retraining(retraining.id)


@pytest.mark.usefixtures("_stopped")
def test_a_retraining_is_refused_in_words_started_on_a_file_and_canceled(
    page: Page, administrating: Person, tmp_path: Path
) -> None:
    data = tmp_path / "people.csv"
    data.write_text("Age\n1\n")
    page.goto("/admin/retrainings")
    settled(page)
    start = page.get_by_role("button", name="Start", exact=True)
    choose(page, page.locator("#admin-start-model"), "kaggle-age")
    start.click()
    expect(page.get_by_role("alert")).to_contain_text("No training data are configured")
    from_file = page.get_by_role("radio", name="A file")
    from_file.click()
    expect(from_file).to_be_checked()
    page.locator("#admin-start-data input[type=file]").set_input_files(data)
    chosen(page, "people.csv")
    page.get_by_label("Version").fill("9.9.0")
    start.click()
    expect(page.get_by_text("kaggle-age 9.9.0: queued")).to_be_visible()
    page.get_by_role("button", name="Cancel the retraining of kaggle-age 9.9.0").click()
    expect(notice(page, "Retraining canceled")).to_be_visible()
    expect(row(page, "9.9.0")).to_contain_text("canceled")
    choose(page, page.locator("#admin-schedules-model"), "phenoage")
    page.get_by_role("button", name="Save schedule", exact=True).click()
    expect(page.get_by_text('no notebook that trains "phenoage"')).to_be_visible()


def test_a_day_is_seen_as_charts_and_a_month_by_days(page: Page, administrating: Person) -> None:
    administrating.client.wallet.topup(50)
    administrating.client.predict(MIDDLE_AGED)
    page.goto("/admin")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("Activity")
    expect(main.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    main.get_by_role("link", name="30 days").click()
    expect(main.get_by_text("A day shows its slowest hour.")).to_be_visible()
    page.goto("/admin/inputs")
    expect(main.get_by_role("columnheader", name="Population stability index")).to_be_visible()


def test_somebody_is_blocked_and_let_in_again_from_their_page(
    page: Page, administrating: Person, make_person: Callable[..., Person]
) -> None:
    person = make_person(credits=5)
    page.goto(f"/admin/transactions?user={person.email}")
    page.get_by_role("link", name=person.email).first.click()
    expect(page.get_by_role("heading", name=person.email)).to_be_visible()
    dialogue = page.get_by_role("dialog")
    for button, after in (("Block this account", "Unblock"), ("Unblock this account", "Block")):
        page.get_by_role("button", name=button).click()
        dialogue.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("button", name=f"{after} this account")).to_be_visible()
        expect(dialogue).not_to_be_visible()
        if after == "Unblock":
            with pytest.raises(ClientError):
                person.client.wallet.available  # noqa: B018 - reading asks the API
    assert person.client.wallet.available == 5


def test_a_reset_link_is_shown_once(
    page: Page, administrating: Person, make_person: Callable[..., Person]
) -> None:
    person = make_person()
    page.goto(f"/admin/users/{person.client.me().id}")
    page.get_by_role("button", name="Make a reset link").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_role("button", name="Confirm").click()
    expect(dialogue.get_by_label("Link")).to_have_value(re.compile("/reset/"))
    expect(dialogue.get_by_role("button", name="Confirm")).not_to_be_visible()
