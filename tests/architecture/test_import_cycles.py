"""No module imports itself, however far round, not even for its types.

A module of a cycle can be neither read nor moved alone. Imports under TYPE_CHECKING count: they are
what a reader follows. An import within a function counts as well.
"""

import grimp

OURS = ("agelens", "dash_app", "model_training")


def arrows() -> dict[str, set[str]]:
    """Each of our modules to those that it imports."""
    graph = grimp.build_graph(*OURS, exclude_type_checking_imports=False, cache_dir=None)
    return {name: set(graph.find_modules_directly_imported_by(name)) for name in graph.modules}


def cycles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Strongly connected components of more than one module: the sets that reach each other (Kosaraju)."""
    order: list[str] = []
    seen: set[str] = set()
    for module in sorted(imports):
        order += _finished(module, imports, seen)
    back: dict[str, set[str]] = {module: set() for module in imports}
    for module, imported in imports.items():
        for name in imported:
            back[name].add(module)
    seen = set()
    components = [set(_finished(module, back, seen)) for module in reversed(order)]
    return [each for each in components if len(each) > 1]


def _finished(start: str, arrows: dict[str, set[str]], seen: set[str]) -> list[str]:
    """What is reached from `start` and was not seen before, each after all that it leads to."""
    if start in seen:
        return []
    seen.add(start)
    finished: list[str] = []
    path = [(start, iter(sorted(arrows[start])))]
    while path:
        module, further = path[-1]
        for name in further:
            if name not in seen:
                seen.add(name)
                path.append((name, iter(sorted(arrows[name]))))
                break
        else:
            finished.append(module)
            path.pop()
    return finished


def test_there_is_no_import_cycle() -> None:
    assert cycles(arrows()) == []


def test_a_cycle_is_found() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set(), "f": {"a"}}
    assert cycles(imports) == [{"a", "b", "c"}]
    assert cycles(imports | {"c": {"d"}}) == []
    assert sorted(map(sorted, cycles(imports | {"e": {"d"}}))) == [["a", "b", "c"], ["d", "e"]]


def test_imports_for_types_only_are_counted() -> None:
    counted = arrows()
    assert "agelens.client.frames" in counted["agelens.client.conversions"]
    assert {module.partition(".")[0] for module in counted} == set(OURS)
