"""What a fuzz target does when it is run as a program: `python tests/fuzz/target_X.py [--require] [libFuzzer options]`.

A target is a module with `SEEDS` and a function `check(data: bytes)` that lets nothing out but defects. Inputs that
reach new code are kept in tests/fuzz/corpus; one that crashes becomes a test in tests/wire. Where atheris is not
installed this says so, and is a failure only with --require.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(target: str) -> int:
    """Fuzz with one target, named by its path; return the exit code, or leave as libFuzzer does."""
    required = "--require" in sys.argv
    options = [option for option in sys.argv[1:] if option != "--require"]
    name = Path(target).stem
    try:
        import atheris  # has no wheel for every Python
    except ImportError as error:
        print(f"not fuzzed: {name}: no atheris for this Python ({error})", file=sys.stderr)
        return 1 if required else 0
    for loaded in [module for module in sys.modules if module.partition(".")[0] == "wirekit"]:
        del sys.modules[loaded]  # to be loaded again, watched this time
    with atheris.instrument_imports(include=["wirekit"]):
        module = importlib.import_module(f"tests.fuzz.{name}")
    corpus = HERE / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(module.SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *options, str(corpus)], module.check)
    atheris.Fuzz()
    return 0
