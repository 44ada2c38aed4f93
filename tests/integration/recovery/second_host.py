"""A second host: a worker of another copy of the code, in another folder, with S3 between the two.

moto's server stands in for S3; it is not Amazon's.
"""

import logging
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns

import agelens
import boto3
import pytest
from agelens.settings import environment
from integration.recovery.story import Story
from moto.server import ThreadedMotoServer
from proxies import free_port
from s3fs import S3FileSystem

AWAY_SECONDS = 4.0


class Moto:
    """A bucket of its own that can go away and come back with what is in it.

    moto keeps buckets for as long as the process lives, whichever of its servers they were made on.
    """

    def __init__(self) -> None:
        self.bucket = f"lab-{secrets.token_hex(6)}"
        self.url = f"s3://{self.bucket}/agelens"
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def go_away(self, story: Story) -> None:
        self.stop()
        story.afterwards(AWAY_SECONDS, self.start)


@contextmanager
def moto() -> Iterator[Moto]:
    """Credentials come from the environment, as usual."""
    log = logging.getLogger("werkzeug")
    level = log.level
    log.setLevel(logging.ERROR)  # else every request is a line
    server = Moto()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "something")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        S3FileSystem.clear_instance_cache()  # they keep the address of an earlier server
        boto3.resource("s3").Bucket(server.bucket).create()
        try:
            yield server
        finally:
            server.stop()
            log.setLevel(level)


def move_to_second_host(story: Story, name: str, folder: Path) -> None:
    """Have a worker run a copy of the code, in a folder and a home of its own."""
    code = folder / "code"
    copytree(Path(agelens.__file__).parent, code / "agelens", ignore=ignore_patterns("__pycache__"))
    directory = folder / "elsewhere"
    directory.mkdir()
    part = story.parts[name]
    part.directory = directory
    part.variables = {"PYTHONPATH": str(code), "AGELENS_HOME": str(directory / "home")}
    said = subprocess.run(
        [sys.executable, "-c", "import agelens; print(agelens.__file__)"],
        env=environment(story.stack.settings) | part.variables,
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.startswith(str(code)), "it runs the copy"
