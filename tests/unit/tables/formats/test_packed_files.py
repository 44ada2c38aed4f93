"""Files in gzip and zip: one file is read whatever it is, and nothing harmful is unpacked."""

import gzip
import io
import json
import zipfile

import pytest
from agelens.domain.errors import InvalidInput
from agelens.services.cohorts import ingestion
from agelens.tables.files import open_people
from agelens.tables.formats import limited_reading
from agelens.tables.formats.json_members import JsonFile
from agelens.tables.formats.opening import format_of
from foreign_files import packed, xlsx

CSV = "id,age,albumin\n-5,52,44.5\n"
ROWS = [{"id": "-5", "age": 52.0, "albumin": 44.5}]


def read(content: bytes, name: str = ""):
    stream = io.BytesIO(content)
    with open_people(stream, format_of(name, stream)) as people:
        return [row for part in people.parts() for row in part.rename_columns([*people.header, "fault"]).to_pylist()]  # fmt: skip


@pytest.mark.parametrize(
    "inner",
    [CSV.encode(), CSV.encode("utf-16"), json.dumps(ROWS).encode(), json.dumps(ROWS[0]).encode()],
    ids=["csv", "utf-16", "json", "ndjson"],
)
@pytest.mark.parametrize("pack", [gzip.compress, lambda content: packed({"a/b": content})])
def test_what_is_packed_is_told_by_its_content(inner, pack):
    (row,) = read(pack(inner))
    assert (row["id"], float(row["age"]), float(row["albumin"])) == ("-5", 52, 44.5)


def test_a_workbook_may_be_packed_beside_what_a_mac_leaves():
    files = {"people.xlsx": xlsx(P=[["id", "age"], ["-5", 52]]), "__MACOSX/._people.xlsx": b"x"}
    assert read(packed(files | {"x/.DS_Store": b""}))[0]["age"] == 52


def test_several_files_are_listed():
    with pytest.raises(InvalidInput, match=r"must hold one file, and holds 2: a.csv, b.csv"):
        read(packed({"a.csv": CSV, "b.csv": CSV}))
    with pytest.raises(InvalidInput, match="must hold one file, and holds none"):
        read(packed({}))


def test_a_packed_file_in_another_is_refused():
    with pytest.raises(InvalidInput, match="holds another packed file; unpack it first"):
        read(gzip.compress(gzip.compress(CSV.encode())))


@pytest.mark.parametrize("name", ["../../../etc/people.csv", "/etc/passwd", "C:\\x.csv", "a\x00b"])
def test_a_name_that_points_elsewhere_is_never_used(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(read(packed({name: CSV}))) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_locked_file_is_said():
    content = bytearray(packed({"a.csv": CSV}))
    for magic in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag of each header
        content[content.index(magic) + (6 if magic[2] == 3 else 8)] |= 1
    with pytest.raises(InvalidInput, match="is locked with a password"):
        read(bytes(content))


@pytest.mark.parametrize(
    "pack", [lambda content: gzip.compress(content, 1), lambda content: packed({"a.csv": content})]
)
def test_what_unfolds_to_far_more_than_its_size_is_refused(pack, monkeypatch):
    monkeypatch.setattr(limited_reading, "UNPACKED_ANYWAY", 1024**2)
    with pytest.raises(
        InvalidInput, match="unfolds to more than 1 MiB, more than a file of its size"
    ):
        read(pack(b"a,b\n" + b"1,2\n" * 2_000_000))


def test_a_zip_file_that_lies_about_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(limited_reading, "UNPACKED_ANYWAY", 1024**2)
    content = bytearray(packed({"a.csv": b"0" * 3_000_000}))
    for magic, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(magic) + place
        content[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(InvalidInput, match=r"^file: "):
        read(bytes(content))


@pytest.mark.parametrize("cut", [5, 12, -1, -9])
def test_a_broken_packed_file_is_an_error_in_words(cut):
    for content in (gzip.compress(CSV.encode() * 50), packed({"a.csv": CSV * 50})):
        with pytest.raises(InvalidInput, match=r"is not a readable (gzip|zip) file"):
            read(content[:cut])


def test_what_a_packed_json_file_says_beside_its_rows_is_kept(files):
    content = gzip.compress(json.dumps({"units": {"glucose": "mg/dL"}, "rows": ROWS}).encode())
    upload = JsonFile(io.BytesIO(content))
    taken = ingestion.store_upload(files, "one", upload, "gzip", most_rows=9)
    assert (taken.format, upload.members) == ("json", {"units": {"glucose": "mg/dL"}})


def test_a_zip_file_that_no_list_ends_is_an_error():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", CSV)
    with pytest.raises(InvalidInput, match="is not a readable zip file"):
        read(stream.getvalue()[:60])
