"""Names of devices, from what a browser or program says of itself when somebody logs in."""

import re

# The first that fits: most browsers also name those that they are compatible with.
PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
    ("python-httpx/", "Python"),
    ("python-requests/", "Python"),
    ("Python-urllib/", "Python"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
UNKNOWN = "Unknown device"
LONGEST = 40
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]*")


def device_name(user_agent: str) -> str:
    """A short name that its owner recognizes: "Firefox on Windows", "Python", "curl"."""
    program = _first(PROGRAMS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if program and system:
        return f"{program} on {system}"
    if program or system:
        return program or system
    product = _PRODUCT.match(user_agent)
    return product[0].strip()[:LONGEST] if product else UNKNOWN


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
