"""Find the texts that Python code marks: `_("…")`, `N_("…")`, `ngettext` and `pgettext`.

Babel's own extractor reads tokens, so that it misses a mark inside another call or an f-string.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

Message = str | tuple[str, str]  # a text, or one and many of it


def of_file(path: Path) -> Iterator[tuple[Message, str | None]]:
    """Each marked text and its context, in order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
        match getattr(call.func, "id", None):
            case "_" | "N_" if texts:
                yield texts[0], None
            case "pgettext" if len(texts) > 1:
                yield texts[1], texts[0]
            case "ngettext" if len(texts) > 1:
                yield (texts[0], texts[1]), None
