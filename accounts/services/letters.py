"""Letters: plain text in plain words, some with the same in HTML."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send_letter(name: str, *, to: str, path: str, html: bool = False, **words: Any) -> None:
    """Send one letter, `<name>.txt`: its first line is the subject. `path` is where its link leads on the site.

    With `html` the letter has `<name>.html` beside the text. Both know the site's own address as `site`. Raises
    OSError, or SMTPException as one, where the mail server doesn't take it.
    """
    calm = {key: " ".join(word.split()) if isinstance(word, str) else word for key, word in words.items()}
    site = settings.SITE_URL.rstrip("/")
    context = calm | {"site": site, "link": site + path, "to": to}
    subject, _, text = render_to_string(f"{name}.txt", context).partition("\n")
    letter = EmailMultiAlternatives(subject.strip(), text.strip() + "\n", to=[to])
    if html:
        letter.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    letter.send()
