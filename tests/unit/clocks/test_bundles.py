import io
import itertools
import json
import random
import zipfile

import pytest
from agelens.clocks.bundles import (
    SHIPPED,
    load_clock,
    pack,
    read_bundle,
    shipped,
    unpack,
    write_bundle,
)
from agelens.clocks.manifests import finish_manifest
from agelens.clocks.scoring import predict
from agelens.domain.errors import InvalidBundle
from agelens.domain.panel import Panel

FILES = read_bundle(shipped("kaggle-age"))
STATED = json.loads(FILES["manifest.json"])
MANIFEST = {key: STATED[key] for key in STATED if key not in ("sha256", "files", "format")}
PARAMETERS = json.loads(FILES["parameters.json"])


def resealed(manifest=None, **changed):
    """The shipped bundle with other contents and hashes that fit them."""
    files = {name: content for name, content in FILES.items() if name != "manifest.json"}
    files |= {name.replace("_", "."): content for name, content in changed.items()}
    return {**files, "manifest.json": finish_manifest({**MANIFEST, **(manifest or {})}, files)}


def zipped(*entries, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_the_tests_forge_is_held_together_by_its_hashes():
    assert load_clock(resealed({"version": "2", "price": 3})).manifest.price == 3
    assert resealed() == FILES


def test_every_shipped_bundle_loads_and_says_what_it_is():
    for directory in SHIPPED:
        manifest = load_clock(read_bundle(directory)).manifest
        assert (manifest.name, manifest.version) == (directory.parent.name, directory.name)
        assert manifest.card.startswith(f"# {manifest.name}")
        assert manifest.price > 0


def test_the_shipped_clock_takes_all_kaggle_features_and_names_the_informative_ones():
    manifest = load_clock(FILES).manifest

    assert len(manifest.features) == 26
    assert len(manifest.informative) == 9
    assert not any(f.required for f in manifest.features)


def test_no_shipped_file_holds_a_path_of_somebodys_machine():
    for content in FILES.values():
        assert b"/home" not in content
        assert b"/work" not in content
        assert b"/tmp" not in content


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_single_changed_byte_is_refused(name):
    content = bytearray(FILES[name])
    place = content.index(b"0") if b"0" in content else 0
    content[place] ^= 1

    with pytest.raises(InvalidBundle):
        load_clock({**FILES, name: bytes(content)})


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_refused(name):
    with pytest.raises(InvalidBundle):
        load_clock({n: content for n, content in FILES.items() if n != name})


def test_a_file_that_the_manifest_does_not_name_is_refused():
    with pytest.raises(InvalidBundle, match="exactly the files"):
        load_clock({**FILES, "extra.pkl": b"x"})


@pytest.mark.parametrize(
    "manifest",
    [
        {"kind": "pickle"},
        {"name": "../../etc"},
        {"name": ""},
        {"features": [{"key": "unheard_of", "required": False, "informative": True}]},
        {"features": []},
        {"features": None},
        {"interval": 3},
        {"metrics": 3},
        {"price": "much"},
        {"needs_age": 0},
        *(
            {"interval": {"level": v, "method": "m"}}
            for v in (0, 1, 0.0, 1.0, -0.5, 90, "0.9", True)
        ),
        {"features": MANIFEST["features"] * 2},
        {"features": [{**f, "required": "no"} for f in MANIFEST["features"]]},
        {"features": [{**f, "informative": int(f["informative"])} for f in MANIFEST["features"]]},
    ],
)
def test_a_manifest_that_is_not_a_clocks_is_refused_even_with_fitting_hashes(manifest):
    with pytest.raises(InvalidBundle):
        load_clock(resealed(manifest))


@pytest.mark.parametrize(
    "change",
    [
        {"ages": [18, 1e12]},
        {"ages": [18]},
        {"interval_mass": float("nan")},
        {"interval_mass": -1},
        {"interval_mass": 1},
        {"interval_mass": [0.9] * 71},
        {"interval_mass": [0.9] * 71 + [1.0]},
        {"linear": []},
        {"linear": [{"feature": "bone_density"}]},
        {"choices": [{"feature": "smoking_status", "probabilities": {"never": [1]}}]},
        {"choices": [{"feature": "nothing", "probabilities": {}}]},
    ],
)
def test_parameters_that_cannot_have_been_learned_are_refused(change):
    parameters = {**json.loads(FILES["parameters.json"]), **change}

    with pytest.raises(InvalidBundle):
        load_clock(resealed(parameters_json=json.dumps(parameters).encode()))


def smoking(**changed):
    """The probabilities of the shipped clock's one choice, some replaced."""
    (choice,) = PARAMETERS["choices"]
    return {"choices": [{**choice, "probabilities": {**choice["probabilities"], **changed}}]}


def first_marker(**changed):
    """The shipped clock's markers, the first changed."""
    first, *others = PARAMETERS["linear"]
    return {"linear": [{**first, **changed}, *others]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"linear": [*PARAMETERS["linear"], PARAMETERS["linear"][0]]}, "listed twice"),
        (smoking(never=[0.9] * 72), "sum to 1"),
        (smoking(never=[float("nan")] * 72), "above 0 and at most 1"),
        (smoking(never=[float("inf")] * 72), "above 0 and at most 1"),
        (smoking(never=[-0.1] * 72), "above 0 and at most 1"),
        (smoking(never=[1.5] * 72), "above 0 and at most 1"),
        (smoking(never=[0.5] * 71, former=[0.2] * 71, current=[0.3] * 71), "per choice and age"),
        (smoking(never=0.5, former=0.2, current=0.3), "per choice and age"),
        (first_marker(sd=1e-3), "too small to score"),
        (first_marker(sd=1e-320), "too small to score"),
        (first_marker(slope=1e300), "too small to score"),
        (first_marker(sd=0), "no spread"),
        (first_marker(low=5, high=4), "empty range"),
        (first_marker(floor=float("inf")), "not finite"),
    ],
)
def test_parameters_that_could_not_score_everyone_are_refused_in_words(change, words):
    content = json.dumps({**PARAMETERS, **change}).encode()

    with pytest.raises(InvalidBundle, match=words):
        load_clock(resealed(parameters_json=content))


def test_the_sharpest_markers_that_are_let_in_score_whatever_is_answered():
    answers = {"smoking_status": "former"}
    for spread in (0.5, 1.0):
        linear = [{**m, "sd": m["sd"] * spread} for m in PARAMETERS["linear"]]
        content = json.dumps({**PARAMETERS, "linear": linear}).encode()
        clock = load_clock(resealed(parameters_json=content))
        for ends in itertools.product(("low", "high"), repeat=len(linear)):
            values = {m["feature"]: m[end] for m, end in zip(linear, ends, strict=True)}
            result = predict(clock, Panel({**answers, **values}))
            assert 18 <= result["interval"]["low"] <= result["interval"]["high"] <= 89


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b"[" * 100_000, b"1" * 5000, b'{"a": NaN}']
)
def test_a_manifest_that_is_no_object_of_json_is_refused(content):
    with pytest.raises(InvalidBundle):
        load_clock({**FILES, "manifest.json": content})


def test_packing_is_undone_by_unpacking_and_gives_the_same_bytes_each_time():
    assert unpack(pack(FILES)) == FILES
    assert pack(FILES) == pack(dict(reversed(FILES.items())))


def test_a_written_bundle_reads_back(tmp_path):
    write_bundle(FILES, tmp_path / "a" / "b")

    assert read_bundle(tmp_path / "a" / "b") == FILES
    with pytest.raises(InvalidBundle):
        read_bundle(tmp_path)


def test_a_written_bundle_takes_the_place_of_one_that_was_there(tmp_path):
    write_bundle(resealed(extra_txt=b"of the first"), tmp_path)
    write_bundle(FILES, tmp_path)

    assert read_bundle(tmp_path) == FILES


@pytest.mark.parametrize("name", ["thesis.txt", "card.md"])
def test_writing_a_bundle_deletes_nothing_that_is_no_intact_bundle(tmp_path, name):
    write_bundle(FILES, tmp_path)
    (tmp_path / name).write_bytes(b"years of work")

    with pytest.raises(InvalidBundle, match="neither empty nor a bundle"):
        write_bundle(resealed({"version": "2"}), tmp_path)
    assert (tmp_path / name).read_bytes() == b"years of work"
    assert (tmp_path / "manifest.json").read_bytes() == FILES["manifest.json"]


def test_folders_and_links_in_a_bundle_directory_are_refused_in_words(tmp_path):
    write_bundle(FILES, tmp_path / "a")
    write_bundle(FILES, tmp_path / "b")
    (tmp_path / "a" / "notes").mkdir()
    (tmp_path / "b" / "more.json").symlink_to(tmp_path / "a" / "card.md")

    with pytest.raises(InvalidBundle, match="notes: is a folder"):
        read_bundle(tmp_path / "a")
    with pytest.raises(InvalidBundle, match=r"more\.json: is a link"):
        read_bundle(tmp_path / "b")


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", "a\\b", "..", ".hidden", "c:x"])
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(InvalidBundle):
        unpack(zipped((name, b"x")))


def test_a_zip_bomb_is_refused_before_it_unfolds():
    with pytest.raises(InvalidBundle, match="more than"):
        unpack(zipped(("a", b"0" * 70_000_000), compression=zipfile.ZIP_DEFLATED))


def test_too_many_files_and_foreign_compression_are_refused():
    with pytest.raises(InvalidBundle):
        unpack(zipped(*((f"f{i}", b"") for i in range(17))))
    with pytest.raises(InvalidBundle):
        unpack(zipped(("a", b"x"), compression=zipfile.ZIP_LZMA))


def test_any_damage_to_a_packed_bundle_is_refused_or_harmless():
    blob = pack(FILES)
    rng = random.Random(0)
    for _ in range(300):
        damaged = bytearray(blob[: rng.randrange(len(blob))] if rng.random() < 0.3 else blob)
        for _ in range(rng.randrange(1, 6)):
            if damaged:
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            load_clock(unpack(bytes(damaged)))
        except InvalidBundle:
            continue
