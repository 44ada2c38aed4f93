"""Mail with links for forgotten passwords, handed to a real SMTP server."""

import re
import smtplib
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from agelens.jobs import mail
from agelens.jobs.reset_mail import LETTERS
from agelens.services import password_changes
from agelens.services.password_changes import REQUEST_LIVES
from agelens.settings import Settings
from agelens.storage import PasswordReset, ResetRequest, User
from flask import Flask
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person, new_email
from mail_server import NOBODY, MailServer, certificate_in
from proxies import free_port
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

NEW = "a horse that is correct"
LINK = re.compile(r"^https://age\.example/reset/(\S+)\s*$", re.MULTILINE)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mailing(settings: Settings, server: MailServer) -> Settings:
    return with_mail(settings, f"smtp+plain://127.0.0.1:{server.port}")


def with_mail(settings: Settings, url: str) -> Settings:
    told = {"smtp_url": url, "mail_from": "AgeLens <no-reply@age.example>"}
    return settings.model_copy(update={**told, "web_url": "https://age.example/"})


@pytest.fixture(autouse=True)
def _only_own_requests(sessions: sessionmaker[Session]) -> Iterator[None]:
    yield
    with sessions.begin() as session:
        session.query(ResetRequest).delete()


@pytest.fixture
def ask(make_app: Callable[[Settings], Flask], mailing: Settings) -> Callable[..., None]:
    """Ask for a link, as the web app does."""
    http = make_app(mailing).test_client()

    def do(email: str, **more: str) -> None:
        body = {"email": email, **more}
        assert http.post("/api/auth/forgot-password", json=body).status_code == 204

    return do


def token_in(sent: EmailMessage) -> str:
    found = LINK.search(sent.get_content())
    assert found is not None, sent.get_content()
    return found[1]


def reset(who: Person, token: str) -> int:
    body = {"token": token, "password": NEW}
    return who.http.post("/api/auth/reset-password", json=body).status_code


def waiting(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(ResetRequest)) or 0


def make_due(sessions: sessionmaker[Session]) -> None:
    """As if the pause before the next attempt were over."""
    with sessions.begin() as session:
        session.execute(update(ResetRequest).values(next_attempt_at=func.clock_timestamp()))


def test_a_mail_brings_a_link_that_sets_a_new_password(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    one = person()
    ask(one.email.upper())
    assert server.mails == [], "a request waits for no mail server"
    assert mail.send_due(sessions, mailing) == 1
    (sent,) = server.mails
    assert (sent["To"], sent["From"]) == (one.email, "AgeLens <no-reply@age.example>")
    assert sent["Message-ID"].endswith("@age.example>")
    assert sent["Auto-Submitted"] == "auto-generated"
    assert reset(one, token_in(sent)) == 204
    login = {"email": one.email, "password": NEW}
    assert one.http.post("/api/auth/login", json=login).status_code == 200
    assert mail.send_due(sessions, mailing) == 0
    assert waiting(sessions) == 0


@pytest.mark.parametrize("language", LETTERS)
def test_the_mail_is_in_the_language_of_the_page(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
    language: str,
) -> None:
    ask(person().email, language=language)
    mail.send_due(sessions, mailing)
    (sent,) = server.mails
    assert sent["Content-Language"] == language
    assert sent.get_content().splitlines()[0] == LETTERS[language].splitlines()[0]
    assert token_in(sent)


def test_an_address_that_nobody_has_gets_no_mail(
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(new_email())
    assert mail.send_due(sessions, mailing) == 0
    assert (server.mails, waiting(sessions)) == ([], 0)


def test_a_server_that_is_away_for_a_while_delays_mail_and_loses_none(
    person: PersonFactory,
    ask: Callable[..., None],
    settings: Settings,
    sessions: sessionmaker[Session],
) -> None:
    people, port = [person(), person()], free_port()
    for one in people:
        ask(one.email)
    ours = with_mail(settings, f"smtp+plain://127.0.0.1:{port}")
    for _ in range(3):
        assert mail.send_due(sessions, ours) == 0
        make_due(sessions)
    assert waiting(sessions) == 2
    with MailServer(port=port) as server:
        server.is_busy = True
        assert mail.send_due(sessions, ours) == 0
        make_due(sessions)
        server.is_busy = False
        assert mail.send_due(sessions, ours) == 2
    assert {sent["To"] for sent in server.mails} == {one.email for one in people}
    assert waiting(sessions) == 0
    for sent in server.mails:
        (one,) = [one for one in people if one.email == sent["To"]]
        assert reset(one, token_in(sent)) == 204
        with sessions() as session:
            left = select(func.count()).where(PasswordReset.user_id == one_id(session, one))
            assert session.scalar(left) == 0, "links of attempts that failed are gone"


def one_id(session: Session, one: Person) -> object:
    one.token = one.http.post("/api/auth/login", json={"email": one.email, "password": NEW}).json[
        "access_token"
    ]
    return one.id()


def test_between_attempts_the_server_is_left_alone(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(person().email)
    server.is_busy = True
    assert mail.send_due(sessions, mailing) == 0
    server.is_busy = False
    assert mail.send_due(sessions, mailing) == 0
    assert server.mails == []
    with sessions() as session:
        request = session.scalars(select(ResetRequest)).one()
        pause = request.next_attempt_at - request.created_at
        assert timedelta(seconds=10) < pause < timedelta(seconds=60)


def test_a_recipient_that_the_server_refuses_for_good_holds_nobody_up(
    ask: Callable[..., None],
    person: PersonFactory,
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    one, other = person(), person()
    gone = f"{NOBODY}-{new_email()}"
    other.http.post("/api/auth/register", json={"email": gone, "password": PASSWORD})
    for email in (gone, one.email):
        ask(email)
    assert mail.send_due(sessions, mailing) == 1
    assert [sent["To"] for sent in server.mails] == [one.email]
    assert waiting(sessions) == 0


def test_a_mail_that_may_have_arrived_is_not_sent_again(
    ask: Callable[..., None],
    person: PersonFactory,
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    """A server that takes mails and never says so would fill a mailbox for a day."""
    one = person()
    ask(one.email)
    server.hangs_up = True
    assert mail.send_due(sessions, mailing) == 0
    make_due(sessions)
    assert mail.send_due(sessions, mailing) == 0
    assert waiting(sessions) == 0
    (sent,) = server.mails
    assert reset(one, token_in(sent)) == 204


def test_a_mail_is_sent_once_whatever_the_goodbye(
    ask: Callable[..., None],
    person: PersonFactory,
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(person().email)
    server.goodbye = "421 closing"
    assert mail.send_due(sessions, mailing) == 1
    assert (len(server.mails), waiting(sessions)) == (1, 0)


@pytest.mark.parametrize("kept", ["=?utf-8?q?=0a?=@{}.example", "jürgen@{}.example"])
def test_an_address_that_no_mail_can_have_holds_nobody_up(
    ask: Callable[..., None],
    person: PersonFactory,
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
    kept: str,
) -> None:
    """Whoever registered it before such addresses were refused; the server knows no SMTPUTF8."""
    one, odd = person(), kept.format(uuid.uuid4().hex)
    with sessions.begin() as session:
        session.add(User(id=uuid.uuid4(), email=odd, password_hash="none", role="user"))
        session.add(ResetRequest(id=uuid.uuid4(), email=odd, language="en"))
    ask(one.email)
    assert mail.send_due(sessions, mailing) == 1
    assert [sent["To"] for sent in server.mails] == [one.email]
    assert waiting(sessions) == 0


def test_a_request_of_yesterday_is_given_up(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(person().email)
    with sessions.begin() as session:
        before = ResetRequest.created_at - REQUEST_LIVES - timedelta(minutes=1)
        session.execute(update(ResetRequest).values(created_at=before))
    assert mail.send_due(sessions, mailing) == 0
    assert (server.mails, waiting(sessions)) == ([], 0)


def test_two_schedulers_send_a_mail_once(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    people = [person() for _ in range(8)]
    for one in people:
        ask(one.email)
    threads = [threading.Thread(target=mail.send_due, args=(sessions, mailing)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(sent["To"] for sent in server.mails) == sorted(one.email for one in people)


def test_a_slow_server_gets_a_mail_once_from_two_schedulers(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(person().email)
    server.lets_go.clear()
    slow = threading.Thread(target=mail.send_due, args=(sessions, mailing))
    slow.start()
    assert server.has_mail.wait(20)
    with sessions.begin() as session:  # as if the server had been silent for two minutes
        earlier = ResetRequest.next_attempt_at - timedelta(minutes=2)
        session.execute(update(ResetRequest).values(next_attempt_at=earlier))
    server.lets_go.set()
    assert mail.send_due(sessions, mailing) == 0
    slow.join(30)
    assert (len(server.mails), waiting(sessions)) == (1, 0)


def test_a_scheduler_that_died_while_sending_is_followed_by_another(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    ask(person().email)
    with sessions.begin() as session:
        claimed = password_changes.next_mail(session)
    assert claimed is not None
    assert mail.send_due(sessions, mailing) == 0
    make_due(sessions)  # its claim is over
    assert mail.send_due(sessions, mailing) == 1
    ask(person().email)
    with sessions.begin() as session:
        late = password_changes.next_mail(session)
    assert late is not None
    make_due(sessions)
    with sessions.begin() as session:
        now = password_changes.next_mail(session)
        assert now is not None
        password_changes.mail_is_done(session, late)  # which is not its business any more
    assert waiting(sessions) == 1


def test_nothing_is_handed_over_once_a_claim_is_over(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask(person().email)
    monkeypatch.setattr(mail, "LONGEST_SENDING_SECONDS", 0.0)
    assert mail.send_due(sessions, mailing) == 0
    assert (server.mails, waiting(sessions)) == ([], 1)
    monkeypatch.setattr(mail, "LONGEST_SENDING_SECONDS", 2.0)  # the server has it by then
    make_due(sessions)
    server.lets_go.clear()
    started = time.monotonic()
    assert mail.send_due(sessions, mailing) == 0
    server.lets_go.set()
    assert time.monotonic() - started < 15  # it hung up by itself
    assert waiting(sessions) == 0, "the server may have taken it"


def test_a_person_who_is_being_erased_is_not_waited_for(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    one, other = person(), person()
    for each in (one, other):
        ask(each.email)
    with sessions.begin() as session:
        query = select(User).where(User.email == one.email).with_for_update()
        user = session.scalars(query).one()  # as an erasure begins
        sending = threading.Thread(target=mail.send_due, args=(sessions, mailing))
        sending.start()
        sending.join(20)
        assert not sending.is_alive()
        assert [sent["To"] for sent in server.mails] == [other.email]
        password_changes.forget(session, user)  # as it ends
    assert waiting(sessions) == 0


def test_people_leave_while_their_mails_are_sent(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    stopped = threading.Event()

    def send() -> None:
        while not stopped.is_set():
            mail.send_due(sessions, mailing)

    senders = [threading.Thread(target=send) for _ in range(2)]
    for sender in senders:
        sender.start()
    try:
        for _ in range(6):
            one = person()
            for _ in range(3):
                ask(one.email)
            answer = one.delete("/api/auth/me", json={"password": PASSWORD})
            assert answer.status_code == 204, answer.text
    finally:
        stopped.set()
        for sender in senders:
            sender.join(30)
    assert mail.send_due(sessions, mailing) == 0
    assert waiting(sessions) == 0


def test_the_scheduler_sends_beside_its_sweeps_until_it_is_stopped(
    person: PersonFactory,
    ask: Callable[..., None],
    sessions: sessionmaker[Session],
    mailing: Settings,
    server: MailServer,
) -> None:
    stopped, one = threading.Event(), person()
    quick = mailing.model_copy(update={"sweep_seconds": 0.05})
    thread = mail.start(lambda: sessions, quick, stopped)
    assert thread is not None
    ask(one.email)
    deadline = time.monotonic() + 20
    while not server.mails and time.monotonic() < deadline:
        stopped.wait(0.02)
    stopped.set()
    thread.join(20)
    assert not thread.is_alive()
    assert [sent["To"] for sent in server.mails] == [one.email]
    assert (
        mail.start(lambda: sessions, mailing.model_copy(update={"smtp_url": None}), stopped) is None
    )


def test_over_tls_the_server_is_known_and_then_logged_in_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_in(tmp_path)
    letter = EmailMessage()
    letter["From"], letter["To"] = "a@age.example", "b@age.example"
    letter.set_content("hello")
    with MailServer(certificate=certificate) as server:
        url = f"smtp://us%40age.example:right@127.0.0.1:{server.port}"
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.MailServer(url).send(letter)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        mail.MailServer(url).send(letter)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            mail.MailServer(url.replace("right", "wrong")).send(letter)
    assert server.logins == [("us@age.example", "right"), ("us@age.example", "wrong")]
    assert len(server.mails) == 1


def test_nothing_is_sent_in_the_clear_unless_that_is_what_was_set(server: MailServer) -> None:
    """A server, or somebody between, that offers no STARTTLS gets neither password nor mail."""
    letter = EmailMessage()
    letter["From"], letter["To"] = "a@age.example", "b@age.example"
    with pytest.raises(smtplib.SMTPNotSupportedError):
        mail.MailServer(f"smtp://us:secret@127.0.0.1:{server.port}").send(letter)
    assert (server.mails, server.logins) == ([], [])
