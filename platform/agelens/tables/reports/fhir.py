"""Observations of FHIR R4, of a Bundle, a list or alone, as results of one person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from agelens.domain.answers import printable
from agelens.domain.errors import InvalidInput
from agelens.tables.reports.dates import is_day
from agelens.tables.reports.fhir_observations import observation_results
from agelens.tables.reports.json_values import members, objects, text_of
from agelens.tables.reports.results import Report

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
    if not any(isinstance(each, Mapping) and "resourceType" in each for each in first):
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
    rest: list[tuple[object, str]] = [(each, "") for each in reversed(first)]
    while rest:
        resource, address = rest.pop()
        if not isinstance(resource, Mapping):
            continue
        yield resource, address
        within = [
            (entry.get("resource"), text_of(entry.get("fullUrl")))
            for entry in objects(resource.get("entry"))
        ]
        own = f"{text_of(resource.get('resourceType'))}/{text_of(resource.get('id'))}"
        contained = [
            (each, f"{own}#{text_of(each.get('id'))}")
            for each in objects(resource.get("contained"))
        ]
        rest += reversed(contained + within)


def _sort_in(content: _Content, resource: Resource, address: str) -> None:
    kind, own_id = text_of(resource.get("resourceType")), text_of(resource.get("id"))
    own = f"{kind}/{own_id}" if own_id else address
    for name in (address, own, f"urn:uuid:{own_id}", f"#{own_id}"):
        content.identities.setdefault(name, own)
    if kind == "Observation":
        content.observations.append(resource)
    elif kind == "DiagnosticReport":
        content.reports.append(resource)
    elif kind == "Patient":
        content.patients[own] = resource
    elif kind == "Specimen":
        for name in (address, own, f"urn:uuid:{own_id}", f"#{own_id}"):
            content.specimens.setdefault(name, resource)
    elif kind not in NO_RESULTS:
        content.other_types[kind or "resources without a type"] += 1


def _reference(value: object) -> str:
    """What a Reference refers to: Type/id, an address within the Bundle, or an identifier."""
    said = members(value)
    place = text_of(said.get("reference")).partition("/_history/")[0]
    if place.startswith(("http:", "https:")):
        place = "/".join(place.rsplit("/", 2)[-2:])
    return place or text_of(members(said.get("identifier")).get("value"))


def _person(content: _Content) -> str | None:
    """Whom the observations are of. InvalidInput if they are of several people."""
    named = {_reference(each.get("subject")) for each in content.observations} - {""}
    people = {content.identities.get(name, name) for name in named}
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
    referring = [(each, "result") for each in content.reports]
    referring += [(each, "hasMember") for each in content.observations if "hasMember" in each]
    for resource, name in referring:
        for entry in objects(resource.get(name)):
            place = _reference(entry)
            if place and place not in content.identities:
                report.leave_out(place, "is referred to, and not in what was sent")
    for each in content.reports:
        for form in objects(each.get("presentedForm")):
            what = text_of(form.get("title")) or text_of(form.get("contentType")) or "a document"
            report.leave_out(what, "is attached to the report as a document, which is not read")
