"""``python -m wirekit``: the same as the command ``wirekit``."""

import sys

from wirekit._cli import main

if __name__ == "__main__":
    sys.exit(main())
