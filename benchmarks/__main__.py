"""`python -m benchmarks`, which is `make bench`."""

import sys

import click
from agelens.cli.process_settings import process_settings

from benchmarks.command import PARTS, run


@click.command("benchmarks")
@click.option("--only", type=click.Choice(list(PARTS)), help="One part; all when not given.")
@click.option("--record", is_flag=True, help="Append the figures to benchmarks/history.jsonl.")
def main(only: str | None, record: bool) -> None:
    """Measure the clocks against trees explained by shap, on one core; the service against RQ doing
    nothing; cohorts against the clock alone; a million tasks against 1 % of them; how long a start takes,
    and how much memory. All but the first run on throw-away servers.
    """
    sys.exit(run(process_settings(), only, record=record))


if __name__ == "__main__":
    main()
