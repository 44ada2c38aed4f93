"""Send mail with links that set a forgotten password, beside the scheduler's sweeps.

Whoever asks for a link waits for no mail server. The request stays in the database until its mail
was handed over, so that a server that is away for a while delays mail and loses none; each attempt
carries a new link. A thread of its own keeps a slow server from holding up the sweeps. Of several
schedulers one claims a mail, for longer than it may take to send it, so that none is sent twice.
"""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from email.message import EmailMessage
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agelens.jobs.reset_mail import compose
from agelens.services import password_changes
from agelens.settings import Settings

log = structlog.get_logger()
ANSWERS_WITHIN_SECONDS = 20.0
# Nothing is handed over after that: the claim ends then, and another scheduler may send the mail
LONGEST_SENDING_SECONDS = password_changes.CLAIM_LASTS.total_seconds() - 60
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
REFUSED_FOR_GOOD = 500  # reply codes from here on: trying again is no use


class Sessions(Protocol):
    """What makes transactions: a `sessionmaker`."""

    def begin(self) -> AbstractContextManager[Session]: ...


class PerhapsSent(Exception):
    """The server had the whole mail and did not say what it made of it."""


class _Conversation(smtplib.SMTP):
    """As smtplib's; it tells a mail that may have been taken from one that was not.

    `until` is when the mail must have been handed over, by the monotonic clock.
    """

    until = float("inf")

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand the text over, or hang up when the time is over, however slow the server is."""
        seconds_left = self.until - time.monotonic()
        if seconds_left <= 0:
            raise TimeoutError("the mail server took too long")
        clock = threading.Timer(seconds_left, self._hang_up)
        clock.start()
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            raise PerhapsSent from error
        finally:
            clock.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


class _SecretConversation(_Conversation, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


class MailServer:
    """The server that takes our mail, as AGELENS_SMTP_URL names it."""

    def __init__(self, url: str) -> None:
        """Nothing is connected before the first mail."""
        parts = urlsplit(url)
        self._scheme = parts.scheme
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail over.

        Raises
        ------
        smtplib.SMTPException, OSError
            If the server is away, or does not take it.
        PerhapsSent
            If it went away with the mail.
        """
        until = time.monotonic() + LONGEST_SENDING_SECONDS
        server = self._connected()
        server.until = until
        try:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(mail)
        finally:
            with suppress(OSError):  # how it says goodbye changes nothing about the mail
                server.quit()
            server.close()

    def _connected(self) -> _Conversation:
        seconds = ANSWERS_WITHIN_SECONDS
        if self._scheme == "smtps":
            trusted = ssl.create_default_context()
            return _SecretConversation(self._host, self._port, timeout=seconds, context=trusted)
        server = _Conversation(self._host, self._port, timeout=seconds)
        if self._scheme == "smtp":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def send_due(sessions: Sessions, settings: Settings) -> int:
    """Send the mails that are due, one after the other; how many were sent.

    The first one that the server does not take now ends the round: the next would not fare better.
    One that it may have taken is not sent again, so that nobody's mailbox is filled by retries; whoever
    got none asks again.
    """
    server, n_sent = MailServer(settings.smtp_url or ""), 0
    while True:
        with sessions.begin() as session:
            mail = password_changes.next_mail(session)
        if mail is None:
            return n_sent
        link = f"{settings.web_origin}/reset/{quote(mail.secret)}"
        try:
            sender = settings.mail_from or ""
            server.send(compose(mail.email, link, sender=sender, language=mail.language))
            n_sent += 1
        except (PerhapsSent, ValueError) as error:  # ValueError: an address that no mail can have
            log.warning("mail given up", error=type(error).__name__)
        except (smtplib.SMTPException, OSError) as error:
            if not _is_refused_for_good(error, mail.email):
                log.warning("mail postponed", error=type(error).__name__)
                with sessions.begin() as session:
                    password_changes.postpone_mail(session, mail)
                return n_sent
            log.warning("mail refused", error=type(error).__name__)
        with sessions.begin() as session:
            password_changes.mail_is_done(session, mail)


def start(
    sessions: Callable[[], Sessions], settings: Settings, stopped: threading.Event
) -> threading.Thread | None:
    """Send what is due from now on, until stopped; None where no mail server is set."""
    if settings.smtp_url is None:
        return None
    thread = threading.Thread(
        target=_send_until, args=(sessions, settings, stopped), name="mail", daemon=True
    )
    thread.start()
    return thread


def _send_until(
    sessions: Callable[[], Sessions], settings: Settings, stopped: threading.Event
) -> None:
    while not stopped.is_set():
        try:
            if n_sent := send_due(sessions(), settings):
                log.info("mail sent", mails=n_sent)
        except SQLAlchemyError as error:  # the database is away; its sweeps tell the rest
            log.warning("mail postponed", error=type(error).__name__)
        stopped.wait(settings.sweep_seconds)


def _is_refused_for_good(error: Exception, address: str) -> bool:
    """Whether the server knows that nobody has this address, or cannot write it at all."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return not address.isascii()
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= REFUSED_FOR_GOOD for code, _ in error.recipients.values())
