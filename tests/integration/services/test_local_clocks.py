"""A clock in one's own process and a cohort of the service say the same of the same people."""

import io
from collections.abc import Callable

import agelens
import pandas as pd
import pyarrow as pa
from agelens.services.cohorts.export import OURS
from integration.conftest import PersonFactory
from integration.kept_cohorts import MODEL, Cohorts, people
from integration.people import Person

RunJobs = Callable[[], None]
CohortsOf = Callable[[Person], Cohorts]


def test_a_frame_has_the_answers_of_a_cohort(
    person: PersonFactory, cohorts_of: CohortsOf, run_jobs: RunJobs
) -> None:
    content = people(25, bad={3, 25})
    theirs = cohorts_of(person(1000))
    key = theirs.create(content, part_rows=10)
    run_jobs()
    parts = [pa.ipc.open_file(part).read_all() for part in theirs.results(key)]
    expected = pa.concat_tables(parts).drop_columns([*OURS]).to_pandas()
    frame = pd.read_csv(io.BytesIO(content))
    answers = agelens.load(MODEL).predict(frame, id_column="patient")
    assert answers["error"].notna().sum() == 2
    # the last bit may depend on how many rows are scored at once
    pd.testing.assert_frame_equal(answers, expected, rtol=1e-12, atol=1e-12)
