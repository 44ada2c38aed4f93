"""The tables of the card of `mortality-age`, Markdown."""

from collections.abc import Iterable, Sequence

from model_training.mortality.missingness import Missingness
from model_training.mortality.notebook_tables import markers_table
from model_training.mortality.subgroups import Subgroup
from model_training.mortality.training import Training
from model_training.survival.calibration import RiskGroup


def calibration_table(groups: Iterable[RiskGroup]) -> str:
    """Predicted and observed risk by tenth of the predicted."""
    rows = ([f"{g.n_people:,}", f"{g.predicted:.1%}", f"{g.observed:.1%}"] for g in groups)
    return _table(["people", "predicted", "observed"], rows)


def subgroup_rows(groups: Iterable[Subgroup]) -> str:
    """C and calibration in groups of people."""
    heads = ["", "people", "deaths", "C", "C of PhenoAge", "predicted", "observed", "ratio"]
    rows = (
        [
            each.name,
            f"{each.n_people:,}",
            f"{each.n_deaths:,}",
            f"{each.c:.3f}",
            "-" if each.c_phenoage is None else f"{each.c_phenoage:.3f}",
            f"{each.predicted:.1%}",
            f"{each.observed:.1%}",
            f"{each.ratio:.2f}",
        ]
        for each in groups
    )
    return _table(heads, rows)


def candidates_rows(training: Training) -> str:
    """The candidates and their likelihoods."""
    likelihoods = training.selection.likelihoods.items()
    return _table(["candidate", "nats"], ([name, f"{value:,.1f}"] for name, value in likelihoods))


def missing_rows(missing: Missingness) -> str:
    """What is left with so many markers missing."""
    heads = ["missing", "C in strata", "left", "error, years", "inside", "missing part alone"]
    rows = (
        [
            str(each.n_missing),
            f"{each.stratified_c:.3f}",
            f"{each.left:.0%}",
            f"{each.error_years:.1f}",
            f"{each.inside:.1%}",
            f"{each.inside_part:.1%}",
        ]
        for each in missing.by_count
    )
    return _table(heads, rows)


def bands_table(missing: Missingness) -> str:
    """How often the complete number lies inside, by body mass index and by age."""
    everybody = [["everybody", "", f"{missing.inside:.1%}"]]
    bands = [
        [f"{quantity} {band}", f"{n_people:,}", f"{inside:.1%}"]
        for quantity, bands in (("body mass index", missing.by_bmi), ("aged", missing.by_age))
        for band, (n_people, inside) in bands.items()
    ]
    return _table(["", "people", "inside"], [*everybody, *bands])


def markers_rows(training: Training) -> str:
    """Every marker, heaviest first."""
    heads = ["marker", "unit", "counts from", "to", "read as", "weight, years"]
    rows = []
    for row in markers_table(training).to_dict("records"):
        cells = [f"{row[head]:.4g}" if head in heads[2:4] else str(row[head]) for head in heads]
        cells[-1] = f"{row[heads[-1]]:.2f}"
        rows.append(cells)
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
