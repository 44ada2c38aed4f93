import numpy as np
import pytest
from agelens.clocks.bundles import SHIPPED
from forged_bundles import shipped_clock
from shared_files import shared_file

from model_training import comparison
from model_training.datasets.generated import generate_nhanes
from model_training.plots import comparison as plots


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """Made-up people of NHANES IV."""
    path = tmp_path_factory.mktemp("data") / "iv.parquet"
    return comparison.load_study_population(generate_nhanes(path, 1500, seed=22, waves=range(1, 9)))


@pytest.fixture(scope="module")
def predictions(cohort):
    """Every shipped clock on them."""
    return comparison.predictions_of_all(cohort)


def test_every_shipped_clock_is_there_and_says_whom_it_scores(cohort, predictions):
    assert set(predictions) == {directory.parent.name for directory in SHIPPED}
    assert predictions["mortality-age"].version == "1.1.0"  # 2.0 has learned from such people
    table = comparison.who_is_scored(predictions)
    nine = [f.key for f in shipped_clock("phenoage").manifest.features if f.informative]
    complete = ~np.isnan(np.column_stack([cohort.table.column(key) for key in nine])).any(axis=1)

    assert table.loc["phenoage 1.0.0", "scored"] == complete.sum()
    assert table.loc["phenoage 1.0.0", "not in this cohort"] == "-"
    missing_crp = int((np.isnan(cohort.table.column("crp")) & ~complete).sum())
    assert f"C-reactive protein ({missing_crp:,})" in table.loc["phenoage 1.0.0"].iloc[-1]


def test_a_clock_whose_markers_nobody_has_does_not_apply(predictions):
    assert not predictions["kaggle-age"].applies
    assert "bone_density" in predictions["kaggle-age"].absent
    assert predictions["kdm"].applies


def test_surveys_without_crp_are_not_scored_by_phenoage(cohort, predictions):
    shares = comparison.scored_by_survey(predictions, cohort)

    assert shares.loc[[7.0, 8.0], "phenoage"].max() == 0
    assert shares.loc[[1.0, 6.0], "phenoage"].min() > 0.5
    assert shares.loc[7.0, "kdm"] > 0.5  # may lack two markers


def test_the_adjusted_advance_is_the_residual_of_a_line_in_age_by_sex():
    rng = np.random.default_rng(23)
    age, sex = rng.uniform(20, 80, 400), rng.integers(2, size=400).astype(float)
    own = rng.normal(size=400)
    number = np.where(sex == 1, 3 + 1.1 * age, -5 + 0.8 * age) + own
    number[5], sex[6], age[7] = np.nan, np.nan, np.nan
    left = comparison.ahead_of_age(number, age, sex)

    assert np.isnan(left[[5, 6, 7]]).all()
    for each in (0, 1):
        rows = (sex == each) & ~np.isnan(left)
        design = np.column_stack([np.ones(rows.sum()), age[rows]])
        line = np.linalg.lstsq(design, number[rows], rcond=None)[0]
        np.testing.assert_allclose(left[rows], number[rows] - design @ line, atol=1e-9)
    assert np.isnan(comparison.ahead_of_age(number[:3], np.full(3, 50.0), np.zeros(3))).all()


def test_limits_of_agreement_are_of_clocks_in_years_pair_by_pair(cohort, predictions):
    limits, agreed = comparison.limits(predictions), comparison.agreement(predictions, cohort)
    ages = comparison.ages_of(predictions)

    assert {"mortality-age", "phenoage", "kdm"} <= set(ages)
    assert not {"dysregulation", "kaggle-age"} & set(ages)
    n_pairs = len(ages) * (len(ages) - 1) / 2
    assert len(limits) == n_pairs
    for (first, second), row in limits.iterrows():
        n_people = agreed.n_people.loc[first, second]
        spread = agreed.spread_of_difference.loc[first, second] * np.sqrt(n_people / (n_people - 1))
        assert row["people"] == n_people
        assert row["bias"] == pytest.approx(agreed.mean_difference.loc[first, second])
        assert row["high"] - row["low"] == pytest.approx(2 * 1.96 * spread)


def test_bland_altman_of_a_cohort_that_no_clock_scores_is_empty(predictions):
    nobody = {name: predictions[name] for name in ("dysregulation", "kaggle-age")}

    assert comparison.limits(nobody).empty
    assert not plots.bland_altman(nobody).data
    one = {"kdm": predictions["kdm"]}
    assert not plots.bland_altman(one).data


def test_agreement_is_of_the_people_whom_both_score(cohort, predictions):
    agreed = comparison.agreement(predictions, cohort)
    first, second = predictions["phenoage"], predictions["kdm"]
    both = np.isfinite(first.prediction) & np.isfinite(second.prediction)

    assert agreed.n_people.loc["phenoage", "kdm"] == both.sum()
    apart = (first.prediction - second.prediction)[both]
    assert agreed.mean_difference.loc["phenoage", "kdm"] == pytest.approx(apart.mean())
    assert agreed.spread_of_difference.loc["kdm", "phenoage"] == pytest.approx(apart.std())
    np.testing.assert_allclose(agreed.correlation, agreed.correlation.T)
    np.testing.assert_allclose(np.diag(agreed.correlation), 1)
    assert "dysregulation" in agreed.correlation
    assert "dysregulation" not in agreed.mean_difference  # no age
    assert "kaggle-age" not in agreed.correlation


def test_clocks_are_compared_on_people_who_were_followed_the_reference_first(cohort, predictions):
    compared = comparison.mortality(predictions, cohort, draws=5)

    assert next(iter(compared)) == "mortality-age"
    assert set(compared) >= {"phenoage", "kdm", "dysregulation", "age"}
    assert compared["mortality-age"].ahead is None
    assert compared["phenoage"].n_people < np.isfinite(predictions["phenoage"].prediction).sum()
    table = comparison.mortality_table(compared)
    assert table.loc["phenoage", "C"].startswith(f"{compared['phenoage'].figures['c'].value:.3f} (")
    assert table.loc["age", "HR per SD"] == "-"
    assert table.loc["mortality-age", "mortality-age ahead in C by"] == "-"
    behind = table.loc["phenoage", "mortality-age ahead in C by"]
    assert behind.startswith(f"{compared['phenoage'].ahead.value:+.3f} (")
    figures = comparison.mortality_figures(compared)
    assert figures.loc[("phenoage", "c"), "value"] == compared["phenoage"].figures["c"].value
    assert ("age", "hazard_ratio") not in figures.index


def test_phenoage_is_the_reference_where_mortality_age_does_not_apply(cohort, predictions):
    without = {name: each for name, each in predictions.items() if name != "mortality-age"}
    compared = comparison.mortality(without, cohort, draws=2)

    assert compared["phenoage"].ahead is None
    assert "phenoage ahead in C by" in comparison.mortality_table(compared)


def test_a_cohort_in_which_nobody_was_followed_says_so(cohort):
    assert comparison.why_no_deaths(cohort) == ""
    assert "surveys 1 to 6" in comparison.why_no_deaths(cohort.rows(cohort.wave > 6))


def test_deaths_rise_from_the_first_to_the_last_fifth_where_markers_shorten_life(
    cohort, predictions
):
    shares = comparison.deaths_by_fifth(predictions, cohort)

    assert list(shares.index) == [1, 2, 3, 4, 5]
    assert ((shares >= 0) & (shares <= 1)).all(axis=None)
    assert shares.loc[5, "phenoage"] > shares.loc[1, "phenoage"]


def test_a_sample_is_always_the_same_and_all_people_when_there_are_fewer(tmp_path):
    path = generate_nhanes(tmp_path / "iv.parquet", 300, seed=24, waves=(1, 2))
    once, again = (comparison.load_study_population(path, 50) for _ in range(2))

    assert len(once) == 50
    np.testing.assert_array_equal(once.age_years, again.age_years)
    assert (
        len(comparison.load_study_population(path, 1000))
        == len(comparison.load_study_population(path))
        == 300
    )


def test_every_figure_can_be_drawn(cohort, predictions):
    compared = comparison.mortality(predictions, cohort, draws=5)
    agreed = comparison.agreement(predictions, cohort)
    shares = comparison.scored_by_survey(predictions, cohort)

    forest = plots.forest(compared)
    assert list(forest.data[0].y) == list(compared)
    assert forest.data[0].x[0] == compared["mortality-age"].figures["c"].value
    lines = {shape.x0 for shape in forest.layout.shapes}
    assert lines == {compared["age"].figures["c"].value, 0.5, 1.0}
    correlations = plots.correlations(agreed.correlation)
    np.testing.assert_array_equal(correlations.data[0].z, agreed.correlation.to_numpy())
    assert plots.survey_shares(shares).data[0].z.max() <= 100
    assert plots.advance_by_age(predictions, cohort.age_years).data
    fifths = comparison.deaths_by_fifth(predictions, cohort)
    assert len(plots.deaths(fifths).data) == len(fifths.columns)
    drawn = plots.deaths(fifths), plots.advance_by_age(predictions, cohort.age_years)
    of_deaths, of_advance = ({t.name: t.line.color for t in f.data if t.name} for f in drawn)
    assert all(of_deaths[name] == colour for name, colour in of_advance.items())
    assert len(set(of_deaths.values())) == len(of_deaths)


@pytest.mark.shared_data
def test_on_the_validation_file_phenoage_and_age_reach_their_known_concordance():
    cohort = comparison.load_study_population(shared_file("nhanes4_dev.parquet"))
    published = {"phenoage": comparison.predictions_of(shipped_clock("phenoage"), cohort)}
    compared = comparison.mortality(published, cohort, draws=2)

    assert compared["phenoage"].n_people == 19484
    assert compared["phenoage"].figures["c"].value == pytest.approx(0.847, abs=5e-4)
    assert compared["age"].figures["c"].value == pytest.approx(0.832, abs=5e-4)
