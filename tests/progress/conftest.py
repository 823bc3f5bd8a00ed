"""Random examples are judged by their result: a busy machine must not fail one for being slow."""

from hypothesis import settings

settings.register_profile("progress", deadline=None)
settings.load_profile("progress")
