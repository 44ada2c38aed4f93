"""Bundles with pipelines that nobody should load: each is refused before anything of it runs."""

import base64
import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from agelens.clocks.bundles import load_clock
from agelens.clocks.estimators.saved_pipeline import PIPELINE_FILE, load, save
from agelens.clocks.estimators.trusted_types import ALLOWED, nodes, types_of
from agelens.clocks.manifests import MANIFEST
from agelens.clocks.smoke_test import try_out
from agelens.domain.errors import InvalidBundle
from fitted_pipelines import forged, made, resaved
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from skops import io as skops

FORBIDDEN = [
    ("FunctionNode", "os", "system"),
    ("FunctionNode", "builtins", "eval"),
    ("FunctionNode", "numpy", "fromfile"),
    ("TypeNode", "subprocess", "Popen"),
    ("ObjectNode", "sklearn.svm._classes", "SVR"),
    ("ObjectNode", "sklearn.neighbors._regression", "KNeighborsRegressor"),
    ("ObjectNode", "builtins", "dict"),
    ("ListNode", "sklearn.pipeline", "Pipeline"),
    ("DictNode", "collections", "OrderedDict"),
    ("ConstructorFromReduceNode", "sklearn.linear_model._ridge", "Ridge"),
    ("MethodNode", "sklearn.linear_model._ridge", "Ridge"),
    ("OperatorFuncNode", "operator", "methodcaller"),
    ("PartialNode", "functools", "partial"),
    ("BytesNode", "builtins", "bytes"),
    ("NoSuchNode", "builtins", "str"),
]


def types_in(saved):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        schema = json.loads(archive.read("schema.json"))
    return sorted({f"{n['__module__']}.{n['__class__']}" for n in nodes(schema)})


def refused(saved, kind="ridge", trusted=None):
    """The message with which the bundle with this pipeline is refused."""
    types = types_in(saved) if trusted is None else trusted
    files = forged(made(kind).files, {PIPELINE_FILE: saved}, trusted_types=types)
    with pytest.raises(InvalidBundle) as error:
        load_clock(files)
    return str(error.value)


@pytest.mark.parametrize(("loader", "module", "name"), FORBIDDEN)
def test_a_foreign_type_is_refused_although_the_manifest_lists_it(loader, module, name):
    def add(schema):
        schema["content"]["content"]["extra"] = {
            "__class__": name,
            "__module__": module,
            "__loader__": loader,
            "content": {},
        }

    message = refused(resaved(made("ridge").files, add))

    assert f"{module}.{name}" in message
    assert "no bundle may" in message


def test_a_type_that_the_manifest_does_not_list_is_refused():
    stated = json.loads(made("ridge").files[MANIFEST])["trusted_types"]

    message = refused(made("ridge").files[PIPELINE_FILE], trusted=stated[:-1])

    assert "trusted_types" in message


def test_a_type_that_the_manifest_lists_in_vain_is_refused():
    stated = json.loads(made("ridge").files[MANIFEST])["trusted_types"]

    assert "trusted_types" in refused(
        made("ridge").files[PIPELINE_FILE], trusted=[*stated, "os.system"]
    )


def test_an_older_protocol_with_laxer_rules_is_refused():
    def old(schema):
        schema["protocol"] = 0

    assert "protocol" in refused(resaved(made("ridge").files, old))


@pytest.mark.parametrize("protocol", [None, True, "2", 99])
def test_no_protocol_is_made_up(protocol):
    def change(schema):
        schema["protocol"] = protocol

    assert "protocol" in refused(resaved(made("ridge").files, change))


class Marker:
    """Leaves a mark when it is unpickled."""

    ran = False

    def __reduce__(self):
        return (setattr, (Marker, "ran", True))


def test_a_pickle_is_never_run():
    pickled = pickle.dumps(Marker())

    message = refused(pickled, trusted=[])

    assert "not saved with skops" in message
    assert not Marker.ran


def test_an_array_that_is_a_pickle_is_never_run():
    saved = made("ridge").files[PIPELINE_FILE]
    buffer = io.BytesIO()
    np.save(buffer, np.array([Marker()], dtype=object), allow_pickle=True)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, buffer.getvalue() if name == "1.npy" else old.read(name))

    assert "cannot be read" in refused(out.getvalue())
    assert not Marker.ran


def test_a_file_that_unfolds_to_too_much_is_refused_unread():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", "{}")
        with archive.open("1.npy", "w") as stream:
            for _ in range(257):
                stream.write(bytes(1024 * 1024))

    assert "unfolds to more than" in refused(out.getvalue(), trusted=[])


@pytest.mark.parametrize(
    "schema", ['{"protocol": 2, "a": ' + "[" * 500 + "]" * 500 + "}", "[" * 99999]
)
def test_a_nesting_that_would_exhaust_the_stack_is_refused(schema):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", schema)

    message = refused(out.getvalue(), trusted=[])

    assert "nested too deeply" in message or "JSON" in message


def test_another_model_of_the_same_types_is_refused_for_its_numbers():
    assert "numbers differ" in refused(other_intercept())


def other_intercept():
    def other(schema):
        (ridge,) = (n for n in nodes(schema) if n["__class__"] == "Ridge")
        ridge["content"]["content"]["intercept_"] = {
            "__class__": "str", "__module__": "builtins", "__loader__": "JsonNode",
            "content": "0.5", "is_json": True,
        }  # fmt: skip

    return resaved(made("ridge").files, other)


def of_another_version(saved):
    """A bundle that was made, it says, with another scikit-learn."""
    libraries = json.loads(made("ridge").files[MANIFEST])["libraries"] | {"scikit-learn": "1.0"}
    files = {PIPELINE_FILE: saved}
    types = types_in(saved)
    return forged(made("ridge").files, files, libraries=libraries, trusted_types=types)


def test_after_an_upgrade_that_changes_numbers_the_clock_loads_and_refuses_to_score():
    """A service with one such clock must still start, and serve its others."""
    clock = load_clock(of_another_version(other_intercept()))

    assert clock.lacks({"sex"}) is not None
    with pytest.raises(InvalidBundle, match=r"made, with scikit-learn 1\.0"):
        try_out(clock)


def test_a_hostile_bundle_that_claims_another_version_is_never_built_and_cannot_be_published():
    def add(schema):
        schema["content"]["content"]["extra"] = {
            "__class__": "system", "__module__": "os", "__loader__": "FunctionNode",
        }  # fmt: skip

    clock = load_clock(of_another_version(resaved(made("ridge").files, add)))

    with pytest.raises(InvalidBundle, match=r"no bundle may: os\.system"):
        try_out(clock)


@pytest.mark.parametrize("content", ['"text"', "null", "{}", "[1, 2]", "NaN", "1e400"])
@pytest.mark.parametrize("attribute", ["n_features_in_", "steps", "intercept_", "transformers_"])
def test_attributes_of_another_kind_are_a_refusal_not_a_crash(attribute, content):
    def change(schema):
        for node in nodes(schema):
            inside = node.get("content")
            if isinstance(inside, dict) and attribute in inside:
                inside[attribute] = {
                    "__class__": "str", "__module__": "builtins", "__loader__": "JsonNode",
                    "content": content, "is_json": True,
                }  # fmt: skip

    saved = resaved(made("ridge").files, change)

    assert refused(saved, trusted=types_in(saved))


def tree_with(kind, change):
    """The bundle's pipeline with changed nodes in its first tree."""
    saved = made(kind).files[PIPELINE_FILE]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(out, "w") as new:
        changed = False
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".npy") and not changed:
                array = np.load(io.BytesIO(content))
                if array.dtype.names:
                    change(array)
                    buffer = io.BytesIO()
                    np.save(buffer, array)
                    content, changed = buffer.getvalue(), True
            new.writestr(name, content)
    assert changed
    return out.getvalue()


SIDES = {"forest": "left_child", "boosting": "left_child", "histogram": "left"}
SPLITS = {"forest": "feature", "boosting": "feature", "histogram": "feature_idx"}


@pytest.mark.parametrize("kind", SIDES)
@pytest.mark.parametrize("child", [0, 10**6])
def test_a_tree_that_leads_outside_itself_or_around_in_circles_is_refused(kind, child):
    def change(array):
        array[SIDES[kind]][0] = child

    assert "leads outside itself, or back" in refused(tree_with(kind, change), kind)


@pytest.mark.parametrize("kind", SPLITS)
def test_a_tree_that_reads_a_column_that_is_not_there_is_refused(kind):
    def change(array):
        array[SPLITS[kind]][0] = 5000

    assert "a column that its model does not have" in refused(tree_with(kind, change), kind)


def test_a_tree_cannot_claim_more_columns_than_its_forest_reads():
    saved = tree_with("forest", lambda array: array["feature"].__setitem__(0, 50))

    def claim(schema):
        for node in nodes(schema):
            if node["__class__"] == "DecisionTreeRegressor" and "n_features_in_" in json.dumps(
                node
            ):
                node["content"]["content"]["n_features_in_"]["content"] = "100"

    files = {**made("forest").files, PIPELINE_FILE: saved}

    assert "a column that its model does not have" in refused(resaved(files, claim), "forest")


def test_a_spline_whose_knots_were_cut_off_is_refused():
    saved = made("spline").files[PIPELINE_FILE]
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        schema = json.loads(archive.read("schema.json"))
    (spline, *_) = (n for n in nodes(schema) if n["__class__"] == "BSpline")
    knots = spline["content"]["content"]["_t"]["file"]
    buffer, out = io.BytesIO(), io.BytesIO()
    np.save(buffer, np.zeros(3))
    with zipfile.ZipFile(io.BytesIO(saved)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, buffer.getvalue() if name == knots else old.read(name))

    assert "too few knots" in refused(out.getvalue(), "spline")


def test_random_generators_are_not_saved_and_a_file_with_one_is_refused():
    """numpy builds a forged one unchecked, and hangs or reads beyond its numbers."""
    people = np.random.default_rng(0).normal(size=(200, 2))
    model = HistGradientBoostingRegressor(random_state=np.random.RandomState(0), max_iter=5)
    model.fit(people, people[:, 0])
    saved, types = save(model)
    assert not [name for name in types if "random" in name.lower()]
    assert (load(saved, types).predict(people) == model.predict(people)).all()
    assert isinstance(model.random_state, np.random.RandomState)  # the caller's stays as it was
    for random in (np.random.RandomState(0), np.random.default_rng(0)):
        with pytest.raises(ValueError, match=r"holds what no bundle may: numpy\.random"):
            load(skops.dumps(Ridge(random_state=random)), [])


def test_our_list_holds_no_type_of_support_vectors_neighbours_or_the_interpreter():
    listed = set().union(*ALLOWED.values())

    assert not [name for name in listed if name.startswith(("sklearn.svm", "sklearn.neighbors"))]
    interpreter = {name for name in listed if name.startswith(("builtins.", "os.", "sys."))}
    assert interpreter <= {
        f"builtins.{name}"
        for name in ("bool", "dict", "float", "int", "list", "set", "slice", "str", "tuple")
    }


def test_everything_on_our_list_is_what_skops_would_import():
    """A name that does not exist would be found only when somebody's bundle needs it."""
    import importlib

    missing = []
    for name in set().union(*ALLOWED.values()):
        module, _, attribute = name.rpartition(".")
        if not hasattr(importlib.import_module(module), attribute):
            missing.append(name)
    assert missing == []


def test_types_are_read_without_building_anything():
    schema = {"__class__": "x", "__module__": "no.such.module", "__loader__": "ObjectNode"}

    with pytest.raises(ValueError, match=r"no\.such\.module\.x"):
        types_of(schema)


def test_a_text_is_no_pipeline():
    with pytest.raises(ValueError, match="not saved with skops"):
        load(base64.b64encode(made("ridge").files[PIPELINE_FILE]), [])
