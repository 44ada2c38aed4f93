"""The Prometheus exposition: this service's counters, and gauges read when asked."""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

RESERVED_BYTES = 1024 * 1024  # more than every route's series take
RESERVE_AGAIN_SECONDS = 5.0

Gauges = Mapping[tuple[str, str], Mapping[str, float]]


class GaugesNow(Collector):
    """Values that are looked up for each scrape, by name, label and label value."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        for (name, label), values in self._gauges.items():
            family = GaugeMetricFamily(name, name.replace("_", " "), labels=[label])
            for value, number in values.items():
                family.add_metric([value], number)
            yield family


class CounterFiles:
    """The files that this process's counters are mapped to, with real blocks on the disk.

    prometheus_client makes them sparse: on a full disk the kernel would end the process (SIGBUS) in
    the middle of a request. So they are filled before they are mapped, and where that is not
    possible this process does not count yet.
    """

    def __init__(self, metrics_dir: Path | None) -> None:
        """None where counters are kept in memory."""
        self._metrics_dir = metrics_dir
        self._lock = threading.Lock()
        self._reserved_by: int | None = None  # a fork has files of its own
        self._again_at = 0.0

    def are_ready(self) -> bool:
        """Whether counting is safe; a full disk is tried again after a while."""
        if self._metrics_dir is None or self._reserved_by == os.getpid():
            return True
        with self._lock:
            if self._reserved_by != os.getpid() and time.monotonic() >= self._again_at:
                try:
                    for kind in ("counter", "histogram"):
                        _reserve(self._metrics_dir / f"{kind}_{os.getpid()}.db")
                    self._reserved_by = os.getpid()
                except OSError:
                    self._again_at = time.monotonic() + RESERVE_AGAIN_SECONDS
        return self._reserved_by == os.getpid()


def _reserve(path: Path) -> None:
    """Fill with zeros, which count nothing; a file that cannot be filled stays empty."""
    with path.open("ab", buffering=0) as file:
        missing = RESERVED_BYTES - os.fstat(file.fileno()).st_size
        try:
            while missing > 0:
                missing -= file.write(bytes(missing))
        except OSError:
            file.truncate(0)
            raise


def exposition(metrics_dir: Path | None, gauges: Gauges) -> bytes:
    """Counters of all processes that share `metrics_dir`, or of this one."""
    if metrics_dir is not None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(metrics_dir))
    else:
        registry = REGISTRY
    now = CollectorRegistry()
    now.register(GaugesNow(gauges))
    return b"".join(generate_latest(each) for each in (registry, now))
