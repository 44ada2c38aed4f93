"""A small SMTP server (RFC 5321) for tests: it keeps what it is sent, and can refuse, or be away."""

import base64
import datetime
import ipaddress
import socket
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOBODY = "nobody-here"  # recipients with this in their address are refused for good


class MailServer:
    """Listens on loopback; `mails` are those that it took, with whom they were for."""

    def __init__(self, *, port: int = 0, certificate: Path | None = None) -> None:
        """With a certificate (and its key in one file) it offers STARTTLS, and logins after it."""
        self.mails: list[EmailMessage] = []
        self.logins: list[tuple[str, str]] = []
        self.is_busy = False  # answers 451 to every mail
        self.hangs_up = False  # takes a mail, and says nothing
        self.goodbye = "221 bye"
        self.lets_go = threading.Event()  # while unset, a mail that was taken is not answered
        self.lets_go.set()
        self.has_mail = threading.Event()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
        if self.tls and certificate:
            self.tls.load_cert_chain(certificate)
        self._server = _Server(("127.0.0.1", port), _Conversation)
        self._server.owner = self
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    owner: MailServer


class _Conversation(socketserver.StreamRequestHandler):
    """One client: commands until QUIT."""

    def handle(self) -> None:
        self.owner = cast(_Server, self.server).owner
        self.is_secure = False
        self.recipients: list[str] = []
        self._say("220 here")
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            answer = getattr(self, f"on_{command.lower()}", None)
            if answer is None:
                self._say("502 not known")
                continue
            try:
                answer(rest)
            except ssl.SSLError:  # the client does not trust us
                return
            if command.upper() == "QUIT":
                return

    def finish(self) -> None:
        super().finish()
        if self.is_secure:
            self.connection.close()

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def on_ehlo(self, _: str) -> None:
        if self.is_secure:
            self._say("250-here", "250 AUTH PLAIN")
        else:
            self._say(*(["250-here", "250 STARTTLS"] if self.owner.tls else ["250 here"]))

    def on_starttls(self, _: str) -> None:
        if self.owner.tls is None:
            self._say("502 not known")
            return
        self._say("220 go on")
        self.connection = self.owner.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.is_secure = True

    def on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[1]).decode().split("\0")
        self.owner.logins.append((user, password))
        self._say("235 welcome" if password == "right" else "535 no")

    def on_mail(self, _: str) -> None:
        self.recipients = []
        self._say("451 later" if self.owner.is_busy else "250 ok")

    def on_rcpt(self, rest: str) -> None:
        address = rest.partition(":")[2].strip("<> ")
        self.recipients.append(address)
        self._say("550 nobody" if NOBODY in address else "250 ok")

    def on_data(self, _: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        self.owner.mails.append(cast(EmailMessage, mail))
        self.owner.has_mail.set()
        self.owner.lets_go.wait(30)
        if self.owner.hangs_up:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._say("250 taken")

    def on_rset(self, _: str) -> None:
        self._say("250 ok")

    def on_quit(self, _: str) -> None:
        self._say(self.owner.goodbye)


def certificate_in(folder: Path) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "mail.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
