"""Cards of the linear published clocks, filled in from their recipes."""

from collections.abc import Mapping

import numpy as np
from agelens.clocks.marker_transforms import MarkerTransform
from agelens.clocks.peers_by_age import PeersByAge
from agelens.domain.registry import biomarker

from model_training.cards.measured_figures import marker_name, marker_unit, number, report
from model_training.recipe import ClockRecipe

AGES = (30.0, 50.0, 70.0)
STANDARD = """# {recipe.name}: {recipe.title}

**What it answers.** {recipe.answers}

**What it is not.** {recipe.is_not}

**Source.** {recipe.source}

**Constants.**

    {recipe.quantity} = {constants[intercept]} + {constants[age]} * age + the sum of coefficient * marker

| marker | unit | coefficient | average at 30 | at 50 | at 70 |
|---|---|---|---|---|---|
{rows}

**Missing markers.** {missing} {sex}{floors}

**Explanation.** The base value is the {recipe.quantity} of somebody of this age whose markers are
{recipe.averages.of_all}, from {n_people:,} people. Each marker's years are its coefficient times its
difference from that, which is its exact Shapley value.

**Interval.** None: the constants were published without their uncertainty.

**Age gap.** {gap}

## Measured

By docs/protocols/{recipe.protocol}.md.

```
{measured}
```
"""


def fill(
    recipe: ClockRecipe, n_people: int, peers: PeersByAge, metrics: Mapping[str, object]
) -> str:
    """The model card, Markdown, from the template of the recipe.

    A template may name `recipe`, `constants`, `rows` (of the table of markers), `n_people`, `first`
    and `last` (ages of the peers), `missing`, `sex`, `floors`, `gap`, `measured`, and the recipe's
    `card_figures`.
    """
    first, last = peers.ages
    return (recipe.card or STANDARD).format(
        recipe=recipe,
        constants=recipe.constants,
        rows=_rows(peers, recipe.coefficients),
        n_people=n_people,
        first=first,
        last=last,
        missing=_missing(recipe),
        floors=_floors(recipe),
        sex=_sex(recipe),
        gap=_gap(recipe, n_people),
        measured=report(recipe.name, metrics),
        **recipe.card_figures,
    )


def _missing(recipe: ClockRecipe) -> str:
    if not recipe.may_miss:
        return "None may be missing, nor age."
    as_what = "its published mean, which is a guess," if recipe.means else "average"
    return (
        f"Up to {recipe.may_miss} of {len(recipe.coefficients)} may be missing, but not age. A "
        f"missing marker counts as {as_what} and is marked as imputed; how much that may be wrong is "
        "not known."
    )


def _sex(recipe: ClockRecipe) -> str:
    if recipe.scored_in_nhanes:
        return "Sex is optional; it only says among whom the gap is ranked."
    return "Sex is optional and not used."


def _gap(recipe: ClockRecipe, n_people: int) -> str:
    if recipe.scored_in_nhanes:
        return (
            "`raw` is prediction minus age. `adjusted` takes away the line in age of the same\n"
            f"{n_people:,} people, by sex; `percentile` is among those of the same sex within five years."
        )
    return "`raw` is prediction minus age. Nobody is ranked: NHANES lacks too many of the markers."


def _floors(recipe: ClockRecipe) -> str:
    floors = [t for t in recipe.transforms if t.floor is not None and _is_measured_in_nhanes(t)]
    limits = (
        f"{biomarker(t.feature).label} below {t.floor:g} {marker_unit(t)} counts as that"
        for t in floors
    )
    return f" {'; '.join(limits)}, and is marked as clipped." if floors else " Nothing is clipped."


def _rows(peers: PeersByAge, coefficients: Mapping[MarkerTransform, float]) -> str:
    averages = peers.averages(np.array(AGES)).T
    return "\n".join(
        f"| {marker_name(transform)} | {marker_unit(transform)} | {coefficient} | "
        f"{' | '.join(number(each) for each in average)} |"
        for (transform, coefficient), average in zip(coefficients.items(), averages, strict=True)
    )


def _is_measured_in_nhanes(transform: MarkerTransform) -> bool:
    """Whether a plausible value can lie below the floor."""
    plausible = biomarker(transform.feature).plausible
    return bool(plausible and transform.clips(np.array(plausible)).any())
