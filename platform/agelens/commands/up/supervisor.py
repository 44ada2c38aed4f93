"""Keeps a set of child processes running, and ends all of them when asked to."""

import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

from agelens.commands.up import processes
from agelens.commands.up.disk import DiskMonitor
from agelens.commands.up.home import Home
from agelens.commands.up.server import EmbeddedServerError

_ROUND_SECONDS = 0.1
_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 30.0
_SAME_REQUEST_SECONDS = 1.0
_HEALTHY_AFTER_SECONDS = 30.0


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C or asked us to end, while we were waiting for something."""


@dataclass
class Child:
    """A process that shall always run, and how to start and stop it.

    One that is not `needed` may fail for good without ending the others. One that `has_heartbeat`
    is ended, and started again, when it runs and does not send it.
    """

    name: str
    spawn: Callable[[], processes.Process]
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    needed: bool = True
    has_heartbeat: bool = False
    process: processes.Process | None = None
    created: float = 0.0
    started_at: float = 0.0
    failures: int = 0
    start_again_at: float | None = None


def delay_seconds(failures: int) -> float:
    """How long to wait before starting again a child that failed so many times in a row."""
    return min(_FIRST_DELAY_SECONDS * 2.0 ** (failures - 1), _LONGEST_DELAY_SECONDS)


class Supervisor:
    """Starts children, starts them again when they die, stops them in reverse order."""

    def __init__(self, home: Home, say: Callable[[str], None]) -> None:
        self.home = home
        self.say = say
        self.children: list[Child] = []
        self.one_off_processes: list[processes.Process] = []
        # says which children miss their heartbeat; nobody does before Redis runs
        self.children_without_heartbeat: Callable[[Sequence[Child]], list[Child]] = lambda _: []
        self._disk = DiskMonitor(home.run)
        self.stop_requests = 0
        self._last_request_at = float("-inf")
        self._preexisting = psutil.Process().children()

    def listen_to_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal ask us to stop; a second time, to hurry."""
        processes.adopt_orphans()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._note_stop_request)

    def _note_stop_request(self, *_: object) -> None:
        # One request may arrive twice: make passes SIGTERM on to a child that has it already.
        if time.monotonic() - self._last_request_at > _SAME_REQUEST_SECONDS:
            self.stop_requests += 1
        self._last_request_at = time.monotonic()

    def start(self, child: Child) -> None:
        """Start a child and keep it running from now on."""
        self.children.append(child)
        self._spawn(child)

    def _spawn(self, child: Child) -> None:
        child.start_again_at = None
        child.started_at = time.monotonic()
        try:
            child.process = child.spawn()
            child.created = psutil.Process(child.process.pid).create_time()
        except (OSError, EmbeddedServerError) as error:
            child.process = None
            self._plan_restart(child, str(error))
            return
        self._note_children()

    def _note_children(self) -> None:
        self.home.remember_children(
            (c.name, c.process.pid, c.created) for c in self.children if c.process
        )

    def _plan_restart(self, child: Child, reason: str) -> None:
        lived_seconds = time.monotonic() - child.started_at
        child.failures = 1 if lived_seconds > _HEALTHY_AFTER_SECONDS else child.failures + 1
        delay = delay_seconds(child.failures)
        child.start_again_at = time.monotonic() + delay
        log = self.home.logs / f"{child.name}.log"
        self.say(f"{child.name} ended ({reason}), starting it again in {delay:g} s. See {log}")

    def watch(self) -> None:
        """One look at the disk and at every child."""
        if self._disk.changed():
            self._report_disk()
        for child in self.children_without_heartbeat(self.children):
            self._end_frozen(child)
        own_processes = [c.process for c in self.children if c.process] + self.one_off_processes
        processes.reap_orphans({process.pid for process in own_processes})
        for child in self.children:
            if child.process and child.process.poll() is not None:
                # What a dead gunicorn leaves would keep its port.
                processes.signal_group(child.process.pid, signal.SIGKILL)
                code, child.process = child.process.returncode, None
                self._plan_restart(child, describe_exit(code))
            elif child.start_again_at and time.monotonic() >= child.start_again_at:
                self._spawn(child)

    def _report_disk(self) -> None:
        """Say that the disk is full, or that it is not any more: then nobody waits any longer."""
        if self._disk.error is not None:
            reason = self._disk.error.strerror
            self.say(f"{self.home.path} cannot be written ({reason}); all goes on when it can.")
            return
        self.say(f"{self.home.path} can be written again.")
        self._note_children()
        for child in self.children:
            child.failures = 0
            if child.start_again_at:
                child.start_again_at = time.monotonic()

    def _end_frozen(self, child: Child) -> None:
        if child.process and child.process.poll() is None:
            self.say(f"{child.name} runs and sends no heartbeat, ending it")
            processes.signal_group(child.process.pid, signal.SIGKILL)

    def wait_until(self, condition: Callable[[], bool], timeout_seconds: float) -> bool:
        """Keep watching until the condition holds or the time is over."""
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if self.stop_requests:
                raise StopRequestedError
            if time.monotonic() > deadline:
                return False
            time.sleep(_ROUND_SECONDS / 2)
            self.watch()
        return True

    def run_to_its_end(self, process: processes.Process, timeout_seconds: float) -> bool:
        """Keep watching until a process that shall end has ended; whether it succeeded."""
        self.one_off_processes.append(process)
        return self.wait_until(lambda: process.poll() is not None, timeout_seconds) and (
            process.returncode == 0
        )

    def run_until_asked_to_stop(self) -> None:
        """Block, keeping everything running, whatever the operating system refuses for a while."""
        refused = ""
        while not self.stop_requests:
            try:
                self.watch()
            except OSError as error:
                if str(error) != refused:  # once, not in every round
                    self.say(f"Watching goes on after an error: {error}")
                refused = str(error)
            time.sleep(_ROUND_SECONDS)

    def stop_all(self, *, last: Sequence[str] = ()) -> None:
        """Stop the children, those named `last` after the others have ended; leave nothing."""
        hurry_after = self.stop_requests + 1
        self._stop_wave([c for c in self.children if c.name not in last], hurry_after)
        self._stop_wave([c for c in self.children if c.name in last])
        processes.end_all(self._leftovers(), grace_seconds=2)
        self.home.remember_children([])

    def _leftovers(self) -> list[psutil.Process]:
        """Descendants, also those that were adopted; not of children that were there before us."""
        preexisting = set(self._preexisting)
        for child in self._preexisting:
            with suppress(psutil.NoSuchProcess):
                preexisting.update(child.children(recursive=True))
        return [
            process
            for process in psutil.Process().children(recursive=True)
            if process not in preexisting
        ]

    def _stop_wave(self, wave: Sequence[Child], hurry_after: float = float("inf")) -> None:
        started = time.monotonic()
        for child in wave:
            if child.process and child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        for child in wave:
            while child.process and child.process.poll() is None:
                overdue = time.monotonic() - started > child.grace_seconds
                if overdue or self.stop_requests >= hurry_after:
                    self.say(f"{child.name} does not stop, killing it")
                    processes.signal_group(child.process.pid, signal.SIGKILL)
                    child.process.wait()
                time.sleep(0.02)
            if child.process:
                processes.signal_group(child.process.pid, signal.SIGKILL)
                child.process = None


def describe_exit(code: int) -> str:
    """An exit code in words."""
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
