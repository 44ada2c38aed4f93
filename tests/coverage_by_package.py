"""A short table of a coverage.xml: lines and branches that the tests ran, by package.

python tests/coverage_by_package.py build/test-reports/coverage.xml
"""

import sys
from collections import Counter
from xml.etree import ElementTree

ROW = "{:28} {:>7} {:>6} {:>9} {:>6}"


def main(report: str) -> None:
    """Print the table, the least covered package first."""
    packages: dict[str, Counter[str]] = {}
    for file in ElementTree.parse(report).iter("class"):  # noqa: S314  # our own file
        counts = packages.setdefault(package_of(file.attrib["filename"]), Counter())
        for line in file.iter("line"):
            counts.update(lines=1, ran=line.attrib["hits"] != "0")
            if branches := line.attrib.get("condition-coverage"):  # "50% (1/2)"
                taken, all_of_them = branches.split("(")[1].rstrip(")").split("/")
                counts.update(branches=int(all_of_them), taken=int(taken))
    print(ROW.format("package", "lines", "run", "branches", "taken"))
    for name, counts in sorted(packages.items(), key=lambda item: share(item[1], "ran", "lines")):
        print(row(name, counts))
    print(row("all", sum(packages.values(), Counter())))


def package_of(path: str) -> str:
    """The layer of agelens, or the package, that a file belongs to."""
    parts = path.removeprefix("platform/").split("/")
    return "/".join(parts[:2]) if parts[0] == "agelens" and len(parts) > 2 else parts[0]


def row(name: str, counts: Counter[str]) -> str:
    """One line of the table."""
    run = f"{share(counts, 'ran', 'lines'):.1%}"
    taken = f"{share(counts, 'taken', 'branches'):.1%}"
    return ROW.format(name, counts["lines"], run, counts["branches"], taken)


def share(counts: Counter[str], part: str, whole: str) -> float:
    """The part of the whole; all of it where there is nothing."""
    return counts[part] / counts[whole] if counts[whole] else 1.0


if __name__ == "__main__":
    main(sys.argv[1])
