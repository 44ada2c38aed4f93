"""New assessment: typing values, being told what is wrong, paying, and coming back."""

import re
from collections.abc import Callable

import pytest
from agelens.domain.answers import number_advice, read_answer
from agelens.domain.features import Target, feature
from browser.people import Person
from browser.watching import Watch, settled
from playwright.sync_api import Locator, Page, expect

from dash_app import number_text

RESULT = re.compile(r"/results/[0-9a-f-]{36}$")
CALCULATE = "Calculate my biological age"
NO_NUMBER = "Enter a number, such as 1.5 or 1,5."
OPTIONAL = "Optional: saved, but not used by this clock"
TEXTS = ["5.1", "5,1", " 5 ", "5,", ".5e1", "5 000", "0 005", "-5", "\N{MINUS SIGN}5", "1e1"]
TEXTS += ["1,234.5", "1.234,5", "about 5", "5.1.2", "5,1,2", "12 34", "5 0", "nan", "Infinity"]
TEXTS += ["0x5", "5_0", "+-5", ".", "\u0665", "1,000", "0,885", "12,345,678", "<0.3", ">= 90", "<x"]
READ = """texts => {
    const unit = {unit: "u", printed: "u", factor: 1, offset: 0, countries: []};
    const field = {units: [unit], plausible: null};
    return texts.map(text => window.agelens_form.complaint(field, "u", text));
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


def field(page: Page, label: str) -> Locator:
    return page.get_by_role("textbox", name=label, exact=True)


def unit(page: Page, label: str) -> Locator:
    return field(page, f"Unit of {label}")


def typed(page: Page, label: str, text: str) -> None:
    field(page, label).fill(text)
    field(page, label).blur()


def choose_unit(page: Page, label: str, name: str) -> None:
    unit(page, label).click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(unit(page, label)).to_have_value(name)


def choose(page: Page, name: str) -> None:
    """`check()` would look at once, and the page needs a moment."""
    radio = page.get_by_role("radio", name=name)
    radio.click()
    expect(radio).to_be_checked()


def choose_clock(page: Page, title: str, first_field: str) -> None:
    page.get_by_role("radio", name=title).click()
    expect(field(page, first_field)).to_be_visible()
    settled(page)


def demo(page: Page) -> None:
    page.get_by_role("button", name="Fill in a demo profile").click()
    expect(page.get_by_text("Filled in with a demo profile.")).to_be_visible()


def calculate(page: Page) -> None:
    settled(page)  # what came back from elsewhere may still be on its way
    page.get_by_role("button", name=CALCULATE).click()


def message(page: Page, label: str) -> Locator:
    """What stands below a field that is marked as wrong, found as a screen reader finds it."""
    expect(field(page, label)).to_have_attribute("aria-invalid", "true")
    described = (field(page, label).get_attribute("aria-describedby") or "").split()
    (error,) = [part for part in described if part.endswith("-error")]
    return page.locator(f"[id='{error}']")


def test_a_demo_profile_becomes_a_result_that_a_double_click_pays_once(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    expect(page.get_by_text("0 of 9 answered")).to_be_visible()
    typed(page, "Blood glucose", "6,7")
    demo(page)
    expect(field(page, "Blood glucose")).not_to_have_value("6,7")
    page.get_by_role("button", name="Undo").click()
    expect(field(page, "Blood glucose")).to_have_value("6,7")
    expect(field(page, "Bone density")).to_have_value("")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    demo(page)
    expect(page.get_by_text("9 of 9 answered")).to_be_visible()
    expect(page.get_by_text("10 credits; you have 100.")).to_be_visible()
    page.get_by_role("button", name=CALCULATE).dblclick()
    expect(page).to_have_url(RESULT)
    expect(page.locator("#credits")).to_have_text("90 credits")
    assert page.evaluate("() => sessionStorage.length") == 0
    assert len(list(visitor.client.history())) == 1


def test_numbers_are_read_as_the_server_reads_them_and_others_are_said_at_once(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    typed(page, "Blood glucose", "about 5")
    expect(message(page, "Blood glucose")).to_have_text(NO_NUMBER)
    said = dict(zip(TEXTS, page.evaluate(READ, TEXTS), strict=True))
    numbers = {text: isinstance(number_text.parse_number(text), float) for text in TEXTS}
    assert said == {text: "" if numbers[text] else advised(text) for text in TEXTS}
    typed(page, "Blood glucose", "5,1")
    expect(field(page, "Blood glucose")).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_text(NO_NUMBER)).to_have_count(0)
    typed(page, "Bone density", "1.125")
    choose(page, "Former")
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"glucose": 5.1, "bone_density": 1.125, "smoking_status": "former"}


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
    typed(page, "Bone density", "77")
    expect(message(page, "Bone density")).to_contain_text("outside")
    typed(page, "Blood glucose", "1,000")
    expect(message(page, "Blood glucose")).to_have_text(advised("1,000"))


@pytest.mark.view(width=375, height=740, dark=True)
def test_a_wrong_unit_is_suspected_switched_and_remembered_for_the_next_assessment(
    page: Page, visitor: Person, watch: Watch
) -> None:
    page.goto("/new")
    settled(page)
    before = len(watch.callbacks)
    typed(page, "Blood glucose", "95")
    button = page.get_by_role("button", name=CALCULATE)
    expect(button).to_be_in_viewport()
    expect(page.get_by_text("1 of 9 answered")).to_be_in_viewport()
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
    settled(page)
    assert len(watch.callbacks) == before
    button.click()
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert (task.answers, task.units) == ({"glucose": 95}, {"glucose": "mg/dL"})
    begin_like(page, visitor)


def begin_like(page: Page, person: Person) -> None:
    """The last assessment is a start, whichever way one comes to it."""
    (task,) = person.client.history()
    person.client.task(task.id, wait=30)
    page.goto("/new")
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
def test_units_start_as_the_country_has_them_and_the_choice_is_remembered(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    country = page.get_by_role("textbox", name="Units used in")
    expect(country).to_have_value("Germany")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    typed(page, "Blood glucose", "95")
    country.click()
    page.get_by_role("option", name="United Kingdom").click()
    expect(unit(page, "Blood glucose")).to_have_value("mmol/L")
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(page.get_by_text("your numbers did not. Please check")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(field(page, "Blood glucose")).to_have_value("")
    page.reload()
    expect(country).to_have_value("United Kingdom")
    expect(unit(page, "Blood glucose")).to_have_value("mmol/L")


def test_what_is_refused_stands_beside_its_field_and_costs_nothing(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    expect(page.get_by_text("0 of 9 answered")).to_be_visible()
    calculate(page)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("at least one of")
    expect(summary).to_contain_text("bone density")
    expect(summary).not_to_contain_text("bone_density")
    typed(page, "Blood glucose", "9999")
    typed(page, "Total cholesterol", "much")
    calculate(page)
    summary = page.get_by_role("alert").filter(has_text="Please check 2 answers")
    expect(summary).to_contain_text("Blood glucose: Must be between 0.5 and 60 mmol/L.")
    expect(summary).to_contain_text(f"Total cholesterol: {NO_NUMBER}")
    expect(page.locator("#assessment-summary")).to_be_focused()
    expect(message(page, "Blood glucose")).to_contain_text("outside 0.5 to 60.0")
    summary.get_by_role("link", name="Blood glucose").click()
    expect(field(page, "Blood glucose")).to_be_focused()
    assert visitor.client.wallet.balance == 100


def test_what_is_missing_is_named_also_in_the_folded_part(page: Page, visitor: Person) -> None:
    page.goto("/new")
    typed(page, "Blood glucose", "5.1")
    page.get_by_text(OPTIONAL).click()
    typed(page, "Height", "9999")
    page.get_by_text(OPTIONAL).click()
    expect(field(page, "Height")).to_be_hidden()
    calculate(page)
    expect(page.locator("#assessment-summary")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Height").click()
    expect(field(page, "Height")).to_be_focused()
    field(page, "Height").fill("")
    choose_clock(page, "Mortality age", "Albumin")
    demo(page)
    field(page, "Age").fill("")
    page.get_by_role("radio", name="Female").click()  # again: takes the answer away
    expect(page.get_by_role("radio", name="Female")).not_to_be_checked()
    calculate(page)
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link", name="Age", exact=True)).to_be_visible()
    expect(message(page, "Age")).to_contain_text("Enter your age.")
    expect(page.get_by_role("radiogroup", name="Sex")).to_be_visible()
    expect(page.locator("#assessment-summary")).to_be_focused()
    summary.get_by_role("link", name="Sex", exact=True).click()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Female")).to_be_checked()
    field(page, "Age").fill("52")
    calculate(page)
    expect(page).to_have_url(RESULT)


def test_another_clock_keeps_what_both_ask_and_asks_its_own(page: Page, visitor: Person) -> None:
    page.goto("/new")
    typed(page, "Blood glucose", "5,1")
    typed(page, "Bone density", "1,1")
    choose_clock(page, "Phenotypic age", "Albumin")
    expect(page).to_have_url("/new?model=phenoage")
    expect(field(page, "Blood glucose")).to_have_value("5,1")
    expect(field(page, "Bone density")).to_have_count(0)
    expect(field(page, "Age")).to_have_attribute("required", "")
    expect(page.get_by_text("1 of 10 answered")).to_be_visible()
    choose_clock(page, "Age from general health markers", "Bone density")
    expect(field(page, "Bone density")).to_have_value("1,1")


def test_the_way_to_the_wallet_leads_back_and_nothing_typed_is_lost(
    page: Page, newcomer: Person
) -> None:
    draft = newcomer.client.drafts.create({"glucose": 5.1})
    page.goto(f"/new?draft={draft.id}")
    choose_clock(page, "Phenotypic age", "Albumin")
    page.get_by_role("main").get_by_role("link", name="Top up").first.click()
    page.get_by_role("main").get_by_role("link", name="Back to your assessment").click()
    expect(page).to_have_url(f"/new?draft={draft.id}&model=phenoage")
    expect(field(page, "Blood glucose")).to_have_value("5.1")
    expect(field(page, "Albumin")).to_be_visible()
    page.goto("/new?model=phenoage")
    demo(page)
    choose_unit(page, "Albumin", "g/dL")
    typed(page, "Albumin", "4,3")
    expect(page.get_by_text("5 credits; you have 0.")).to_be_visible()
    calculate(page)
    told = page.get_by_role("alert").filter(has_text="Not enough credits")
    expect(told).to_contain_text("costs 5 credits and you have 0.")
    told.get_by_role("link", name="Top up").click()
    expect(page).to_have_url("/wallet?next=%2Fnew%3Fmodel%3Dphenoage")
    newcomer.client.wallet.topup(5)
    page.get_by_role("main").get_by_role("link", name="Back to your assessment").click()
    expect(field(page, "Albumin")).to_have_value("4,3")
    expect(unit(page, "Albumin")).to_have_value("g/dL")
    calculate(page)
    expect(page).to_have_url(RESULT)


def test_a_draft_is_saved_reopened_and_run(page: Page, visitor: Person) -> None:
    page.goto("/new")
    choose_unit(page, "Blood glucose", "mg/dL")
    typed(page, "Blood glucose", "95")
    typed(page, "Bone density", "77")
    page.get_by_role("button", name="Save as draft").click()
    saved = page.get_by_role("status").filter(has_text="Saved")
    expect(saved).to_contain_text("Still to complete: Bone density")
    (task,) = visitor.client.history()
    expect(page).to_have_url(f"/new?draft={task.id}")
    assert (task.status, task.answers) == ("draft", {"glucose": 95, "bone_density": 77})
    page.goto("/history")
    page.goto(f"/new?draft={task.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Continue your draft")
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(message(page, "Bone density")).to_contain_text("outside")
    field(page, "Bone density").fill("")
    typed(page, "Hearing threshold", "20")
    calculate(page)
    expect(page).to_have_url(f"/results/{task.id}")
    ran = visitor.client.task(task.id)
    assert ran.answers == {"glucose": 95, "hearing_ability": 20}
    page.goto(f"/new?draft={task.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This draft has already been calculated"
    )


def test_pregnancy_and_illness_are_asked_once_and_come_back_with_the_draft(
    page: Page, visitor: Person
) -> None:
    page.goto("/new")
    pregnant = page.get_by_role("checkbox", name="Pregnant")
    ill = page.get_by_role("checkbox", name="Acutely ill in the last two weeks")
    demo(page)
    pregnant.check()
    ill.check()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    page.reload()
    expect(ill).to_be_checked()
    pregnant.uncheck()
    calculate(page)
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.context == ("acutely_ill",)
    expect(page.get_by_text("No rank: pregnancy and acute illness")).to_be_visible()
    expect(page.get_by_text("measure again after recovery")).to_be_visible()
    page.goto("/new")
    expect(ill).not_to_be_checked()


def test_a_draft_can_change_its_clock(page: Page, visitor: Person) -> None:
    draft = visitor.client.drafts.create({"bone_density": 1.1, "glucose": 5.1})
    page.goto(f"/new?draft={draft.id}")
    settled(page)
    expect(page).to_have_url(f"/new?draft={draft.id}")
    choose_clock(page, "Homeostatic dysregulation", "Albumin")
    expect(page).to_have_url(f"/new?draft={draft.id}&model=dysregulation")
    demo(page)
    calculate(page)
    expect(page).to_have_url(f"/results/{draft.id}")
    ran = visitor.client.task(draft.id)
    assert ran.model.name == "dysregulation"
    assert "bone_density" not in ran.answers


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
    expect(unit(page, "Creatinine")).to_have_value("\N{MICRO SIGN}mol/L")
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
    choose(page, "Former")
    expect(page.get_by_text("2 of 9 answered")).to_be_visible()
    page.reload()
    expect(field(page, "Blood glucose")).to_have_value("95")
    expect(unit(page, "Blood glucose")).to_have_value("mg/dL")
    expect(page.get_by_role("radio", name="Former")).to_be_checked()
    enter(make_person())
    page.goto("/new")
    expect(page.get_by_text("0 of 9 answered")).to_be_visible()
    expect(field(page, "Blood glucose")).to_have_value("")
    assert page.evaluate("() => sessionStorage.length") == 0
    typed(page, "Blood glucose", "9.5")
    expect(page.get_by_text("1 of 9 answered")).to_be_visible()
    assert page.evaluate("() => sessionStorage.length") == 1
    page.get_by_role("button", name="Log out").first.click()
    expect(page).to_have_url("/")
    assert page.evaluate("() => sessionStorage.length") == 0


def test_the_keyboard_alone_is_enough(page: Page, visitor: Person) -> None:
    page.goto("/new")
    page.get_by_role("radio", name="Age from general health markers").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(field(page, "Albumin")).to_be_visible()
    page.goto("/new")
    field(page, "Age").focus()
    page.keyboard.type("52")
    page.keyboard.press("Tab")
    expect(field(page, "Bone density")).to_be_focused()
    page.keyboard.type("1,1")
    page.keyboard.press("Tab")
    expect(unit(page, "Bone density")).to_be_focused()
    page.keyboard.press("Tab")
    expect(field(page, "Systolic blood pressure")).to_be_focused()
    page.keyboard.type("131")
    page.keyboard.press("Enter")
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"bone_density": 1.1, "systolic_bp": 131}
    assert task.chronological_age == 52


def test_what_is_on_the_screen_is_sent_however_fast_one_is(page: Page, visitor: Person) -> None:
    page.goto("/new")
    # Opened at full speed: what is slow here is the page's answer to keys, not its first drawing.
    settled(page)
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    field(page, "Systolic blood pressure").focus()
    page.keyboard.type("131")
    page.keyboard.press("Enter")
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    expect(page).to_have_url(RESULT)
    (task,) = visitor.client.history()
    assert task.answers == {"systolic_bp": 131}
