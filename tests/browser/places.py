"""Every page of the web app, for the walks that visit them all."""

from browser.people import Person
from browser.watching import settled
from playwright.sync_api import Page

ANYBODY = (
    *("/", "/login", "/register", "/no/such/page", "/?goodbye=1"),
    *("/forgot-password", "/new-password", "/shared/{shared}"),
)
OWN = (
    "/new",
    "/new?draft={draft}",
    "/import",
    "/results/{newer}",
    "/results/{other}",
    "/assessments/{panel}",
    "/history",
    "/compare?a={older}&b={newer}",
    "/wallet",
    "/account",
    "/cohorts",
    "/cohorts/{cohort}",
    "/cohorts/{cohort_draft}",
)
ADMIN = (
    "/admin",
    "/admin/activity",
    "/admin/users",
    "/admin/users/{user}",
    "/admin/transactions",
    "/admin/tasks",
    "/admin/cohorts",
    "/admin/models",
    "/admin/inputs",
    "/admin/queues",
    "/admin/retrainings",
)
EVERY = ANYBODY + OWN + ADMIN


def visit(page: Page, place: str, person: Person) -> None:
    """Open a place, with the person's own tasks in its address, and wait until it is all there."""
    page.goto(place.format(**person.tasks))
    settled(page)
