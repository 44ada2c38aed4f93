"""How properties are tried: the same examples in every run, with all the time that they take."""

from hypothesis import HealthCheck, settings

# a busy machine must not make a slow example, nor a lucky draw a red run
settings.register_profile(
    "same each time",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same each time")
