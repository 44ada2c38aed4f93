"""`agelens train reference`: who is counted, how they are weighted, and what stands in the summary."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from agelens.cli import cli
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.references import reference_from_bytes
from agelens.domain.errors import InvalidInput
from click.testing import CliRunner

from model_training.datasets import nhanes
from model_training.datasets.generated import generate_nhanes
from model_training.gap_reference import LEVELS, summarise
from model_training.references import Wanted, eligible, label_of, reference_of


@pytest.fixture(scope="module")
def nhanes_4(tmp_path_factory):
    """Made-up people in the shape of NHANES IV, surveys 1 to 6."""
    path = tmp_path_factory.mktemp("data") / "iv.parquet"
    return generate_nhanes(path, 4000, seed=4, waves=range(1, 7))


@pytest.fixture(scope="module")
def people(nhanes_4):
    return nhanes.load(nhanes_4)


def reference(*options):
    return CliRunner().invoke(cli, ["train", "reference", *map(str, options)])


def test_the_command_writes_one_clocks_reference_into_a_file(nhanes_4, tmp_path):
    out = tmp_path / "made.json"
    done = reference("--data", nhanes_4, "--clock", "phenoage", "--version", "a-1", "--out", out)
    assert done.exit_code == 0, done.output
    document = json.loads(out.read_bytes())
    made = reference_from_bytes(out.read_bytes(), out.name)
    manifest = find_clock("phenoage").manifest
    assert (made.version, made.bundle_sha256) == ("a-1", manifest.sha256)
    assert made.gaps.name == "NHANES IV, 1999-2010, unweighted, same sex, within 5 years"
    assert sum(document["people"]["n_by_sex"].values()) == document["people"]["n_people"]
    assert f"{document['people']['n_people']:,} people" in done.output


def test_without_a_clock_every_shipped_one_that_can_be_has_its_place(nhanes_4, tmp_path):
    done = reference("--data", nhanes_4, "--version", "x", "--out", tmp_path / "all")
    assert done.exit_code == 0, done.output
    written = {path.parts[-3:-1] for path in (tmp_path / "all").glob("*/*/x.json")}
    shipped = {(directory.parent.name, directory.name) for directory in SHIPPED}
    assert ("phenoage", "1.0.0") in written
    assert written < shipped
    assert "bortz 1.0.0: none, has nowhere 100 women and men" in done.output


def test_half_of_the_people_rank_below_the_middle(people):
    clock = find_clock("phenoage")
    chosen = eligible(people)
    document = reference_of(clock, chosen, Wanted())
    gaps = reference_from_bytes(json.dumps(document).encode(), "made").gaps
    gap = clock.score(chosen.table).prediction - chosen.age_years
    women = chosen.table.column("sex") == 0
    ranks = gaps.percentiles(gap[women], chosen.age_years[women], "female")
    assert np.mean(ranks[np.isfinite(ranks)] < 50) == pytest.approx(0.5, abs=0.03)


def test_answers_that_are_no_age_are_ranked_by_themselves(people):
    clock = find_clock("dysregulation")
    chosen = eligible(people)
    gaps = reference_from_bytes(
        json.dumps(reference_of(clock, chosen, Wanted())).encode(), "made"
    ).gaps
    answers = clock.score(chosen.table).prediction
    women = (chosen.table.column("sex") == 0) & np.isfinite(answers)
    ranks = gaps.percentiles(answers[women], chosen.age_years[women], "female")
    assert np.mean(ranks[np.isfinite(ranks)] < 50) == pytest.approx(0.5, abs=0.03)


def test_the_pregnant_and_the_top_coded_are_left_out(people):
    pregnant = np.zeros(len(people))
    pregnant[:100] = 1
    pregnant[100:200] = np.nan
    kept = eligible(replace(people, pregnant=pregnant))
    late = people.wave > 4
    expected = ~late & (people.age_years < 85) | late & (people.age_years < 80)
    assert len(kept) == expected[100:].sum()
    assert not (kept.age_years[kept.wave > 4] >= 80).any()


def test_one_ethnicity_may_be_wanted_and_is_said(people):
    ethnicity = np.where(np.arange(len(people)) % 2, 2.0, 1.0)
    kept = eligible(replace(people, ethnicity=ethnicity), "black")
    assert (kept.ethnicity == 2).all()
    assert (
        label_of(kept, weighted=True, ethnicity="black") == "NHANES IV, 1999-2010, black, weighted"
    )
    with pytest.raises(InvalidInput, match="must be one of: white, black"):
        eligible(people, "martian")


def test_weights_make_it_the_populations(people):
    """Gaps above zero count three times, so the median moves up to the quantile 1/2 + 1/6."""
    rng = np.random.default_rng(1)
    age = rng.uniform(40, 60, 4000)
    gap = rng.normal(size=4000)
    weights = np.where(gap > 0, 3.0, 1.0)
    made = summarise("w", (age + gap)[np.newaxis], age, {}, weights=weights, ages=range(50, 51))
    peers = made["sexes"]["any"]
    middle = peers["intercept"] + peers["slope"] * 50 + peers["quantiles"][0][LEVELS.index(50.0)]
    near = np.abs(age - 50) <= 5
    # of a weight of 1 below zero and 3 above, half is reached a third of the way through the upper half
    assert middle == pytest.approx(np.quantile(gap[near], 2 / 3), abs=0.05)


def test_equal_weights_are_hazens_quantiles_and_none_are_numpys():
    rng = np.random.default_rng(2)
    age, gap = np.full(300, 50.0) + rng.uniform(-1, 1, 300), rng.normal(size=300)
    options = {"ages": range(50, 51)}
    plain = summarise("p", (age + gap)[np.newaxis], age, {}, **options)["sexes"]["any"]
    even = summarise("w", (age + gap)[np.newaxis], age, {}, weights=np.full(300, 7.0), **options)
    even = even["sexes"]["any"]
    adjusted = gap - (plain["intercept"] + plain["slope"] * age)
    hazen = np.quantile(adjusted, np.array(LEVELS) / 100, method="hazen")
    assert (plain["intercept"], plain["slope"]) == (even["intercept"], even["slope"])
    assert even["quantiles"][0] == pytest.approx(hazen, abs=1e-3)
    assert plain["quantiles"][0] == pytest.approx(
        np.quantile(adjusted, np.array(LEVELS) / 100), abs=1e-3
    )


def test_weights_of_a_frame_are_used_and_those_of_some_only_refused(nhanes_4, tmp_path):
    frame = pd.read_parquet(nhanes_4)
    frame.assign(WTMEC2YR=np.where(frame["age"] > 50, 0.0, 2.0)).to_parquet(tmp_path / "w.parquet")
    cohort = eligible(nhanes.load(tmp_path / "w.parquet"))
    document = reference_of(find_clock("phenoage"), cohort, Wanted())
    assert document["people"]["label"].endswith(", weighted")
    assert document["first_age"] + len(document["sexes"]["any"]["quantiles"]) - 1 <= 55
    some = replace(cohort, weight=np.where(cohort.wave == 2, np.nan, cohort.weight))
    with pytest.raises(InvalidInput, match="without a survey weight, of: 2001"):
        reference_of(find_clock("phenoage"), some, Wanted())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--clock", "kaggle-age"), "nowhere 100 women and men"),
        (("--clock", "no-clock"), 'there is no "no-clock"'),
        (("--clock", "phenoage", "--ethnicity", "x"), "must be one of"),
    ],
)
def test_what_cannot_be_is_refused_in_words(nhanes_4, tmp_path, options, words):
    done = reference("--data", nhanes_4, "--out", tmp_path / "out.json", *options)
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "out.json").exists()


def test_options_of_references_are_of_no_clock(nhanes_4, tmp_path):
    call = ["train", "kdm", "--data", str(nhanes_4), "--out", str(tmp_path / "o"), "--clock", "kdm"]
    done = CliRunner().invoke(cli, call)
    assert done.exit_code == 2
    assert "of `agelens train reference`" in done.output
