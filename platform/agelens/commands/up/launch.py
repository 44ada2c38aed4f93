"""Run by path, not imported: become the given user, ask to die with the parent, then exec.

Usage: launch.py PARENT_PID DEATH_SIGNAL UID GID COMMAND...   (UID -1: stay who we are)

A script of its own instead of subprocess's preexec_fn, which is unsafe (and since Python 3.12
warns) when the starting process has threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Prepare this process and turn it into the command."""
    parent, death_signal, uid, gid = map(int, sys.argv[1:5])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    # the command comes from our own supervisor, never from input
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606


main()
