"""The Prometheus exposition: this service's counters, and gauges read when asked."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

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
