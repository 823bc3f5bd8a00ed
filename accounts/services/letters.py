"""Letters: plain text in plain words."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string


def send_letter(name: str, *, to: str, path: str, **words: Any) -> None:
    """Send one letter, `<name>.txt`: its first line is the subject. `path` is where its link leads on the site.

    Raises OSError, or SMTPException as one, where the mail server doesn't take it.
    """
    calm = {key: " ".join(word.split()) if isinstance(word, str) else word for key, word in words.items()}
    link = settings.SITE_URL.rstrip("/") + path
    subject, _, text = render_to_string(f"{name}.txt", calm | {"link": link, "to": to}).partition("\n")
    EmailMessage(subject.strip(), text.strip() + "\n", to=[to]).send()
