"""The formats of people's files are listed once; the client, which may not import that list, agrees."""

from agelens.client import uploads
from agelens.tables.formats.encoding import ENCODED
from agelens.tables.formats.supported import BY_ENDING, BY_MEDIA_TYPE, FORMATS, PACKED


def test_the_client_sends_every_file_that_is_read_and_no_other() -> None:
    assert uploads.FORMAT_BY_EXTENSION == BY_ENDING
    assert {format: BY_MEDIA_TYPE[kind] for format, kind in uploads.MEDIA_TYPES.items()} == {
        each.name: each.name for each in (*FORMATS, *PACKED)
    }


def test_what_is_written_is_read_again() -> None:
    assert {BY_ENDING[f".{name}"] for name in ENCODED} <= {each.name for each in FORMATS}
