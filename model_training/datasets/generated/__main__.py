"""`python -m model_training.datasets.generated`: write a demo cohort."""

from pathlib import Path

import click

from model_training.datasets.generated import generate_kaggle, generate_nhanes

NHANES_IV = range(1, 7)


@click.command()
@click.option("--kind", required=True, type=click.Choice(["kaggle", "nhanes3", "nhanes4"]))
@click.option("--people", default=2000, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False))
def main(kind: str, people: int, seed: int, out: Path) -> None:
    """Write made-up people in the shape of a data set."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if kind == "kaggle":
        generate_kaggle(out, people, seed)
    else:
        generate_nhanes(out, people, seed, waves=(0,) if kind == "nhanes3" else NHANES_IV)
    click.echo(f"Wrote {people:,} made-up people to {out}")


if __name__ == "__main__":
    main()
