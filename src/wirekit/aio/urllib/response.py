"""The one `wirekit.urllib.response`: it never waits, so both trees share the same object."""

import sys

from wirekit.urllib import response
from wirekit.urllib.response import *  # noqa: F403 - for type checkers; at run time the next line stands for all

sys.modules[__name__] = response
