"""Every text that a person sees in the web app, on a chart or in a notebook goes through the catalogues."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_app import script_texts

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "dash_app").rglob("*.py")),
    *sorted((ROOT / "platform" / "agelens" / "charts").glob("*.py")),
    *sorted((ROOT / "platform" / "agelens" / "notebook").glob("*.py")),
]
SCRIPTS = sorted((ROOT / "dash_app" / "assets").glob("*.js"))
TRANSLATED = {"_", "N_", "ngettext", "pgettext", "filled", "translated_text"}
NOT_SHOWN_CALLS = {"debug", "info", "warning", "error", "exception", "compile", "getattr", "Dash"}
# Arguments that are names, addresses and looks; what a person reads is in none of them
NOT_SHOWN_ARGUMENTS = {
    *("className", "id", "href", "size", "style", "classNames", "gap", "color", "variant", "type"),
    *(
        "config_prefix",
        "mimetype",
        "methods",
        "name",
        "mode",
        "font",
        "hovertemplate",
        "autoComplete",
    ),
    *("accept", "axis", "p", "cols", "mb", "mt", "fill", "symbol", "h", "value", "prefix"),
    *(
        "className_of",
        "gridTemplateColumns",
        "family",
        "template",
        "w",
        "maw",
        "offset",
        "attributes",
        "layout",
    ),
}
SHOWN_ARGUMENTS = {
    *("label", "title", "placeholder", "description", "caption", "tooltip", "titles"),
}
PROPER = {  # names that are the same in every language
    *("AgeLens", "PhenoAge", "NHANES", "CSV", "JSON", "PDF", "Python", "Parquet", "Excel", "xlsx"),
    *("English", "Русский", "Deutsch"),
}
ALLOWED = {  # addresses, rules for browsers, words that programs compare, headings of model cards
    "dash_app/app.py": {"Not found\n", "img-src 'self' data: blob:", "worker-src blob:"},
    "dash_app/pages/admin/activation.py": {"roll back"},
    "dash_app/pages/admin/retrainings.py": {'attachment; filename=".ipynb"'},
    "dash_app/page_head.py": {"noindex, nofollow"},
    "dash_app/pages/cohorts/transfers.py": {"text/csv; charset=utf-8"},
    "dash_app/static_files.py": {"public, max-age=31536000, immutable"},
    "dash_app/model_cards.py": {"What it answers.", "What it is not."},
    "dash_app/pages/landing/clocks.py": {"chronological age"},
    "dash_app/result_view/reference_scale.py": {"in range"},
    "platform/agelens/charts/fan.py": {"middle right"},
    "platform/agelens/charts/number_line.py": {"middle left", "middle right"},
    "platform/agelens/charts/verdicts.py": {"same sex"},
    "platform/agelens/notebook/all_clocks_tab.py": {"agelens-chip agelens-faint"},
    "platform/agelens/notebook/cohort_controls.py": {"row wrap"},
}
# Code that people copy is the same in every language
CODE = re.compile(
    r"^(#|\s*// |from \S+ import|import |except |for [\w, ]+ in |\s{4}|print\(|\w+ = |export [A-Z]|raise )"
)
TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? [A-Za-z]{2,}")
CAPITAL_WORD = re.compile(r"^[A-Z][a-z]{2,}$")
MARKUP = re.compile(r"(?s:<style>.*</style>)|^var\(--.*|<[^>]*>|%\{[^}]*\}|^system-ui, .*")
COMMENT = re.compile(r"(?<![:\"'])//[^\n]*|/\*.*?\*/", re.DOTALL)
IN_SCRIPT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SENTENCE = re.compile(r"^[A-Z{ ]|[.!?:, ]$")  # selectors and classes are neither


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Texts for people that stand outside a translating call, by line."""
    yield from _walk(ast.parse(source), shown=False)


def _walk(node: ast.AST, *, shown: bool) -> Iterator[tuple[int, str]]:
    """`shown` is whether a bare word here is put before people: a child or label of a component."""
    if isinstance(node, ast.Call):
        yield from _of_call(node)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.JoinedStr):
        literal = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
        if _is_text(literal, shown=True):
            yield node.lineno, literal
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _walk(part.value, shown=False)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _is_text(node.value, shown=shown):
            yield node.lineno, node.value
        return
    if isinstance(node, ast.Dict):  # what is known, to what is said
        for value in node.values:
            yield from _walk(value, shown=shown)
        return
    if isinstance(node, ast.Raise | ast.Subscript | ast.Compare | ast.AnnAssign | ast.arguments):
        if isinstance(node, ast.AnnAssign) and node.value:
            yield from _walk(node.value, shown=False)
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, shown=shown)


def _of_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in TRANSLATED or name in NOT_SHOWN_CALLS:
        return
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    component = isinstance(owner, ast.Name) and owner.id in {"dmc", "html", "widgets"}
    yield from _walk(node.func, shown=False)
    for argument in node.args:
        yield from _walk(argument, shown=component)
    for keyword in node.keywords:
        if keyword.arg not in NOT_SHOWN_ARGUMENTS:
            shown = keyword.arg in SHOWN_ARGUMENTS
            yield from _walk(keyword.value, shown=shown)


def _is_text(text: str, *, shown: bool) -> bool:
    if CODE.match(text):
        return False
    bare = MARKUP.sub(" ", text).strip()
    if bare in PROPER or not re.search("[A-Za-z]{2}", bare):
        return False
    if TWO_WORDS.search(bare):
        return not all(word in PROPER for word in bare.split())
    return shown and bool(CAPITAL_WORD.match(bare))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_text_that_is_shown_is_translated(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    found = [
        f"{name}:{line}: {text!r}"
        for line, text in untranslated(path.read_text(encoding="utf-8"))
        if text not in ALLOWED.get(name, ())
    ]
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_text_that_a_script_shows_is_translated(path: Path) -> None:
    source = COMMENT.sub("", path.read_text(encoding="utf-8"))
    messages = script_texts.of_script(source)
    texts = {text for m in messages for text in ((m,) if isinstance(m, str) else m)}
    found = [
        match[1]
        for match in IN_SCRIPT.finditer(source)
        if TWO_WORDS.search(match[1])
        and SENTENCE.search(match[1])
        and json.loads(f'"{match[1]}"') not in texts
    ]
    assert found == []


def test_the_test_sees_what_it_is_for() -> None:
    source = """
def f():
    '''A docstring with words.'''
    log.warning("not for people %s", 1)
    return [dmc.Button("Save"), dmc.Text(f"{n} rows left"), _("Fine here"), dmc.Text(_("Fine"))]
    return html.Div("x", className="two words", title="Two words")
"""
    assert [text for _line, text in untranslated(source)] == ["Save", " rows left", "Two words"]


def test_nothing_is_allowed_that_is_not_there() -> None:
    unused = {
        f"{name}: {text!r}"
        for name, texts in ALLOWED.items()
        for text in texts
        if text not in {t for _line, t in untranslated((ROOT / name).read_text(encoding="utf-8"))}
    }
    assert unused == set()
