"""Take the pictures of the README: `make screenshots`.

A throw-away AgeLens, a made-up person with results of three years, and Debian's chromium. Only the
times of the results are set by hand, in the throw-away database: everything else is as it is.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lab
import numpy as np
from agelens.client import Client
from agelens.commands.stack import Stack, throw_away_stack
from agelens.settings import Settings
from agelens.storage.engine import open_engine
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import text

HERE = Path(__file__).parent
EMAIL, PASSWORD = "maria@example.org", "correct horse battery"
DESKTOP, PHONE = (1280, 860), (390, 844)
TALLEST = (1800, 1500)  # of a picture of the one, of the other
BORN = datetime(1972, 5, 14, tzinfo=UTC)

FIRST = {
    "sex": "female",
    "systolic_bp": 158,
    "diastolic_bp": 98,
    "total_cholesterol": 6.9,
    "glucose": 6.1,
    "bone_density": 0.84,
    "vision_sharpness": 0.46,
    "hearing_ability": 45,
    "cognitive_function": 69,
    "smoking_status": "current",
}
# How many days before today each visit was, and what had changed by then.
VISITS = (
    (1130, {}),
    (790, {"smoking_status": "former", "systolic_bp": 154, "hearing_ability": 46}),
    (410, {"systolic_bp": 150, "diastolic_bp": 94, "total_cholesterol": 6.4, "bone_density": 0.83}),
    (190, {"systolic_bp": 144, "diastolic_bp": 91, "glucose": 5.6, "vision_sharpness": 0.43}),
    (2, {"systolic_bp": 134, "diastolic_bp": 86, "total_cholesterol": 5.5, "bone_density": 0.85}),
)


COHORT_CLOCK = "mortality-age"
PEOPLE = 600
# How much higher at 105 than at 5, as a logarithm; of other markers a little.
DRIFT = {"albumin": -0.1, "creatinine": 0.3, "systolic_bp": 0.4, "urea_nitrogen": 0.6, "crp": 0.5}


def main() -> None:
    """All pictures into this folder."""
    with throw_away_stack(Settings(), workers=2, rate_limits="off") as stack:
        stack.start_web()
        newest = a_person_with_a_history(stack)
        cohort, token = a_cohort(stack)
        with chromium() as browser:
            take_all(browser, stack.web_url, newest)
            with opened(browser, *DESKTOP) as page:
                log_in(page, stack.web_url)
                address = f"{stack.web_url}/cohorts/{cohort}"
                take(page, address, "cohort-desktop", until="#cohorts-gaps")
            with opened(browser, *DESKTOP) as page, lab.jupyter(stack.url, token) as address:
                lab.explore(page, address, HERE / "explorer-desktop.png")


def a_person_with_a_history(stack: Stack) -> str:
    """Register somebody who had herself examined now and then; the id of her newest task."""
    answers, tasks = dict(FIRST), []
    with Client(stack.url) as client:
        client.register(EMAIL, PASSWORD)
        client.login(EMAIL, PASSWORD)
        client.wallet.topup(100)
        for days, changes in VISITS:
            answers |= changes
            when = datetime.now(UTC) - timedelta(days=days)
            age = (when - BORN).days // 365.25
            tasks.append((client.predict(answers, chronological_age=age).task.id, when))
    set_times(stack, tasks)
    return str(tasks[-1][0])


def a_cohort(stack: Stack) -> tuple[str, str]:
    """Made-up people, drawn around the example of a clock; the cohort's id, and a token to open it."""
    random = np.random.default_rng(7)
    with Client(stack.url) as client:
        client.login(EMAIL, PASSWORD)
        client.wallet.topup(10_000)
        answers = client.models.example(COHORT_CLOCK).answers
        rows = []
        for number in range(PEOPLE):
            age = round(float(random.uniform(25, 85)), 1)
            older = (age - 55) / 100
            row = {
                key: value * float(np.exp(older * DRIFT.get(key, 0.1) + random.normal(0, 0.12)))
                for key, value in answers.items()
                if not isinstance(value, str)
            }
            sex = "female" if number % 2 else "male"
            rows.append({"id": f"P{number}", "sex": sex, "chronological_age": age} | row)
        rows[17]["creatinine"] = "haemolysed"
        submit = client.cohorts.submit
        cohort = submit(rows, model=COHORT_CLOCK, name="people.json", id_column="id")
        cohort.wait(progress=False)
        return cohort.id, str(client.tokens.create("notebook").access_token)


def set_times(stack: Stack, tasks: list[tuple[str, datetime]]) -> None:
    """As if each task had been sent in on its day."""
    engine = open_engine(str(stack.settings.database_url))
    with engine.begin() as connection:
        for task, when in tasks:
            connection.execute(
                text(
                    "update tasks set created_at = :at, enqueued_at = :at, started_at = :at,"
                    " finished_at = :at where id = :task"
                ),
                {"at": when, "task": task},
            )
    engine.dispose()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("No chromium. On Debian: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        yield browser
        browser.close()


def take_all(browser: Browser, url: str, newest: str) -> None:
    """Each page at both widths, the result also in the dark."""
    result = f"{url}/results/{newest}"
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        with opened(browser, *size) as page:
            take(page, f"{url}/", f"landing-{name}", until=".landing > :nth-child(2)")
            log_in(page, url)
            page.goto(f"{url}/new")
            page.get_by_role("button", name="Fill in a demo profile").click()
            page.get_by_text("Filled in with a demo profile.").wait_for()
            take(page, None, f"form-{name}", until="#assessment-form")
            take(page, result, f"result-{name}", until="#result-systems")
            take(page, f"{url}/history", f"history-{name}", until="main")
    with opened(browser, *DESKTOP, dark=True) as page:
        log_in(page, url)
        take(page, result, "result-dark", until="#result-systems")


@contextmanager
def opened(browser: Browser, width: int, height: int, *, dark: bool = False) -> Iterator[Page]:
    """An empty page of a device like that."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def log_in(page: Page, url: str) -> None:
    """As people do."""
    page.goto(f"{url}/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}/history")


def take(page: Page, url: str | None, name: str, *, until: str) -> None:
    """One picture from the top of the page to the end of a part of it, as if the screen were so tall."""
    if url:
        page.goto(url)
    page.locator("h1").first.wait_for()
    page.locator(until).wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("() => { scrollTo(0, 0); document.activeElement?.blur(); }")
    given = page.viewport_size or {"width": 0, "height": 0}
    end = page.locator(until).evaluate("(e) => Math.ceil(e.getBoundingClientRect().bottom)")
    tallest = TALLEST[given["width"] == PHONE[0]]
    page.set_viewport_size({"width": given["width"], "height": min(end + 24, tallest)})
    page.wait_for_load_state("networkidle")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    page.set_viewport_size(given)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
