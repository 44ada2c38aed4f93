"""Find the English that the API says and the web app shows: for `make translations`.

Three sources: sentences in the modules listed here, f-strings as messages with `{names}`; the registry
of biomarkers; and the manifests and cards of the shipped bundles. See docs/decisions/languages.md.
"""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agelens.clocks.age_gap import dated

from dash_app import model_cards

PACKAGE = Path(__file__).parents[2] / "platform" / "agelens"
# What of each package reaches a page; the rest is for who runs or trains AgeLens.
MODULES = (
    *(
        "domain/answer_parsing.py",
        "domain/single_answer.py",
        "domain/context.py",
        "domain/dates.py",
    ),
    *("domain/errors.py", "domain/panel.py", "domain/duplicate_json_keys.py"),
    *(
        "clocks/age_gap.py",
        "clocks/applicability.py",
        "clocks/batches/*.py",
        "clocks/marker_clock.py",
    ),
    *("clocks/marker_transforms.py", "clocks/measurement.py", "clocks/mortality_requirements.py"),
    *("clocks/notes.py", "clocks/own_age_baseline.py", "clocks/readiness.py", "clocks/scoring.py"),
    *("clocks/estimators/clock.py", "clocks/kinds/bayes.py", "clocks/references.py"),
    "tables/**/*.py",
    "services/**/*.py",
    *("web/arguments.py", "web/auth.py", "web/problems.py", "web/request_bodies.py"),
    *("web/uploads.py", "web/routes/*.py", "web/schemas/*.py", "web/idempotency.py"),
    *("jobs/predict.py", "jobs/cohorts.py", "jobs/retrain.py"),
)
NOT_SHOWN = (  # for operators, and files written for programs
    *("services/audit.py", "services/storage_binding.py", "services/storage_probe.py"),
    *("services/health.py", "services/shipped_updates.py"),
    *("tables/formats/workbook_writing.py", "tables/frames.py", "tables/frame_scorer.py"),
    *("web/routes/docs.py", "services/devices.py"),
)
ONLY_ERRORS = ("web/", "jobs/")  # the rest of their texts documents the API, or goes to logs
LOGGING = {"log", "logger", "logging"}
LEAST_LETTERS = 5
LIST_WORDS = (" and ", " or ")
# Parts of sentences that no one line of code has
VARIATION = "of the {all} markers of this panel have a published within-person variation"
PUT_TOGETHER = (
    *("all its {n} markers", "at least {n} of its {all} markers", "must be a number, not text"),
    *("is it {other}?", "{n} of sheet {name}"),
    *(f"only {{known}} {VARIATION}", f"none {VARIATION}"),
    *("{counted_rows}: {reason}", "{counted_rows} lacks {names}", "{counted_rows} lack {names}"),
    "chronological age is beyond {low} to {high}, where this clock was validated",
)
SAME_SEX, BOTH_SEXES = ", same sex, within 5 years", ", both sexes, within 5 years"
NOT_PROSE = re.compile(
    r"\(\?|\\[bdswS]|\^|\||\.\*|\[A-Z]|^set (local|transaction)|^\s*select |\bas \(|REPEATABLE READ|^<|="
)
TEMPLATE = re.compile(r"\{([a-z_][a-z0-9_]*)?(:[^{}\"]*)?\}")
LETTERS = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Found:
    """A text, the file and line that it is in, and its gettext context."""

    text: str
    file: str
    line: int
    context: str | None = None


def everything() -> Iterator[Found]:
    """All texts, those of one file after another."""
    for path in _modules():
        yield from of_module(path)
    yield from _of_registry()
    yield from _of_bundles()
    yield from _of_references()
    yield from (Found(text, "agelens/services/model_registry.py", 1) for text in PUT_TOGETHER)
    yield from (Found(word, "agelens/languages/api_messages.py", 1, "list") for word in LIST_WORDS)


def of_module(path: Path) -> Iterator[Found]:
    """The texts of one Python file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(PACKAGE.parent).as_posix()
    only_errors = name.removeprefix("agelens/").startswith(ONLY_ERRORS)
    for node in _texts(tree, only_errors=only_errors):
        text = node.value if isinstance(node, ast.Constant) else _template(node)
        if _is_prose(text):
            yield Found(text, name, node.lineno)


def _modules() -> list[Path]:
    left_out = {PACKAGE / name for name in NOT_SHOWN}
    found = {path for pattern in MODULES for path in PACKAGE.glob(pattern)}
    return sorted(found - left_out)


def _texts(tree: ast.AST, *, only_errors: bool) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Texts outside docstrings, logs and annotations, an f-string as one; in order."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, not only_errors)]
    while waiting:
        node, wanted = waiting.pop(0)
        if isinstance(node, ast.JoinedStr):
            if wanted:
                yield node
            parts = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            waiting[:0] = [(part.value, wanted) for part in parts]
            continue
        if isinstance(node, ast.Constant):
            if wanted and isinstance(node.value, str):
                yield node
            continue
        if _is_log(node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        wanted = wanted or isinstance(node, ast.Raise) or _makes_problem(node)
        waiting[:0] = [(child, wanted) for child in _children(node)]


def _children(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.AnnAssign):
        return [node.value] if node.value else []
    if isinstance(node, ast.arg):
        return []
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef):
        children = [child for child in children if child is not node.returns]
    return children


def _is_log(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in LOGGING
    )


def _makes_problem(node: ast.AST) -> bool:
    """A call that builds an error: `ValidationError(...)`, `problem(...)`, `FieldError(...)`."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return bool(re.search("problem|error|invalid|conflict", name, re.IGNORECASE))


def _is_prose(text: str) -> bool:
    bare = TEMPLATE.sub("", text)
    if len(LETTERS.findall(bare)) < LEAST_LETTERS or NOT_PROSE.search(bare):
        return False
    return " " in text.strip()


def _template(node: ast.JoinedStr) -> str:
    """An f-string as a message: its values become `{names}` that say what they are."""
    parts: list[str] = []
    names: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            parts.append("{" + _unique(_name(part.value), names) + "}")
    return "".join(parts)


def _name(value: ast.expr) -> str:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower() or "value"
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=called):
            return _name(called)
        case ast.Subscript(slice=ast.Constant(value=str(name))) if name.isidentifier():
            return name
        case ast.Subscript(value=inner):
            return _name(inner)
    return "value"


def _unique(name: str, taken: list[str]) -> str:
    """A second value of the same name gets a number."""
    taken.append(name)
    same = taken.count(name)
    return name if same == 1 else f"{name}_{same}"


def _of_registry() -> Iterator[Found]:
    path = PACKAGE / "domain" / "biomarkers.toml"
    name = path.relative_to(PACKAGE.parent).as_posix()
    written = path.read_text(encoding="utf-8")
    registry = tomllib.loads(written)
    for entry in registry["biomarker"]:
        line = written[: written.index(f'key = "{entry["key"]}"')].count("\n") + 1
        yield Found(entry["label"], name, line)
        yield Found(entry["group"], name, line, "group")
        for each in entry.get("choices", ()):
            yield Found(each, name, line, "choice")
        yield from (Found(unit, name, line, "unit") for unit in _units(entry))
        yield from (Found(text, name, line) for text in _prose_of(entry))


def _units(entry: dict[str, object]) -> list[str]:
    units = [entry.get("unit", ""), *(each["unit"] for each in entry.get("units", ()))]  # type: ignore[attr-defined,index]  # as the registry's reader checks
    return [str(unit) for unit in units if unit]


def _prose_of(entry: dict[str, object]) -> Iterator[str]:
    """What quantities it is mistaken for, and whose the reference range is."""
    for other in entry.get("mistaken_for", ()):  # type: ignore[attr-defined]  # as the registry's reader checks
        yield from (other[name] for name in ("quantity", "advice") if other.get(name))
    reference = entry.get("reference")
    if isinstance(reference, dict):
        yield str(reference["source"])


def _of_references() -> Iterator[Found]:
    """Whom clocks rank with: the people, and how they are chosen."""
    files = sorted(PACKAGE.glob("clocks/**/*.json"))
    for path in (each for each in files if each.stem == "reference" or "references" in each.parts):
        people = dated(json.loads(path.read_text(encoding="utf-8"))["name"])
        name = path.relative_to(PACKAGE.parent).as_posix()
        yield Found(people.removesuffix(SAME_SEX), name, 1)
    for chosen in (SAME_SEX, BOTH_SEXES):
        yield Found(f"{{people}}{chosen}", "agelens/clocks/age_gap.py", 1)


def _of_bundles() -> Iterator[Found]:
    for path in sorted(PACKAGE.glob("clocks/shipped/*/*/manifest.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        name = path.relative_to(PACKAGE.parent).as_posix()
        explanation, interval = manifest["explanation"], manifest["interval"]
        texts = [manifest["title"], explanation["base_meaning"], explanation["game"]]
        texts.append(interval["method"].removeprefix("none: "))
        texts.append(manifest["training_data"]["title"])
        yield from (Found(text, name, 1) for text in texts)
        yield Found(manifest["unit"], name, 1, "unit")
        card = path.with_name("card.md")
        said = [
            model_cards.paragraph(card.read_text(encoding="utf-8"), h) for h in model_cards.HEADINGS
        ]
        place = card.relative_to(PACKAGE.parent).as_posix()
        yield from (Found(text, place, 1) for text in said if text)
