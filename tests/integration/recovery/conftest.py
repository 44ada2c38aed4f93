"""A stack of real processes for the tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from integration.recovery.disks import Disk, mount_or_skip
from integration.recovery.stack import BreakableStack
from servers import Servers, short_home


@pytest.fixture
def make_stack(own_servers: Callable[[], Servers]) -> Iterator[Callable[..., BreakableStack]]:
    """Start a stack with these settings."""
    with ExitStack() as cleanup:

        def make(**settings: object) -> BreakableStack:
            stack = BreakableStack(own_servers(), cleanup.enter_context(short_home()), **settings)
            cleanup.callback(stack.stop)
            stack.start(workers=0)
            return stack

        yield make


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Mount small file systems."""
    with ExitStack() as cleanup:
        yield lambda mebibytes: mount_or_skip(mebibytes, cleanup)
