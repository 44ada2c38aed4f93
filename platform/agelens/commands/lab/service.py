"""The AgeLens that notebooks talk to."""

from dataclasses import dataclass

from agelens.client import Client
from agelens.commands.up.home import running_addresses
from agelens.settings import LabSettings

PATIENCE_SECONDS = 5.0
OF_THE_HOME = "the AgeLens of this home"  # its port may be another one tomorrow


@dataclass(frozen=True)
class Service:
    """Where it is, and the name under which its account is kept."""

    address: str
    name: str

    def client(self, token: str) -> Client:
        """A client with short timeouts: JupyterLab should open even if the service does not answer."""
        return Client(self.address, token, patience=PATIENCE_SECONDS)


def find(settings: LabSettings) -> Service | None:
    """The one that AGELENS_URL names, else the one that runs on the home now."""
    running_address = (running_addresses(settings.home) or {}).get("api")
    address = settings.api_url or running_address
    if address is None:
        return None
    return Service(address, OF_THE_HOME if address == running_address else address)
