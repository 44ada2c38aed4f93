"""The mail with a link that sets a forgotten password, in the languages of the web app."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from agelens.languages import SOURCE

# Not in the catalogues, which are those of pages and charts: nobody reads these on a page.
SUBJECTS = {
    "en": "Set a new password for AgeLens",
    "ru": "Новый пароль для AgeLens",
    "de": "Neues Passwort für AgeLens",
}
LETTERS = {
    "en": """Hello,

somebody, probably you, asked for a new password for your AgeLens account. Set it here:

{link}

The link works once, for one hour. Setting a new password logs you out on all devices and revokes
your personal tokens.

If you did not ask for this, ignore this mail. Your password stays as it is.
""",
    "ru": """Здравствуйте!

Кто-то (вероятно, вы) запросил новый пароль для вашей учётной записи AgeLens. Задать его можно здесь:

{link}

Ссылка действует один час и сработает один раз. После смены пароля все устройства выйдут из учётной
записи, а личные токены перестанут действовать.

Если вы ничего не запрашивали, не отвечайте на это письмо: пароль останется прежним.
""",
    "de": """Guten Tag,

jemand, vermutlich Sie, hat ein neues Passwort für Ihr AgeLens-Konto angefordert. Hier legen Sie es
fest:

{link}

Der Link gilt eine Stunde und nur einmal. Mit dem neuen Passwort werden Sie auf allen Geräten
abgemeldet, und Ihre persönlichen Tokens verlieren ihre Gültigkeit.

Wenn Sie nichts angefordert haben, ignorieren Sie diese E-Mail. Ihr Passwort bleibt, wie es ist.
""",
}


def compose(recipient: str, link: str, *, sender: str, language: str) -> EmailMessage:
    """The whole mail."""
    mail_language = language if language in LETTERS else SOURCE
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = SUBJECTS[mail_language]
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("> "))
    mail["Auto-Submitted"] = "auto-generated"  # so that nobody's holiday answers it
    mail.set_content(LETTERS[mail_language].format(link=link))
    mail["Content-Language"] = mail_language  # set_content would take it away
    return mail
