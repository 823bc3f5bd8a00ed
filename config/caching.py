"""The cache that rate limits count in: Redis, and this process's own memory while Redis is away.

Source: docs/adr/0071-without-redis.md.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: How long Redis is left alone after it didn't answer, in seconds, so that not every page waits for it.
LEFT_ALONE = 5.0
_silent_since = float("-inf")  # one Redis a process, whatever the number of threads


class ForgivingCache(RedisCache):
    """Never fails. While Redis doesn't answer each process counts by itself: limits are looser then, but they hold."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
        super().__init__(server, params | {"OPTIONS": patience | params.get("OPTIONS", {})})
        self._own = LocMemCache("without-redis", params | {"OPTIONS": {}})

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        global _silent_since  # noqa: PLW0603 - one Redis a process
        if time.monotonic() - _silent_since >= LEFT_ALONE:
            method: Callable[..., Any] = getattr(super(), name)
            try:
                return method(*args, **kwargs)
            except (RedisError, OSError) as error:
                _silent_since = time.monotonic()
                logger.warning("Redis doesn't answer; rate limits count in each process by itself: %s", error)
        return getattr(self._own, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._either("clear")
