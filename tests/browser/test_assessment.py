"""New assessment: typing values, being told what is wrong, choosing clocks, paying, and coming back."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from agelens.domain.dates import age_years
from agelens.domain.features import Target, feature
from agelens.domain.single_answer import number_advice, read_answer
from browser.assessment_form import (
    ASSESSMENT,
    DEMONSTRATION,
    PHENOAGE,
    RESULT,
    arrived,
    calculate,
    checked,
    choose,
    choose_unit,
    clock,
    day,
    demo,
    field,
    fill,
    message,
    only,
    submit,
    typed,
    unfold,
    unit,
)
from browser.people import BLOOD, Person
from browser.watching import Watch, settled
from playwright.sync_api import Page, expect

from dash_app import number_text

NO_NUMBER = "Enter a number, such as 1.5 or 1,5."
TEXTS = ["5.1", "5,1", " 5 ", "5,", ".5e1", "5 000", "0 005", "-5", "\N{MINUS SIGN}5", "1e1"]
TEXTS += ["1,234.5", "1.234,5", "about 5", "5.1.2", "5,1,2", "12 34", "5 0", "nan", "Infinity"]
TEXTS += ["0x5", "5_0", "+-5", ".", "\u0665", "1,000", "0,885", "12,345,678", "<0.3", ">= 90", "<x"]
READ = """texts => {
    const unit = {unit: "u", printed: "u", factor: 1, offset: 0, countries: []};
    const field = {units: [unit], plausible: null};
    return texts.map(text => window.agelens_form.complaint(field, "u", text));
}"""
# What has the focus lies under the bar at the lower edge, if the bar stays there.
COVERED = """() => {
    const e = document.activeElement, bar = document.querySelector(".assessment-end");
    if (!e.closest(".assessment-fields") || getComputedStyle(bar).position !== "sticky") return "";
    const [box, edge] = [e.getBoundingClientRect(), bar.getBoundingClientRect()];
    const under = box.bottom > edge.top + 1 && box.top < edge.bottom;
    return under ? `${e.id} ${box.bottom} below ${edge.top}` : "";
}"""

# By the page's own clock: pauses between keys that are sent one by one grow on a busy machine.
TYPE_QUICKLY = """async (field, text) => {
    const {set} = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    field.focus();
    for (const character of text) {
        set.call(field, field.value + character);
        field.dispatchEvent(new InputEvent("input", {bubbles: true, data: character}));
        await new Promise((after) => setTimeout(after, 20));
    }
}"""


def advised(text: str) -> str:
    """What the form says of a text that is no number: the API's advice where it has one."""
    advice = number_advice(text)
    return f"{advice[:1].upper()}{advice[1:]}." if advice else NO_NUMBER


def warning_of(key: str, number: float, unit: str | None = None) -> str:
    """What the API would say of it beside the result, with the label instead of the key."""
    asked = feature(key)
    _, warning = read_answer(Target(asked), number, unit)
    assert warning
    return warning.replace(key, asked.label, 1)


def test_a_demo_profile_becomes_a_result_that_a_double_click_pays_once(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    typed(page, "Blood glucose", "6,7")
    demo(page)
    expect(page.get_by_text("Your earlier entries were replaced.")).to_be_visible()
    expect(field(page, "Blood glucose")).not_to_have_value("6,7")
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "Blood glucose")).to_have_value("6,7")
    expect(field(page, "Albumin")).to_have_value("")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    demo(page)
    only(page, "Phenotypic age")
    expect(submit(page)).to_have_text("Calculate my biological age (5 credits)")
    expect(page.get_by_text("5 credits; you have 100.")).to_be_visible()
    submit(page).dblclick()
    expect(page).to_have_url(RESULT)
    expect(page.locator("#credits")).to_have_text("95 credits")
    assert page.evaluate("() => sessionStorage.length") == 0
    (task,) = visitor.client.history()
    assert task.model.name == "phenoage"


def test_chips_tell_what_each_clock_needs_while_values_arrive_and_several_are_paid_at_once(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    expect(page.get_by_role("button", name="Mortality age needs 9 more")).to_be_visible()
    choose(page, "Female")
    fill(page, {"Age": "52"} | PHENOAGE)
    expect(clock(page, "Phenotypic age")).to_be_checked()
    expect(clock(page, "Mortality age")).to_be_checked()
    fault = page.get_by_role("button", name="GOLD BioAge needs one more: Gamma-glutamyl")
    checked(page)  # an answer that comes between would draw the chips anew
    fault.click()
    expect(field(page, "Gamma-glutamyl transferase")).to_be_focused()
    shown = clock(page, "Age from general health markers")
    expect(shown).not_to_be_checked()
    expect(page.locator(".assessment-clock").filter(has=shown)).to_contain_text(
        "Demonstration: synthetic data"
    )
    expect(submit(page)).to_have_text(re.compile(r"Calculate all that are ready \(30 credits\)"))
    only(page, "Mortality age", "Phenotypic age", "Light BioAge")
    expect(submit(page)).to_have_text("Calculate 3 clocks (20 credits)")
    expect(page.get_by_text("20 credits; you have 100.")).to_be_visible()
    calculate(page)
    expect(page).to_have_url(ASSESSMENT)
    (made,) = visitor.client.assessments
    assert {task.model.name for task in made.tasks} == {"mortality-age", "phenoage", "light-bioage"}
    assert made.answers["glucose"] == 5.1
    assert made.price == 20
    expect(page.locator("#credits")).to_have_text("80 credits")


def test_numbers_are_read_as_the_server_reads_them_and_others_are_said_at_once(
    page: Page, visitor: Person
) -> None:
    page.goto(DEMONSTRATION)
    typed(page, "Blood glucose", "about 5")
    expect(message(page, "Blood glucose")).to_have_text(NO_NUMBER)
    said = dict(zip(TEXTS, page.evaluate(READ, TEXTS), strict=True))
    numbers = {text: isinstance(number_text.parse_number(text), float) for text in TEXTS}
    assert said == {text: "" if numbers[text] else advised(text) for text in TEXTS}
    typed(page, "Blood glucose", "5,1")
    expect(field(page, "Blood glucose")).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_text(NO_NUMBER)).to_have_count(0)
    unfold(page, "Body")
    typed(page, "Bone density", "1.125")
    unfold(page, "Way of life")
    choose(page, "Former")
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"glucose": 5.1, "bone_density": 1.125, "smoking_status": "former"}
    assert task.model.name == "kaggle-age"


def test_every_number_out_of_its_range_is_said_at_once_also_an_age(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    typed(page, "Age", "150")
    expect(message(page, "Age")).to_have_text("150 is outside 0 to 130.")
    calculate(page)
    summary = page.get_by_role("alert").filter(has_text="Please check one answer")
    expect(summary.get_by_role("link", name="Age", exact=True)).to_be_visible()
    typed(page, "Age", "52,5")
    expect(field(page, "Age")).to_have_attribute("aria-invalid", "false")
    typed(page, "Albumin", "4.4")
    expect(message(page, "Albumin")).to_contain_text("Did you mean g/dL?")
    unfold(page, "Heart and circulation")
    typed(page, "Systolic blood pressure", "80")
    typed(page, "Diastolic blood pressure", "120")  # only the API knows how the two belong together
    expect(message(page, "Diastolic blood pressure")).to_contain_text("were the two swapped?")
    typed(page, "Diastolic blood pressure", "60")
    expect(field(page, "Diastolic blood pressure")).to_have_attribute("aria-invalid", "false")


def test_an_unusual_number_has_the_warning_of_its_result_while_it_is_typed(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    for number in (20, 40):
        typed(page, "Blood glucose", str(number))
        warning = warning_of("glucose", number)
        expect(page.locator(".assessment-unusual")).to_have_text(f"{warning}.")
        expect(field(page, "Blood glucose")).to_have_attribute("aria-invalid", "false")
    typed(page, "Blood glucose", "5")
    expect(page.locator(".assessment-unusual")).to_have_count(0)
    typed(page, "Blood glucose", "1,000")
    expect(message(page, "Blood glucose")).to_have_text(advised("1,000"))


@pytest.mark.view(width=375, height=740, dark=True)
def test_a_wrong_unit_is_suspected_switched_and_remembered_for_the_next_assessment(
    page: Page, visitor: Person, watch: Watch
) -> None:
    page.goto(DEMONSTRATION)
    settled(page)
    typed(page, "Blood glucose", "95")
    expect(submit(page)).to_be_in_viewport()
    expect(page.get_by_text("1 clock: Age from general health markers")).to_be_in_viewport()
    expect(page.get_by_text("10 credits; you have 100.")).to_be_in_viewport()
    expect(message(page, "Blood glucose")).to_contain_text(
        "95 mmol/L is outside 0.5 to 60.0. Did you mean mg/dL?"
    )
    page.get_by_role("button", name="Switch to mg/dL").click()
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(field(page, "Blood glucose")).to_be_focused()
    expect(field(page, "Blood glucose")).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_text("Now read as 95 mg/dL.")).to_be_visible()
    expect(page.get_by_text("Healthy adults: 70\N{EN DASH}101 mg/dL")).to_be_visible()
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert (task.answers, task.units) == ({"glucose": 95}, {"glucose": "mg/dL"})
    begin_like(page, visitor)


def begin_like(page: Page, person: Person) -> None:
    """The last assessment is a start, whichever way one comes to it."""
    (task,) = person.client.history()
    person.client.task(task.id, wait=30)
    page.goto("/new")
    arrived(page)
    page.get_by_role("button", name="Start from my last assessment").click()
    expect(
        page.get_by_text(f"Filled in from your assessment of {task.created_at.day} ")
    ).to_be_visible()
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    page.get_by_role("button", name="Clear").click()
    expect(field(page, "Blood glucose")).to_have_value("")
    page.goto(f"/new?like={task.id}")
    expect(page.get_by_text("Filled in from your earlier assessment")).to_be_visible()
    expect(field(page, "Blood glucose")).to_have_value("95")


@pytest.mark.view(locale="de-DE")
def test_units_start_as_the_country_has_them_and_what_was_typed_keeps_its_own(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    country = page.get_by_role("textbox", name="Units used in")
    expect(country).to_have_value("Germany")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    typed(page, "Blood glucose", "95")
    country.click()
    page.get_by_role("option", name="United Kingdom").click()
    expect(page.get_by_text("One field with a value keeps its unit.")).to_be_visible()
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Creatinine")).to_have_value("umol/L")
    page.get_by_role("button", name="Clear").click()
    expect(field(page, "Blood glucose")).to_have_value("")
    page.reload()
    expect(country).to_have_value("United Kingdom")
    expect(unit(page, "Blood glucose")).to_have_value("mmol/L")


def test_what_is_refused_stands_beside_its_field_and_costs_nothing(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    calculate(page)
    summary = page.get_by_role("alert").filter(has_text="No clock can be calculated yet")
    expect(summary).to_contain_text("which needs 4 more values")
    expect(page.locator("#assessment-summary")).to_be_focused()
    summary.get_by_role("link", name="Age", exact=True).click()
    expect(field(page, "Age")).to_be_focused()
    typed(page, "Blood glucose", "9999")
    typed(page, "Albumin", "much")
    calculate(page)
    summary = page.get_by_role("alert").filter(has_text="Please check 2 answers")
    expect(summary).to_contain_text("Blood glucose: Must be between 0.5 and 60 mmol/L.")
    expect(summary).to_contain_text(f"Albumin: {NO_NUMBER}")
    expect(page.locator("#assessment-summary")).to_be_focused()
    expect(message(page, "Blood glucose")).to_contain_text("outside 0.5 to 60.0")
    summary.get_by_role("link", name="Blood glucose").click()
    expect(field(page, "Blood glucose")).to_be_focused()
    assert visitor.client.wallet.balance == 100


def test_one_clock_that_is_asked_for_names_what_it_lacks_also_in_folded_parts(
    page: Page, visitor: Person
) -> None:
    page.goto("/new?model=kdm")
    demo(page)
    unfold(page, "Senses, mind, lungs")
    expect(submit(page)).to_have_text("Calculate my biological age (5 credits)")
    expect(page.get_by_text("1 clock: Klemera-Doubal")).to_be_visible()
    typed(page, "Forced expiratory volume in one second", "9999")
    page.locator(".assessment-fold[open] summary").filter(has_text="Senses").click()
    expect(field(page, "Forced expiratory volume in one second")).to_be_hidden()
    field(page, "Age").fill("")
    page.get_by_role("radio", name="Female").click()  # again: takes the answer away
    expect(page.get_by_role("radio", name="Female")).not_to_be_checked()
    calculate(page)
    expect(page.locator("#assessment-summary")).to_be_focused()
    summary = page.get_by_role("alert")
    summary.get_by_role("link", name="Forced expiratory volume").click()
    expect(field(page, "Forced expiratory volume in one second")).to_be_focused()
    field(page, "Forced expiratory volume in one second").fill("")
    calculate(page)
    expect(message(page, "Age")).to_contain_text("Enter your age.")
    expect(page.locator("#assessment-summary")).to_be_focused()
    summary.get_by_role("link", name="Sex", exact=True).click()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Female")).to_be_checked()
    field(page, "Age").fill("52")
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.model.name == "kdm"


def test_the_way_to_the_wallet_leads_back_and_nothing_typed_is_lost(
    page: Page, newcomer: Person
) -> None:
    page.goto("/new?model=phenoage")
    demo(page)
    choose_unit(page, "Albumin", "g/dL")
    typed(page, "Albumin", "4,3")
    page.get_by_role("checkbox", name="Acutely ill").check()
    told = page.locator("#assessment-cost").filter(has_text="5 credits; you have 0.")
    expect(told.get_by_role("link", name="Top up")).to_be_visible()  # before anything is sent
    calculate(page)
    told = page.get_by_role("alert").filter(has_text="Not enough credits")
    expect(told).to_contain_text("costs 5 credits and you have 0.")
    told.get_by_role("link", name="Top up").click()
    expect(page).to_have_url("/wallet?next=%2Fnew%3Fmodel%3Dphenoage")
    newcomer.client.wallet.topup(5)
    page.get_by_role("main").get_by_role("link", name="Back to your assessment").click()
    expect(field(page, "Albumin")).to_have_value("4,3")
    expect(unit(page, "Albumin")).to_have_value("g/dL")
    expect(page.get_by_role("checkbox", name="Acutely ill")).to_be_checked()
    calculate(page)
    expect(page).to_have_url(RESULT)


def test_a_draft_for_several_clocks_is_saved_reopened_and_run(page: Page, visitor: Person) -> None:
    page.goto("/new")
    choose(page, "Female")
    fill(page, {"Age": "52"} | PHENOAGE)
    choose_unit(page, "Blood glucose", "mg/dL")
    typed(page, "Blood glucose", "95")
    unfold(page, "Senses, mind, lungs")
    typed(page, "Forced expiratory volume in one second", "2.9")  # of KDM alone
    day(page).fill("2026-05-03")
    settled(page)
    only(page, "Mortality age", "Phenotypic age")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible()
    (task,) = visitor.client.history()
    expect(page).to_have_url(f"/new?draft={task.id}")
    assert (task.status, task.model.name) == ("draft", "mortality-age")
    assert task.models == ("mortality-age", "phenoage")
    assert (task.answers["fev1"], task.answers["glucose"]) == (2.9, 95)
    page.goto("/history")
    page.goto(f"/new?draft={task.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue your draft")
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(field(page, "Forced expiratory volume in one second")).to_have_value("2.9")
    expect(day(page)).to_have_value("2026-05-03")
    checked(page)
    ticked = page.locator(".assessment-clock").get_by_role("checkbox", checked=True)
    expect(ticked).to_have_count(2)
    expect(clock(page, "Mortality age")).to_be_checked()
    clock(page, "Phenotypic age").click()
    checked(page)
    page.reload()  # what is ticked after the draft was saved
    expect(ticked).to_have_count(1)
    clock(page, "Phenotypic age").click()
    calculate(page)
    expect(page).to_have_url(ASSESSMENT)
    (made,) = visitor.client.assessments
    assert {task.model.name for task in made.tasks} == {"mortality-age", "phenoage"}
    assert (made.answers["fev1"], made.measured_on) == (2.9, date(2026, 5, 3))
    assert [task.status for task in visitor.client.history() if task.status == "draft"] == []


def test_a_draft_that_was_calculated_says_so(page: Page, visitor: Person) -> None:
    draft = visitor.client.drafts.create({"glucose": 5.1})
    visitor.client.run(draft.id)
    page.goto(f"/new?draft={draft.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This draft has already been calculated"
    )


def test_pregnancy_and_illness_are_asked_once_and_come_back_with_the_draft(
    page: Page, visitor: Person
) -> None:
    page.goto("/new?model=phenoage")
    pregnant = page.get_by_role("checkbox", name="Pregnant")
    ill = page.get_by_role("checkbox", name="Acutely ill in the last two weeks")
    demo(page)
    pregnant.check()
    ill.check()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible()
    page.reload()
    expect(ill).to_be_checked()
    arrived(page)
    pregnant.uncheck()
    only(page, "Phenotypic age")
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.context == ("acutely_ill",)
    page.goto("/new")
    expect(ill).not_to_be_checked()


def test_a_draft_keeps_its_units_and_is_deleted_after_a_question(
    page: Page, visitor: Person
) -> None:
    page.goto("/new?model=phenoage")
    choose_unit(page, "Creatinine", "\N{MICRO SIGN}mol/L")  # as printed; the API names it umol/L
    typed(page, "Creatinine", "80")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Draft saved. You will find it in your")).to_be_visible()
    (draft,) = visitor.client.history()
    assert visitor.client.task(draft.id).units["creatinine"] == "umol/L"
    expect(page).to_have_url(f"/new?draft={draft.id}")
    page.reload()
    expect(unit(page, "Creatinine")).to_have_value("umol/L")
    page.get_by_role("button", name="Delete draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(field(page, "Creatinine")).to_have_value("80")
    page.get_by_role("button", name="Delete draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page).to_have_url("/history")
    assert list(visitor.client.history()) == []


def test_what_is_typed_survives_a_reload_and_nobody_else_sees_it(
    page: Page,
    visitor: Person,
    make_person: Callable[..., Person],
    enter: Callable[[Person], Person],
) -> None:
    page.goto("/new")
    choose_unit(page, "Blood glucose", "mg/dL")
    typed(page, "Blood glucose", "95")
    choose(page, "Male")
    page.reload()
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(page.get_by_role("radio", name="Male", exact=True)).to_be_checked()
    enter(make_person())
    page.goto("/new")
    settled(page)
    expect(field(page, "Blood glucose")).to_have_value("")
    assert page.evaluate("() => sessionStorage.length") == 0
    typed(page, "Blood glucose", "9.5")
    assert page.evaluate("() => sessionStorage.length") == 1
    page.get_by_role("button", name="Log out").first.click()
    expect(page).to_have_url("/")
    assert page.evaluate("() => sessionStorage.length") == 0


def test_an_imported_report_fills_the_form_once_and_keeps_its_spelling(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    expect(page.get_by_role("link", name="Import a report")).to_have_attribute("href", "/import")
    typed(page, "Age", "52")
    report = {
        "answers": {"albumin": "4,40", "glucose": "95", "fev1": "2.9", "unheard_of": "1"},
        "units": {"albumin": "g/dL", "glucose": "mg/dL"},
        "sex": "male",
        "measured_on": "2026-05-03",
    }
    keep = "report => sessionStorage.setItem('agelens.imported', report)"
    page.evaluate(keep, json.dumps(report))
    page.goto("/new?from=import")
    expect(page.get_by_text("3 values were imported; check them.")).to_be_visible()
    expect(field(page, "Albumin")).to_have_value("4,40")
    expect(unit(page, "Albumin")).to_have_value("g/dL")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(field(page, "Forced expiratory volume in one second")).to_be_visible()
    expect(day(page)).to_have_value("2026-05-03")
    expect(field(page, "Age")).to_have_value("52")
    expect(page.get_by_role("radio", name="Male", exact=True)).to_be_checked()
    assert page.evaluate("() => sessionStorage.getItem('agelens.imported')") is None
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "Albumin")).to_have_value("")
    expect(field(page, "Age")).to_have_value("52")


def test_a_profile_is_kept_by_one_tick_and_the_age_follows_from_it(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    choose(page, "Female")
    page.get_by_role("checkbox", name="Save to my profile").check()
    with page.expect_response(lambda answer: "1974-05-03" in (answer.request.post_data or "")):
        page.get_by_role("textbox", name="Date of birth").fill("1974-05-03")
        page.get_by_role("textbox", name="Date of birth").blur()
    settled(page)  # the tick had saved the rest before
    expect(page.get_by_text("Saved to your profile.")).to_be_visible()
    kept = visitor.client.profile()
    assert (kept.sex, kept.birth_date, kept.country) == ("female", date(1974, 5, 3), "GB")
    page.goto("/new")
    expect(page.get_by_role("radio", name="Female", exact=True)).to_be_checked()
    expect(page.get_by_text("Sex and age start from your profile.")).to_be_visible()
    today = age_years(date(1974, 5, 3), datetime.now(UTC).date())
    expect(page.get_by_text(f"{today:g} on that day, from your date of birth")).to_be_visible()
    arrived(page)
    day(page).fill("2024-05-03")
    expect(page.get_by_text("50 on that day, from your date of birth")).to_be_visible()
    fill(page, PHENOAGE)
    only(page, "Phenotypic age")
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert (task.chronological_age, task.age_from_profile) == (50, True)
    assert task.measured_on == date(2024, 5, 3)


def test_the_account_page_keeps_the_profile_that_units_and_age_start_from(
    page: Page, visitor: Person
) -> None:
    page.goto("/account")
    profile = page.get_by_role("group", name="Profile")
    profile.get_by_role("radio", name="Male", exact=True).click()
    profile.get_by_label("Date of birth").fill("1890-01-01")
    profile.get_by_role("button", name="Save profile").click()
    expect(profile).to_contain_text("Must not be before 1900")
    profile.get_by_label("Date of birth").fill("1974-05-03")
    profile.get_by_role("textbox", name="Country").fill("United Sta")
    page.get_by_role("option", name="United States", exact=True).click()
    profile.get_by_role("button", name="Save profile").click()
    expect(profile.get_by_text("Saved.")).to_be_visible()
    kept = visitor.client.profile()
    assert (kept.sex, kept.birth_date, kept.country) == ("male", date(1974, 5, 3), "US")
    page.goto("/new")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(page.get_by_role("radio", name="Male", exact=True)).to_be_checked()


def test_a_biomarker_is_found_by_an_abbreviation_or_its_loinc_code(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    arrived(page)
    find = page.get_by_label("Find a biomarker")
    find.fill("hba1c")
    expect(field(page, "Glycated haemoglobin (HbA1c)")).to_be_visible()
    expect(field(page, "Albumin")).to_be_hidden()
    expect(page.get_by_text("one biomarker", exact=True)).to_be_visible()
    find.fill("1751-7")
    expect(field(page, "Albumin")).to_be_visible()
    find.press("Enter")
    expect(field(page, "Albumin")).to_be_focused()
    find.fill("nothing of the kind")
    expect(page.get_by_text("Nothing is called that.")).to_be_visible()
    find.fill("")
    expect(field(page, "Creatinine")).to_be_visible()
    expect(field(page, "Glycated haemoglobin (HbA1c)")).to_be_hidden()


def test_the_keyboard_alone_is_enough(page: Page, visitor: Person) -> None:
    page.goto(DEMONSTRATION)
    settled(page)
    page.get_by_role("radio", name="Female").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(field(page, "Age")).to_be_focused()
    page.keyboard.type("52")
    field(page, "Blood glucose").focus()
    page.keyboard.type("5,1")
    page.keyboard.press("Tab")
    expect(unit(page, "Blood glucose")).to_be_focused()
    page.keyboard.press("Tab")
    expect(field(page, "Albumin")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"sex": "female", "glucose": 5.1}
    assert task.chronological_age == 52


def test_what_is_on_the_screen_is_sent_however_fast_one_is(page: Page, visitor: Person) -> None:
    page.goto(DEMONSTRATION)
    # Opened at full speed: what is slow here is the page's answer to keys, not its first drawing.
    settled(page)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    field(page, "Blood glucose").focus()
    page.keyboard.type("6.1")
    page.keyboard.press("Enter")
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"glucose": 6.1}


def test_nobody_pays_a_price_that_was_not_shown(page: Page, visitor: Person) -> None:
    page.goto("/new")
    page.route("**/_dash-update-component", hold_checks)
    choose(page, "Female")
    fill(page, {"Age": "52"} | PHENOAGE)
    submit(page).click()
    told = page.get_by_role("alert").filter(has_text="Choose what to calculate")
    expect(told).to_contain_text("Mortality age")
    assert list(visitor.client.history()) == []
    page.unroute("**/_dash-update-component")


def hold_checks(route: object) -> None:
    """Checks never reach the server, as on a slow network; everything else does."""
    if "assessment-asked.data" in (route.request.post_data or ""):
        route.abort()
    else:
        route.continue_()


def test_at_most_five_callbacks_open_the_page_and_keys_ask_nobody_until_they_rest(
    page: Page, visitor: Person, watch: Watch
) -> None:
    page.goto("/new")
    settled(page)
    assert len(watch.callbacks) <= 5
    before = len(watch.callbacks)
    field(page, "Albumin").evaluate(TYPE_QUICKLY, "44.25")
    expect(field(page, "Albumin")).to_have_value("44.25")
    field(page, "Albumin").blur()
    checked(page)
    assert len(watch.callbacks) == before + 1


@pytest.mark.view(width=390, height=740)
def test_on_a_phone_the_bar_never_covers_what_has_the_focus(page: Page, visitor: Person) -> None:
    page.goto("/new")
    demo(page)
    assert walk(page) == set()
    expect(submit(page)).to_be_in_viewport()
    expect(page.locator("#assessment-standing")).to_be_in_viewport()


@pytest.mark.view(width=320, height=256)
def test_at_four_hundred_percent_the_form_is_free(page: Page, visitor: Person) -> None:
    page.goto("/new")
    demo(page)
    bar = page.locator(".assessment-end")
    assert bar.evaluate("e => getComputedStyle(e).position") == "static"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    assert walk(page) == set()


def walk(page: Page) -> set[str]:
    """Tab through the fields; what is covered."""
    page.get_by_role("radio", name="Female").focus()
    covered = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        covered.add(page.evaluate(COVERED))
    return covered - {""}


def test_a_panel_of_several_clocks_is_the_start_of_the_next_one(
    page: Page, visitor: Person
) -> None:
    made = visitor.client.assess(
        BLOOD | {"fev1": 2900}, ["phenoage", "light-bioage"], units={"fev1": "mL"},
        chronological_age=52,
    )  # fmt: skip
    page.goto(f"/new?like={made.tasks[0].id}")
    expect(page.get_by_text("Filled in from your earlier assessment")).to_be_visible()
    expect(field(page, "Forced expiratory volume in one second")).to_have_value("2900")
    expect(unit(page, "Forced expiratory volume in one second")).to_have_value("mL")
    expect(field(page, "Albumin")).to_have_value("44")
