"""Logins from every thread of the API leave its memory as it was."""

import subprocess
import sys

MOST_GROWTH_MIB = 16  # a single hash takes 19
LOGINS = """
import threading
from agelens.services import passwords

def resident_mib():
    status = open("/proc/self/status").read()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024

kept = passwords.hash_password("correct horse battery")
before = resident_mib()
for _ in range(2):
    threads = [
        threading.Thread(target=passwords.verify_password, args=(kept, "a wrong one"))
        for _ in range(32)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(resident_mib() - before)
"""


def test_64_logins_from_32_threads_do_not_grow_the_process() -> None:
    """In a process of its own: what other tests have freed would hide the growth."""
    run = subprocess.run(
        [sys.executable, "-c", LOGINS], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(run.stdout) < MOST_GROWTH_MIB
