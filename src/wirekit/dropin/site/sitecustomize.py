"""Begin a Python child as its parent did (wirekit.dropin), then do what the next sitecustomize on the path does.

Python imports this by its name when it starts, because its directory stands in PYTHONPATH. It must not fail, and must
leave no trace of its own in sys.path: a child that cannot import wirekit runs as if nothing had been asked for.
"""

import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

_HERE = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 - pathlib costs every start 5 ms


def _install() -> None:
    profile = os.environ.get("WIREKIT_DROPIN")
    if not profile or sys.version_info < (3, 11):
        return
    try:
        from wirekit import dropin  # may be missing in a child's environment
    except ImportError:
        return
    dropin.install(safe=profile == "safe")
    if os.environ.get(dropin.REPORT):
        from wirekit.dropin import report  # for this alone

        report.begin()


def _go_on() -> None:
    spec = PathFinder.find_spec("sitecustomize")
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


sys.path[:] = [path for path in sys.path if not path or os.path.realpath(path) != _HERE]
_install()
_go_on()
