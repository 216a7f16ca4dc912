"""What holds for every test."""

from hypothesis import settings

# how long an example takes says something about the machine, not about the code
settings.register_profile("floodgate", deadline=None)
settings.load_profile("floodgate")
