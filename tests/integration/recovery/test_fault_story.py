"""Whatever can happen to a service, in an order that a seed decides, under a load of all kinds of work.

`make test-faults` has every fault happen, with more seeds, and prints the figures; the ordinary test
run has one seed and the first faults of its order.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from integration.recovery import faults
from integration.recovery.disks import MountRefusedError, mount
from integration.recovery.second_host import moto, move_to_second_host
from integration.recovery.stack import BreakableStack
from integration.recovery.story import Figures, Story
from integration.retraining.notebook import write_notebook
from servers import Servers, short_home

SEEDS = [int(seed) for seed in os.environ.get("AGELENS_TEST_SEEDS", "20261128").split(",")]
ALL_FAULTS = os.environ.get("AGELENS_TEST_FAULTS") == "all"
N_FAULTS = None if ALL_FAULTS else 4
TOPUPS = 5  # of 10,000 credits
DISK_MEBIBYTES = 256
LEASE_SECONDS = 3.0
PATIENCE_SECONDS = 1800

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE_SECONDS)]
MakeStory = Callable[..., Story]


@pytest.fixture
def make_story(own_servers: Callable[[], Servers]) -> Iterator[MakeStory]:
    """Begin a story of a service whose home is a small disk, where one may be mounted."""
    with ExitStack() as cleanup:

        def make(name: str, **settings: object) -> Story:
            try:
                home = disk = mount(DISK_MEBIBYTES, cleanup)
            except MountRefusedError:
                home, disk = cleanup.enter_context(short_home()), None
            notebooks = home / "notebooks"
            notebooks.mkdir()
            write_notebook(notebooks)
            ours = {"lease_seconds": LEASE_SECONDS, "sweep_seconds": 0.5, "notebooks": notebooks}
            stack = BreakableStack(own_servers(), home, **ours, **settings)
            cleanup.callback(stack.stop)
            stack.start(workers=0)
            http = cleanup.enter_context(stack.person(TOPUPS))
            admin = cleanup.enter_context(stack.administrator())
            story = Story(stack, http, admin, Figures(name))
            story.disk = disk
            return story

        yield make


def happen(story: Story, possible: dict[str, faults.Fault], n_faults: int | None) -> None:
    """The first faults of the order that the story's chance decides."""
    story.keep_running()
    story.wait_until_ready()
    names = sorted(possible)
    story.chance.shuffle(names)
    for name in names[:n_faults]:
        if why := faults.why_not(name, story):
            story.figures.not_injected[name] = why
        else:
            story.meet(name, possible[name])


def check(story: Story) -> None:
    """Nothing is lost, stuck or paid twice; print the figures."""
    found = story.ended()
    balance = story.http.get("/api/wallet").json()
    cohorts = [each for each in found["cohorts"].values() if each["status"] == "succeeded"]
    n_torn = [story.has_every_row(cohort) for cohort in cohorts].count(False)
    everything = [each for ended in found.values() for each in ended.values()]
    paid = [*found["tasks"].values(), *found["cohorts"].values()]
    stuck = sum(map(len, story.accepted.values())) - len(everything)
    due = sum(each["price"] for each in paid if each["status"] == "succeeded")
    spent = TOPUPS * 10_000 - balance["balance"]
    lost = n_torn + sum(each["status"] in ("lost", "canceled") for each in everything)
    print(*story.figures.lines(work_of(story, found), lost, max(0, spent - due), stuck), sep="\n")
    assert (lost, max(0, spent - due), stuck) == (0, 0, 0)
    assert spent == due, "what succeeded is paid for, and nothing else"
    assert balance["held"] == 0
    for kind, ended in found.items():
        failed = {each["error"]["code"] for each in ended.values() if each["status"] == "failed"}
        assert failed <= {"worker_lost"}, (kind, failed)  # it met its death too often
    check_audit(story)


def work_of(story: Story, found: dict[str, dict[str, Any]]) -> Counter[str]:
    """How much of each kind ended in which way."""
    ends = ((kind, each["status"]) for kind, ended in found.items() for each in ended.values())
    return Counter(f"{kind} {status}" for kind, status in ends)


def check_audit(story: Story) -> None:
    """The money adds up, and the storage has the files of the database, and those it forgot."""
    audit = story.stack.audit()
    assert audit.returncode == 0, audit.stdout + audit.stderr
    expected = {
        f"folder cohorts/{key}: the database knows no such cohort"
        for key in story.forgotten_cohorts
    }
    assert set(story.stack.audit("--files").stderr.splitlines()) == expected
    assert set(story.forgotten_cohorts) <= set(faults.cohorts_in(story))
    assert not (story.home / "canary").exists(), "a foreign job ran"


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_stuck_or_paid_twice(make_story: MakeStory, seed: int) -> None:
    story = make_story(f"seed {seed}")
    happen(story, faults.EVERYWHERE | faults.CLOCKS | faults.DISK, N_FAULTS)
    check(story)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_hosts_with_a_storage_of_objects_lose_nothing(
    make_story: MakeStory, tmp_path: Path, seed: int
) -> None:
    with moto() as storage:
        story = make_story(f"seed {seed}, two hosts", storage=storage.url)
        move_to_second_host(story, "worker-2", tmp_path)
        others = faults.EVERYWHERE if ALL_FAULTS else {}
        happen(story, {"storage away": storage.go_away} | others, N_FAULTS)
        check(story)
