"""``python -m braze``, the same as ``braze``."""

from braze.cli.main import main

main()
