"""The comparison of clocks as text and as plain JSON types."""

from collections.abc import Mapping

from model_training.survival.comparison import ClockFigures, Figure

COLUMNS = {
    "c": "C",
    "stratified_c": "C in strata",
    "auc_10_years": "AUC 10 y",
    "auc_10_years_weighted": "AUC 10 y, IPCW",
    "hazard_ratio": "HR per SD",
}
NOTES = """C: Harrell's. C in strata: within 5 years of age and sex. AUC 10 y: people censored before are left
out; IPCW: they are made up for by weights. HR: Cox, per SD of advance, adjusted for age and sex.
Ahead: how much higher the first clock's C is on the same people. 95 % bootstrap intervals by person."""


def comparison_table(compared: Mapping[str, ClockFigures]) -> str:
    """One line per clock, Markdown."""
    heads = ["clock", "people", "deaths", *COLUMNS.values(), "ahead"]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for name, clock in compared.items():
        cells = [
            _cell(clock.figures.get(key), 2 if key == "hazard_ratio" else 3) for key in COLUMNS
        ]
        numbers = [f"{clock.n_people:,}", f"{clock.n_deaths:,}"]
        lines.append(_line([name, *numbers, *cells, _cell(clock.ahead, 4)]))
    return "\n".join([*lines, "", NOTES])


def comparison_json(compared: Mapping[str, ClockFigures]) -> dict[str, object]:
    """Every figure with its interval, rounded as people would quote them."""
    return {
        name: {
            "n_people": clock.n_people,
            "n_deaths": clock.n_deaths,
            **{key: _numbers(figure) for key, figure in clock.figures.items()},
            "reference_ahead_c": _numbers(clock.ahead),
        }
        for name, clock in compared.items()
    }


def _numbers(figure: Figure | None) -> dict[str, float] | None:
    if figure is None:
        return None
    return {name: round(number, 4) for name, number in vars(figure).items()}


def _cell(figure: Figure | None, digits: int) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:.{digits}f} ({figure.low:.{digits}f}, {figure.high:.{digits}f})"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
