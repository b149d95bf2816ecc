#!/bin/sh
# Print the path of a usable CPython, 3.11 or newer, that can make virtual environments.
#
#   tools/find_python.sh            the newest on this machine
#   tools/find_python.sh oldest     the oldest that wirekit promises to run on
#   tools/find_python.sh all        each minor version once, oldest first
#
# A candidate counts when it runs, not when it exists: pyenv's shims stand in PATH for versions that refuse to start,
# and Debian's python3 may come without ensurepip. Exit code 1 when there is none.

set -u

candidates() {
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        command -v "$name" 2>/dev/null
    done
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
        for path in "$root"/versions/*/bin/python3; do
            [ -x "$path" ] && echo "$path"
        done
    done
}

# Major, minor, micro and path of each candidate that is fit, e.g. "3 13 0 /usr/bin/python3.13".
usable() {
    candidates | while IFS= read -r path; do
        found=$("$path" -c '
import sys, venv, ensurepip
v = sys.version_info
if v >= (3, 11) and v.releaselevel == "final" and sys.implementation.name == "cpython":
    print(v.major, v.minor, v.micro, sys.executable)
' </dev/null 2>/dev/null) && [ -n "$found" ] && echo "$found"
    done
}

# The newest micro version of each minor one, oldest minor first.
all() {
    usable | sort -k1,1n -k2,2n -k3,3nr | awk '!seen[$1 "." $2]++' | cut -d' ' -f4-
}

case "${1:-newest}" in
    newest) found=$(all | tail -n 1) ;;
    oldest) found=$(all | head -n 1) ;;
    all) found=$(all) ;;
    *) echo "usage: $0 [newest|oldest|all]" >&2; exit 2 ;;
esac

if [ -z "$found" ]; then
    echo "no CPython 3.11 or newer with venv and ensurepip found; name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi
echo "$found"
