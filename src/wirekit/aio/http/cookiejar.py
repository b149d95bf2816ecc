"""The one `wirekit.http.cookiejar`: it never waits, so both trees share the same object."""

import sys

from wirekit.http import cookiejar
from wirekit.http.cookiejar import *  # noqa: F403 - for type checkers; at run time the next line stands for all

sys.modules[__name__] = cookiejar
