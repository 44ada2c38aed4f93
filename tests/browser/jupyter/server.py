"""JupyterLab in a process of its own that writes nothing outside a temporary folder."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from browser.running import answers, wait_until
from proxies import free_port

START_SECONDS = 120.0
END_SECONDS = 30.0
# As in `make lab`: no news, and no question whether to build Dash's extension, which blocks clicks.
PAGE = {
    "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True},
    "buildCheck": False,
    "buildAvailable": False,
}
# Every cell is in the page, even those out of sight.
CELLS = {"windowingMode": "none"}
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": CELLS,
    # dark in a browser that asks for dark
    "@jupyterlab/apputils-extension/themes": {"adaptive-theme": True},
}


@dataclass(frozen=True)
class JupyterServer:
    """A running server with JupyterLab, Notebook 7 and Voila in it."""

    url: str
    token: str
    root: Path
    log: Path

    def address(self, notebook: str, app: str) -> str:
        """Where a notebook of the root folder opens in `lab`, `notebook` or `voila`.

        Each has a workspace of its own in JupyterLab, which else opens what was open before.
        """
        workspace = Path(notebook).stem
        place = {
            "lab": f"lab/workspaces/{workspace}/tree",
            "notebook": "notebooks",
            "voila": "voila/render",
        }[app]
        return f"{self.url}/{place}/{notebook}?token={self.token}"

    def add_kernel(self, name: str, environment: Mapping[str, str]) -> None:
        """Offer a kernel of that name, which sees this environment beside the server's."""
        folder = self.root.parent / "data" / "kernels" / name
        folder.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec | {"env": dict(environment)}))

    def end_kernels(self) -> None:
        """Stop whatever runs."""
        with httpx.Client(base_url=self.url, params={"token": self.token}, timeout=30) as client:
            for kernel in client.get("/api/kernels").json():
                client.delete(f"/api/kernels/{kernel['id']}")


@contextmanager
def running(folder: Path) -> Iterator[JupyterServer]:
    """Start it on an empty root folder."""
    root = folder / "notebooks"
    root.mkdir(parents=True)
    port, token, log = free_port(), secrets.token_hex(16), folder / "jupyter.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            _command(root, port, token),
            cwd=root,
            env={**os.environ, **_folders(folder)},
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    server = JupyterServer(f"http://127.0.0.1:{port}", token, root, log)
    try:
        wait_until(lambda: answers(f"{server.url}/api/status?token={token}"), seconds=START_SECONDS)
        yield server
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask, so that its kernels end with it; then insist, with all that it has started."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        process.wait()


def _command(root: Path, port: int, token: str) -> list[str]:
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": root,
        "IdentityProvider.token": token,
        "ServerApp.allow_root": True,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "VoilaConfiguration.show_tracebacks": True,
    }
    told = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", "--no-browser", *told]


def _folders(folder: Path) -> dict[str, str]:
    """Where Jupyter and IPython keep things: settings of the test's own."""
    told = {f"settings/{name}.jupyterlab-settings": value for name, value in SETTINGS.items()}
    for name, content in {"config/labconfig/page_config.json": PAGE, **told}.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    return {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
