"""`agelens score`."""

import json
import sys
from pathlib import Path

import click

DataPath = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


def _texts(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, str]:
    """An object of texts; an error that names the option when it is none."""
    if value is None:
        return {}
    try:
        texts = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"is not JSON: {error}") from error
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise click.BadParameter('must be an object of texts, such as \'{"a": "b"}\'')
    return texts


def _values(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> dict[str, dict[str, str]]:
    """An object of objects of texts; numbers are texts, too."""
    try:
        values = {} if value is None else json.loads(value)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"is not JSON: {error}") from error
    if not isinstance(values, dict) or not all(
        isinstance(codes, dict) and all(isinstance(text, str) for text in codes.values())
        for codes in values.values()
    ):
        words = 'must be like \'{"sex": {"1": "male", "2": "female"}}\''
        raise click.BadParameter(words)
    return values


@click.command()
@click.argument("data", nargs=-1, required=True, type=DataPath)
@click.option(
    "--clock",
    "clocks",
    multiple=True,
    default=["kaggle-age"],
    show_default=True,
    help="A shipped clock, NAME or NAME@VERSION, or a bundle directory; several if said again.",
)
@click.option(
    "--columns",
    type=click.Choice(["agelens", "kaggle", "bioage-r"]),
    default="agelens",
    show_default=True,
    help="Whose column names and units: ours, the Kaggle file's, the R package BioAge's.",
)
@click.option(
    "--mapping",
    metavar="JSON",
    callback=_texts,
    help='Which biomarker a column answers: \'{"Alb": "albumin", "Note": "ignored"}\'.',
)
@click.option(
    "--units",
    metavar="JSON",
    callback=_texts,
    help='The unit of a biomarker: \'{"glucose": "mg/dL"}\'.',
)
@click.option(
    "--values",
    metavar="JSON",
    callback=_values,
    help='What the codes of a column stand for: \'{"sex": {"1": "male", "2": "female"}}\'.',
)
@click.option(
    "--censored",
    type=click.Choice(["limit"]),
    help="Read cells such as <0.3 and >90 as that limit, with a warning.",
)
@click.option(
    "--accept-suggestions",
    is_flag=True,
    help="Read a column in another unit where its median is usual in that one.",
)
@click.option(
    "--sheet",
    help="The sheet of a workbook, by name or number; of several, the one with names that are known.",
)
@click.option(
    "--header-row",
    type=click.IntRange(1, 1_000),
    help="The row that names the columns, from 1, where it is not found below titles and comments.",
)
@click.option("--id", "id_column", help="The column that says who a row is; it is handed on.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="A .csv, .xlsx, .parquet, .json or .ndjson file, or a folder; standard output when not "
    "given. A workbook has the columns of DATA, too.",
)
@click.option(
    "--format",
    type=click.Choice(["csv", "xlsx", "parquet", "json", "ndjson"]),
    help="Of the answers, where the name of OUT does not say it.",
)
def score(
    data: tuple[Path, ...],
    clocks: tuple[str, ...],
    columns: str,
    mapping: dict[str, str],
    units: dict[str, str],
    values: dict[str, dict[str, str]],
    censored: str | None,
    accept_suggestions: bool,
    sheet: str | None,
    header_row: int | None,
    id_column: str | None,
    out: Path | None,
    format: str | None,
) -> None:
    """Score files of people offline; no server is needed.

    DATA are CSV files (also with semicolons, tabs or pipes), workbooks (.xlsx, .xls, .ods), Parquet,
    Feather, JSON, NDJSON, Stata, SPSS or SAS files, also as .gz or .zip; - is standard input. Rows
    keep their order; one that cannot be scored says why in the column error.
    How columns are read goes to standard error, and so does how many rows have an error, and why.

    Columns are known by key, by a spelling such as hs-CRP or LBXSAL, and with a unit as in
    "Albumin (g/dL)"; what is ambiguous is asked about on standard error, and not read.

    Exits 0 when the answers were written, even if no row could be scored, 1 when a file cannot be
    read or written, 2 when the call is wrong: no such file or clock, columns that do not fit.

    \b
    Example:
      agelens score people.csv --clock phenoage --units '{"glucose": "mg/dL"}' -o ages.csv
    """
    from agelens.commands import lean_imports
    from agelens.native_threads import loading_on_one_thread

    with loading_on_one_thread(), lean_imports.without_collections():
        lean_imports.without_terminal_packages()
        lean_imports.without_pandas()
        from agelens.commands.score import run
        from agelens.tables.batch_reader import ColumnOptions
        from agelens.tables.formats.file_header import Layout

    options = ColumnOptions(columns, mapping, units, id_column, values, censored)
    layout = Layout(sheet, header_row)
    accept = accept_suggestions
    sys.exit(run(data, clocks, out, options, format, accept_suggestions=accept, layout=layout))
