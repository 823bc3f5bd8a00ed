"""Random examples are judged by their result: a busy machine must not fail one for being slow."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("progress", deadline=None)
# The same few examples for every mutant, and none made smaller: it is enough that one fails.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("progress")
