"""The one `wirekit.urllib.parse`: it never waits, so both trees share the same object."""

import sys

from wirekit.urllib import parse
from wirekit.urllib.parse import *  # noqa: F403 - for type checkers; at run time the next line stands for all

sys.modules[__name__] = parse
