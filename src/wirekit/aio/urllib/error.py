"""The one `wirekit.urllib.error`: it never waits, so both trees share the same object."""

import sys

from wirekit.urllib import error
from wirekit.urllib.error import *  # noqa: F403 - for type checkers; at run time the next line stands for all

sys.modules[__name__] = error
