"""Names in Redis, which anybody may have written, are told apart by host and process number."""

import os

from agelens.queueing.heartbeat import pids_here, process_name


def test_ours_is_known_by_its_number_and_nothing_else_is() -> None:
    ours = process_name()
    host = ours.rsplit("-", 2)[0]
    foreign = ["elsewhere-1-abc", "x", "", "--", f"{host}-one-abc", f"{host}-{'9' * 500}-abc", host]
    assert pids_here([ours, *foreign]) == {os.getpid()}
    assert pids_here(foreign) == set()
