"""Reports errors to Sentry where SENTRY_DSN says so: what failed and where, never who or with which values."""

from typing import Any

import sentry_sdk

from config.masking import masked

KEPT_OF_A_REQUEST = ("method", "url")


def start(dsn: str, *, release: str, environment: str) -> None:
    """Report from now on. Called by the settings, so that every process does."""
    sentry_sdk.init(
        dsn=dsn,
        release=release or None,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0,
        before_send=without_people,
    )


def without_people(event: Any, hint: dict[str, Any]) -> Any:
    """Leave out whatever a person typed or is known by, and mask the rest."""
    for name in ("user", "extra", "server_name"):
        event.pop(name, None)
    asked = event.get("request")
    if asked is not None:
        event["request"] = {name: masked(asked[name]) for name in KEPT_OF_A_REQUEST if name in asked}
    for fault in event.get("exception", {}).get("values", []):
        fault["value"] = masked(str(fault.get("value") or ""))
    if "transaction" in event:
        event["transaction"] = masked(event["transaction"])
    message = event.get("logentry")
    if message is not None:
        event["logentry"] = {"message": masked(str(message.get("formatted") or message.get("message") or ""))}
    return event
