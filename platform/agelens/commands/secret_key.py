"""The secret of an installation: given, or made once and kept in the home."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def kept_in(home: Path) -> str:
    """The key of this home, readable by its owner alone; two that start at once get the same."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        _put(unfinished, path)
    return path.read_text().strip()


def _put(unfinished: Path, path: Path) -> None:
    """Whole or not at all, and never over what somebody faster put there."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        unfinished.rename(path)
        return
    unfinished.unlink()


def derived(key: str, purpose: str) -> str:
    """Another key, which tells nothing about this one: what is signed with it opens nothing else."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()
