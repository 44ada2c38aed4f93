"""`agelens lab` for real: a file that is chosen in a widget reaches the kernel as one message."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from proxies import free_port
from tornado.websocket import websocket_connect

from .conftest import answers, wait_for

pytestmark = pytest.mark.slow

SECONDS = 120.0
TOKEN = secrets.token_hex(16)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where JupyterLab is, on a home without an AgeLens and with a configuration of somebody's own."""
    (tmp_path / "config").mkdir()
    own = "c.ServerApp.tornado_settings = {'headers': {'X-Own': 'kept'}}"
    (tmp_path / "config" / "jupyter_server_config.py").write_text(own)
    (tmp_path / "notebooks").mkdir()
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("AGELENS_", "JUPYTER"))}
    folders = {
        "AGELENS_HOME": "home", "AGELENS_NOTEBOOKS": "notebooks", "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
    }  # fmt: skip
    told = {name: str(tmp_path / folder) for name, folder in folders.items()}
    port, log = free_port(), tmp_path / "lab.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "agelens.cli", "lab", "--no-browser", f"--port={port}"],
            env={**plain, **told, "JUPYTER_TOKEN": TOKEN},
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    try:
        place = f"http://127.0.0.1:{port}"
        assert wait_for(lambda: answers(f"{place}/api"), SECONDS), log.read_text()
        yield place
    finally:
        process.terminate()
        process.wait(SECONDS)


async def replies(url: str, kernel: str, message: dict[str, Any]) -> dict[str, Any]:
    """What the kernel says to a message of a page."""
    address = f"{url.replace('http', 'ws')}/api/kernels/{kernel}/channels?token={TOKEN}"
    socket = await websocket_connect(address)
    await socket.write_message(json.dumps(message))
    while (said := await asyncio.wait_for(socket.read_message(), SECONDS)) is not None:
        reply: dict[str, Any] = json.loads(said)
        if reply["msg_type"] == message["header"]["msg_type"].replace("request", "reply"):
            socket.close()
            return reply
    raise ConnectionError("the server has ended the connection to the kernel")


def test_a_message_of_12_mb_reaches_the_kernel(url: str) -> None:
    made = httpx.post(f"{url}/api/kernels", headers={"Authorization": f"token {TOKEN}"}, json={})
    assert made.headers["X-Own"] == "kept"
    header = {
        "msg_id": uuid.uuid4().hex, "msg_type": "kernel_info_request", "username": "",
        "session": uuid.uuid4().hex, "version": "5.3", "date": "2026-11-23T10:00:00Z",
    }  # fmt: skip
    message = {
        "header": header, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": [],
        "content": {"file": "x" * 12_000_000},
    }  # fmt: skip
    reply = asyncio.run(replies(url, made.json()["id"], message))
    assert reply["content"]["status"] == "ok"
