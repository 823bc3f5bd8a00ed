"""From a valid form to a service, and back to the form with what the service refuses."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from accounts import services


def applied(form: Any, deed: Callable[[], object]) -> bool:
    """Whether the form holds and the deed was done; what a service refuses stands at the form's fields afterwards.

    The form has `explain`, `refuse` or `overlap` for the errors that its service may raise.
    """
    if not form.is_valid():
        return False
    try:
        deed()
    except services.ChangedMeanwhile as error:
        form.explain(error)
    except services.SpansOverlap as error:
        form.overlap(error)
    except ValidationError as error:
        form.refuse(error)
    return not form.errors
