"""A kernel's first call compiles it: no example is timed."""

from hypothesis import settings

settings.register_profile("statistics", deadline=None)
settings.load_profile("statistics")
