"""The page about backups, run as it is written, on an AgeLens with work under way."""

import os
import re
import subprocess
import sys
import tarfile
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from agelens.commands.up.command import WELCOME_CREDITS
from agelens.settings import without_ours
from integration.kept_cohorts import people
from integration.people import PANEL, PASSWORD, new_email
from servers import short_home

from .conftest import PATIENCE_SECONDS, Start, Up, wait_for

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "back-up.md"


def block(name: str) -> str:
    """The commands of the page under this mark."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.+?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def shell(commands: str, home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-ec", commands],
        env=without_ours(AGELENS_HOME=str(home), PATH=programs),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


class Somebody:
    """A person over HTTP."""

    def __init__(self, up: Up) -> None:
        self.email = new_email()
        self.http = httpx.Client(base_url=up.url, timeout=60)
        self.http.post("/api/auth/register", json=self.who).raise_for_status()
        self.log_in(up)
        self.http.post("/api/wallet/topup", json={"amount": 5000}).raise_for_status()

    @property
    def who(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}

    def __enter__(self) -> "Somebody":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def log_in(self, up: Up) -> None:
        self.http.close()
        self.http = httpx.Client(base_url=up.url, timeout=60)
        token = self.http.post("/api/auth/login", json=self.who).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def cohort(self) -> str:
        """The address of a cohort that was scored."""
        csv = {"Content-Type": "text/csv"}
        place = self.http.post("/api/cohorts", content=people(30), headers=csv).headers["Location"]
        assert wait_for(lambda: self.status(place) == "succeeded")
        return place

    def predict(self) -> str:
        answer = self.http.post("/api/tasks/predict", json={"answers": PANEL})
        answer.raise_for_status()
        return answer.headers["Location"]

    def status(self, place: str) -> str:
        answer = self.http.get(place)
        return str(answer.json()["status"]) if answer.is_success else str(answer.status_code)

    def results(self, place: str) -> str:
        answer = self.http.get(f"{place}/results?format=csv")
        assert answer.status_code == 200, answer.text
        return answer.text

    def balance(self) -> int:
        return int(self.http.get("/api/wallet").json()["balance"])


def test_a_backup_comes_back_as_the_page_says(start: Start, tmp_path: Path) -> None:
    with short_home() as place, ExitStack() as cleanup:
        up = start(place / "home").wait_ready()
        one = cleanup.enter_context(Somebody(up))
        kept = one.cohort()
        results = one.results(kept)
        for worker in up.children("worker"):
            worker.suspend()
        queued = one.predict()  # nobody scores it before the backup
        made = shell(block("backup"), up.home, tmp_path)
        assert (made.returncode, made.stderr) == (0, ""), made.stderr
        archive = tmp_path / "agelens.tar"
        assert archive.stat().st_mode & 0o777 == 0o600
        for worker in up.children("worker"):
            worker.resume()
        assert wait_for(lambda: one.status(queued) == "succeeded")
        newer = one.cohort()  # after the backup
        folder = up.home / "storage" / newer.removeprefix("/api/")
        assert folder.is_dir()

        back = shell(block("restore"), up.home, tmp_path)
        assert back.returncode == 0, back.stderr
        assert "1 predictions, 0 cohorts, 0 retrainings" in back.stdout
        stray = f"folder cohorts/{folder.name}: the database knows no such cohort"
        assert stray in back.stderr

        again = start(place / "home").wait_ready()
        one.log_in(again)
        assert one.results(kept) == results
        assert one.status(newer) == "404"
        assert folder.is_dir(), "a restore deletes nothing"
        assert wait_for(lambda: one.status(queued) == "succeeded")
        assert one.balance() == WELCOME_CREDITS + 5000 - 30 * 10 - 10
        audit = shell("agelens audit", again.home, tmp_path)
        assert audit.returncode == 0, audit.stderr


def test_a_backup_moves_to_a_new_home(start: Start, tmp_path: Path) -> None:
    with short_home() as place, ExitStack() as cleanup:
        up = start(place / "home").wait_ready()
        one = cleanup.enter_context(Somebody(up))
        kept = one.cohort()
        results = one.results(kept)
        assert shell("agelens stop", up.home, tmp_path).returncode == 0
        made = shell("agelens backup agelens.tar", up.home, tmp_path)
        assert made.returncode == 0, made.stderr  # its database runs for as long
        home = place / "another"
        back = shell("agelens restore agelens.tar && agelens backup second.tar", home, tmp_path)
        assert (back.returncode, back.stderr) == (0, ""), back.stderr
        assert "no differences" in back.stdout
        assert (home / "secret_key").read_text() == (up.home / "secret_key").read_text()
        assert contents(tmp_path / "second.tar") == contents(tmp_path / "agelens.tar")
        moved = start(home).wait_ready()
        one.log_in(moved)
        assert one.results(kept) == results
        running = shell("agelens restore --force agelens.tar", home, tmp_path)
        assert running.returncode == 1
        assert "stop it first" in running.stderr


def contents(archive: Path) -> dict[str, bytes]:
    """All but the dump, in which moments are written, and when it was made."""
    with tarfile.open(archive) as opened:
        members = {m.name: opened.extractfile(m) for m in opened.getmembers()}
        return {
            name: stream.read()
            for name, stream in members.items()
            if stream is not None and name not in {"database.dump", "manifest.json"}
        }
