"""A piece is made while the last one is used: one, in order, whatever goes wrong."""

import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from contextvars import ContextVar

import pytest
from agelens.services.cohorts.prefetching import prefetch

LANGUAGE: ContextVar[str] = ContextVar("LANGUAGE", default="")


class Pieces:
    """Numbers, which tell when they are made."""

    def __init__(self, n: int) -> None:
        self.made = [threading.Event() for _ in range(n)]
        self.is_closed = False

    def __iter__(self) -> Generator[int, None, None]:
        try:
            for number, event in enumerate(self.made):
                event.set()
                yield number
        finally:
            self.is_closed = True


def test_the_next_piece_is_made_while_one_is_used_and_no_further_one() -> None:
    pieces = Pieces(4)
    ahead = prefetch(iter(pieces))
    assert not pieces.made[0].is_set(), "before the first is asked for"
    assert next(ahead) == 0
    assert pieces.made[1].wait(10)
    assert next(ahead) == 1
    assert pieces.made[2].wait(10)
    assert not pieces.made[3].is_set()
    assert list(ahead) == [2, 3]


def test_who_stops_early_can_close_the_pieces() -> None:
    pieces = Pieces(4)
    made = pieces.__iter__()
    with closing(made), closing(prefetch(made)) as ahead:
        assert next(ahead) == 0
    assert pieces.is_closed
    assert not any(thread.name.startswith("ahead") for thread in threading.enumerate())


def test_an_error_comes_after_the_pieces_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    ahead = prefetch(broken())
    assert next(ahead) == 1
    with pytest.raises(OSError, match="gone"):
        next(ahead)


def test_pieces_are_made_in_the_context_of_who_asks() -> None:
    token = LANGUAGE.set("ru")
    try:
        assert list(prefetch(LANGUAGE.get() for _ in range(3))) == ["ru"] * 3
    finally:
        LANGUAGE.reset(token)
