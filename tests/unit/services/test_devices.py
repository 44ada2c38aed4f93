"""What a device is called, from the User-Agent that it sends."""

import pytest
from agelens.services.devices import LONGEST, UNKNOWN, device_name

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            f"{MOZILLA} (X11; Linux x86_64) {WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            f"{MOZILLA} (Linux; Android 16; Pixel 9) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            f"{MOZILLA} (Linux; Android 16; SM-S931B) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 "
            "Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.6 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 YaBrowser/25.8.0.0 "
            "Safari/537.36",
            "Yandex Browser on Windows",
        ),
        ("python-httpx/0.28.1", "Python"),
        ("curl/8.14.1", "curl"),
        ("LabRobot/2.1 (nightly)", "LabRobot"),
        ("", UNKNOWN),
        ("\x1b[31mred", UNKNOWN),
        ("<script>", UNKNOWN),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_a_device_has_a_name_that_its_owner_recognizes(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
