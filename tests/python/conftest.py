"""Every test compiles what it runs: nothing comes from the object code of earlier runs, and nothing
that is compiled runs as the plain function because that is faster.

The examples that hypothesis draws are the same in every run; HYPOTHESIS_PROFILE=default draws new
ones, as `make fuzz` does.
"""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

os.environ["BRAZE_CACHE"] = "off"
os.environ["BRAZE_REGULATE"] = "off"
