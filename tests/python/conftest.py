"""Every test compiles what it runs: nothing comes from the object code of earlier runs."""

import os

os.environ["BRAZE_CACHE"] = "off"
