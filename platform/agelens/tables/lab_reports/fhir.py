"""Observations of FHIR R4, of a Bundle, a list or alone, as results of one person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from agelens.domain.errors import InvalidInput
from agelens.domain.single_answer import printable
from agelens.tables.lab_reports.dates import is_day
from agelens.tables.lab_reports.fhir_observations import observation_results
from agelens.tables.lab_reports.json_values import members, objects, text_of
from agelens.tables.lab_reports.results import Report

MOST_OBSERVATIONS = 10_000
MOST_RESOURCES = 100_000
SHOWN_TYPES = 5
SEXES = ("female", "male")
# what no report loses by our not reading it
NO_RESULTS = frozenset({
    "Bundle", "Observation", "DiagnosticReport", "Patient", "Organization", "Practitioner", "Specimen",
    "PractitionerRole", "Encounter", "Location", "Provenance", "OperationOutcome", "ServiceRequest",
    "Device", "Composition",
})  # fmt: skip
Resource: TypeAlias = Mapping[str, object]


@dataclass
class _Content:
    """The resources of a document, and by what they are referred to."""

    observations: list[Resource] = field(default_factory=list)
    reports: list[Resource] = field(default_factory=list)
    patients: dict[str, Resource] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)
    specimens: dict[str, Resource] = field(default_factory=dict)
    other_types: Counter[str] = field(default_factory=Counter)


def read_fhir(document: object) -> Report:
    """What a Bundle, an Observation, a DiagnosticReport, or a list of them says of one person.

    Raises
    ------
    InvalidInput
        If it is no FHIR, has too many observations, or those of several people.
    """
    content = _content(document)
    report = Report()
    person = _person(content)
    for observation in content.observations:
        specimen = content.specimens.get(_reference(observation.get("specimen")), {})
        observation_results(report, observation, specimen)
        if len(report.results) + len(report.unread) > 2 * MOST_OBSERVATIONS:
            raise _too_many()
    _unresolved(report, content)
    _patient(report, content, person)
    if content.other_types:
        common = content.other_types.most_common(SHOWN_TYPES)
        kinds = ", ".join(f"{count} {printable(name, 40)}" for name, count in common)
        rest = content.other_types.total() - sum(count for _, count in common)
        more = f" and {rest} more" if rest else ""
        report.warnings.append(f"Only observations are read, not: {kinds}{more}")
    return report


def _content(document: object) -> _Content:
    content = _Content()
    first = document if isinstance(document, list) else [document]
    if not any(isinstance(entry, Mapping) and "resourceType" in entry for entry in first):
        message = "must be a FHIR R4 Bundle, an Observation or a list of Observations"
        raise InvalidInput.at("resourceType", message)
    for count, (resource, address) in enumerate(_resources(first)):
        _sort_in(content, resource, address)
        if count >= MOST_RESOURCES or len(content.observations) > MOST_OBSERVATIONS:
            raise _too_many()
    return content


def _too_many() -> InvalidInput:
    message = f"must have at most {MOST_OBSERVATIONS} observations and {MOST_RESOURCES} resources"
    return InvalidInput.at("entry", message)


def _resources(first: list[object]) -> Iterator[tuple[Resource, str]]:
    """Each resource with its address, those in Bundles and contained ones, too; without recursion."""
    pending: list[tuple[object, str]] = [
        (contained_resource, "") for contained_resource in reversed(first)
    ]
    while pending:
        resource, address = pending.pop()
        if not isinstance(resource, Mapping):
            continue
        yield resource, address
        entries = [
            (entry.get("resource"), text_of(entry.get("fullUrl")))
            for entry in objects(resource.get("entry"))
        ]
        own_reference = f"{text_of(resource.get('resourceType'))}/{text_of(resource.get('id'))}"
        contained = [
            (contained_resource, f"{own_reference}#{text_of(contained_resource.get('id'))}")
            for contained_resource in objects(resource.get("contained"))
        ]
        pending += reversed(contained + entries)


def _sort_in(content: _Content, resource: Resource, address: str) -> None:
    kind, resource_id = text_of(resource.get("resourceType")), text_of(resource.get("id"))
    reference = f"{kind}/{resource_id}" if resource_id else address
    for name in (address, reference, f"urn:uuid:{resource_id}", f"#{resource_id}"):
        content.identities.setdefault(name, reference)
    if kind == "Observation":
        content.observations.append(resource)
    elif kind == "DiagnosticReport":
        content.reports.append(resource)
    elif kind == "Patient":
        content.patients[reference] = resource
    elif kind == "Specimen":
        for name in (address, reference, f"urn:uuid:{resource_id}", f"#{resource_id}"):
            content.specimens.setdefault(name, resource)
    elif kind not in NO_RESULTS:
        content.other_types[kind or "resources without a type"] += 1


def _reference(value: object) -> str:
    """What a Reference refers to: Type/id, an address within the Bundle, or an identifier."""
    reference = members(value)
    target = text_of(reference.get("reference")).partition("/_history/")[0]
    if target.startswith(("http:", "https:")):
        target = "/".join(target.rsplit("/", 2)[-2:])
    return target or text_of(members(reference.get("identifier")).get("value"))


def _person(content: _Content) -> str | None:
    """Whom the observations are of. InvalidInput if they are of several people."""
    references = {
        _reference(observation.get("subject")) for observation in content.observations
    } - {""}
    people = {content.identities.get(name, name) for name in references}
    people = {name for name in people if not name.startswith(("Device/", "Location/", "Specimen/"))}
    if len(people) > 1:
        message = f"has results of {len(people)} people; send those of one person"
        raise InvalidInput.at("subject", message)
    return next(iter(people), None)


def _patient(report: Report, content: _Content, person: str | None) -> None:
    """Sex and birth date of the person, where the document has them."""
    patient = content.patients.get(person or "")
    if patient is None and len(content.patients) == 1 and (person is None or person == ""):
        patient = next(iter(content.patients.values()))
    if patient is None:
        return
    gender = text_of(patient.get("gender"))
    if gender in SEXES:
        report.sex = gender
    elif gender:
        report.warnings.append(f'The patient\'s gender is "{printable(gender, 20)}": enter the sex')
    birth_date = text_of(patient.get("birthDate"))
    if is_day(birth_date):
        report.birth_date = birth_date
    elif birth_date:
        report.warnings.append("The patient's birth date has no day: enter the age")


def _unresolved(report: Report, content: _Content) -> None:
    """Results that are referred to and not there, and documents that nobody read."""
    referring = [(report_or_observation, "result") for report_or_observation in content.reports]
    referring += [
        (report_or_observation, "hasMember")
        for report_or_observation in content.observations
        if "hasMember" in report_or_observation
    ]
    for resource, name in referring:
        for entry in objects(resource.get(name)):
            target = _reference(entry)
            if target and target not in content.identities:
                report.leave_out(target, "is referred to, and not in what was sent")
    for report_or_observation in content.reports:
        for form in objects(report_or_observation.get("presentedForm")):
            title = text_of(form.get("title")) or text_of(form.get("contentType")) or "a document"
            report.leave_out(title, "is attached to the report as a document, which is not read")
