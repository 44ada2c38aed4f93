"""Password strength and Argon2 hashing.

The same password is typed as other bytes on other keyboards (é as one character or as two, full-width
letters), so what is hashed is its NFKC form, as NIST SP 800-63B advises. Hashes made up to 0.6 are
of the text as it was sent.

Each hash takes 19 MiB for a moment. glibc keeps what a thread has freed in that thread's arena, so
all hashes of a process are made by the same few threads; and it is told to take so much from the kernel
and give it back each time, which the kernel's zeroing makes a little slower.
"""

import ctypes
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from agelens.domain.errors import InvalidInput

MIN_LENGTH, MAX_LENGTH, MIN_DISTINCT = 8, 1024, 4
COMMON = frozenset(
    {"password", "password1", "12345678", "123456789", "1234567890", "qwertyuiop", "qwerty123"}
)
THREADS = 2
M_MMAP_THRESHOLD, MAPPED_FROM_BYTES = -3, 8 * 1024 * 1024
T = TypeVar("T")
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's figures, 2024
# costs as much as any other and matches nothing; written down, since making one takes 20 ms
_HASH_OF_NOBODY = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"


def check_strength(password: str, email: str, *, field: str = "password") -> None:
    """Raise InvalidInput beside `field` when it would be guessed."""
    password = _normalized(password)
    if len(password) < MIN_LENGTH:
        raise InvalidInput.at(field, f"must have at least {MIN_LENGTH} characters")
    if len(password) > MAX_LENGTH:
        raise InvalidInput.at(field, f"must have at most {MAX_LENGTH} characters")
    guessable = {email.lower(), email.lower().partition("@")[0]} | COMMON
    if password.lower() in guessable or len(set(password)) < MIN_DISTINCT:
        raise InvalidInput.at(field, "is too easy to guess")


def hash_password(password: str) -> str:
    """An Argon2id hash, with its own salt, of the normalized password."""
    return _in_pool(lambda: _hasher.hash(_normalized(password)))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether it matches; an unknown person costs the same time as a wrong password."""
    return any(_matches(password_hash, spelling) for spelling in _spellings(password))


def is_outdated(password_hash: str | None, password: str) -> bool:
    """Whether a hash that this password matches is of the text as it was sent."""
    normalized = _normalized(password)
    return normalized != password and not _matches(password_hash, normalized)


def _normalized(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _spellings(password: str) -> list[str]:
    """What a hash may have been made of: the normalized password, once the password as it was sent."""
    return list(dict.fromkeys((_normalized(password), password)))


def _matches(password_hash: str | None, spelling: str) -> bool:
    try:
        _in_pool(lambda: _hasher.verify(password_hash or _HASH_OF_NOBODY, spelling))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def _in_pool(work: Callable[[], T]) -> T:
    return _pool(os.getpid()).submit(work).result()


@cache
def _pool(_process_id: int) -> ThreadPoolExecutor:
    """Threads do not survive a fork, so each process has its own."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc's
        mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)
    return ThreadPoolExecutor(THREADS, "passwords")
