"""Made-up laboratory reports in FHIR R4, as the systems that we know write them."""

from typing import Any

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
PERSON = "urn:uuid:6d2c1f3a-0000-4000-8000-000000000001"
Resource = dict[str, Any]


def code(number: str, display: str = "") -> Resource:
    """A CodeableConcept of LOINC."""
    coding = {"system": LOINC, "code": number} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": display} if display else {})


def quantity(value: object, ucum: str, **more: object) -> Resource:
    return {"value": value, "unit": ucum, "system": UCUM, "code": ucum, **more}


def observation(
    number: str, value: object, ucum: str, day: str = "2024-03-01T08:30:00+01:00", **more: object
) -> Resource:
    """One result of the laboratory."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code(number),
        "subject": {"reference": PERSON},
        "effectiveDateTime": day,
        "valueQuantity": quantity(value, ucum),
        **more,
    }


def blood_pressure(systolic: float, diastolic: float, day: str = "2024-03-01") -> Resource:
    """The panel of vital signs, whose values are components."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code("85354-9", "Blood pressure panel with all children optional"),
        "subject": {"reference": PERSON},
        "effectivePeriod": {"start": day, "end": day},
        "component": [
            {"code": code("8462-4"), "valueQuantity": quantity(diastolic, "mm[Hg]")},
            {"code": code("8480-6"), "valueQuantity": quantity(systolic, "mm[Hg]")},
        ],
    }


def patient(**said: object) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "p-1",
        "gender": "female",
        "birthDate": "1970-03-14",
    } | {**said}


def bundle(*resources: Resource, who: Resource | None = None) -> Resource:
    """A collection with the person first."""
    entries = [{"fullUrl": PERSON, "resource": patient() if who is None else who}]
    entries += [
        {"fullUrl": f"urn:uuid:{place}", "resource": each} for place, each in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def checkup() -> Resource:
    """What PhenoAge reads, in the units of the United States, with things that it does not."""
    return bundle(
        {"resourceType": "Encounter", "id": "e-1", "status": "finished"},
        {"resourceType": "Condition", "id": "c-1"},
        observation("1751-7", 4.4, "g/dL"),
        observation("2160-0", 0.79, "mg/dL"),
        observation("2339-0", 95.5, "mg/dL"),
        observation("30522-7", 1.2, "mg/L"),
        observation("736-9", 32.1, "%"),
        observation("787-2", 90.2, "fL"),
        observation("788-0", 12.9, "%"),
        observation("21000-5", 42.3, "fL"),
        observation("6768-6", 62, "U/L"),
        observation("6690-2", 5.8, "10*3/uL"),
        observation("718-7", 13.9, "g/dL"),
        observation("72514-3", 2, "{score}"),
        blood_pressure(128, 82),
    )
