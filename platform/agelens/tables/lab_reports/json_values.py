"""Members of somebody else's JSON, whatever is in their place."""

from collections.abc import Mapping

from agelens.tables.lab_reports.results import LONGEST_TEXT


def members(value: object) -> Mapping[str, object]:
    """An object; an empty one if it is something else."""
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, object]]:
    """The objects of a list; what else is in it is passed over."""
    return (
        [member for member in value if isinstance(member, Mapping)]
        if isinstance(value, list)
        else []
    )


def text_of(value: object) -> str:
    """A text, cut to what a name may have; empty if it is none."""
    return value[:LONGEST_TEXT].strip() if isinstance(value, str) else ""
