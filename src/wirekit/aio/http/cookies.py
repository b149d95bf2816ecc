"""The one `wirekit.http.cookies`: it never waits, so both trees share the same object."""

import sys

from wirekit.http import cookies
from wirekit.http.cookies import *  # noqa: F403 - for type checkers; at run time the next line stands for all

sys.modules[__name__] = cookies
