"""People of the tests: registered through the API, logged in for real in the browser."""

import secrets
from dataclasses import dataclass, field

from agelens.client import Client
from playwright.sync_api import BrowserContext

PASSWORD = "correct horse battery"
CSRF_COOKIE = "_csrf_token"


@dataclass
class Person:
    """An account, and a client that acts as it beside the browser."""

    client: Client
    email: str = field(default_factory=lambda: f"{secrets.token_hex(8)}@example.org")
    password: str = PASSWORD
    tasks: dict[str, str] = field(default_factory=dict)

    def register(self, credits: int) -> "Person":
        """Make the account, with credits."""
        self.client.register(self.email, self.password)
        self.client.login(self.email, self.password)
        if credits:
            self.client.wallet.topup(credits)
        return self


MIDDLE_AGED = {
    "sex": "female",
    "systolic_bp": 139,
    "diastolic_bp": 88,
    "total_cholesterol": 5.9,
    "glucose": 5.9,
    "bone_density": 1.0,
    "vision_sharpness": 0.6,
    "hearing_ability": 35,
    "cognitive_function": 64,
    "smoking_status": "current",
}
BETTER = MIDDLE_AGED | {"systolic_bp": 124, "diastolic_bp": 79, "smoking_status": "former"}
BLOOD = {
    "sex": "female",
    "albumin": 44,
    "creatinine": 70,
    "glucose": 5.1,
    "crp": 1.2,
    "lymphocytes": 32,
    "mean_cell_volume": 90,
    "red_cell_width": 12.9,
    "alkaline_phosphatase": 62,
    "white_cells": 5.8,
}


def with_results(person: Person) -> Person:
    """Two results of the same clock, one of another without an interval, and a draft."""
    client = person.client
    person.tasks["user"] = str(client.me().id)
    for name, answers in (("older", MIDDLE_AGED), ("newer", BETTER)):
        result = client.predict(answers, chronological_age=52)
        person.tasks[name] = str(result.task.id)
    person.tasks["shared"] = str(client.share(result).token)
    other = client.predict(BLOOD, model="phenoage", chronological_age=52)
    person.tasks["other"] = str(other.task.id)
    person.tasks["draft"] = str(client.drafts.create({"systolic_bp": 128}).id)
    return person


def with_panel(person: Person) -> Person:
    """An assessment by every clock that is ready."""
    client = person.client
    made = client.assessments.submit(BLOOD, "ready", chronological_age=52)
    person.tasks["panel"] = client.assessments.wait(made).id
    return person


def with_cohorts(person: Person) -> Person:
    """A scored cohort with a row at fault, and a draft of which no column is known."""
    cohorts = person.client.cohorts
    people = [BLOOD | {"id": f"p{n}", "chronological_age": 41 + 9 * n} for n in range(4)]
    people[2]["albumin"] = "much"
    scored = cohorts.submit(people, model="phenoage", name="people.json", id_column="id")
    scored.wait(progress=False)
    person.tasks["cohort"] = scored.id
    unknown = cohorts.submit([{"a": 1, "b": "x"}], name="unknown.json", draft=True, columns=None)
    person.tasks["cohort_draft"] = unknown.id
    return person


def log_in(context: BrowserContext, site_url: str, person: Person) -> None:
    """Send the login form as a browser would; the context has the web session afterwards."""
    context.request.get(f"{site_url}/login")
    tokens = [c["value"] for c in context.cookies(site_url) if c["name"] == CSRF_COOKIE]
    form = {"email": person.email, "password": person.password, "csrf_token": tokens[0]}
    answer = context.request.post(f"{site_url}/forms/login", form=form, max_redirects=0)
    landed = answer.headers.get("location", "")
    assert answer.status == 303, f"{answer.status}: {answer.text()[:300]}"
    assert not landed.startswith("/login"), "the web app refused the login"
