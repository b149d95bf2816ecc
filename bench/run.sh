#!/bin/sh
# Run the benchmark, in environments of its own: bench/.venv with the peers, and bench/.venv-niquests,
# because niquests replaces urllib3. They are made at the first call and renewed when a requirements file
# or pyproject.toml changed. What cannot be installed is named here and again in the tables.
#
#     bench/run.sh [--quick] [--rounds N] [--write] [get async threads bulk head import server]
#
# PYTHON chooses the interpreter (3.11 or later; without it, the newest there is).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")

# install ENVIRONMENT REQUIREMENT...: quietly; what pip said is kept in the environment's pip.log
install() {
    venv=$1
    shift
    "$venv/bin/python" -m pip install --disable-pip-version-check --quiet "$@" >>"$venv/pip.log" 2>&1
}

# prepare ENVIRONMENT REQUIREMENTS: make or renew one environment
prepare() {
    venv=$1
    requirements=$2
    stamp=$(cat "$requirements" "$root/pyproject.toml" 2>/dev/null | cksum)
    if [ -f "$venv/stamp" ] && [ "$(cat "$venv/stamp")" = "$stamp" ]; then
        return
    fi
    echo "bench/run.sh: preparing $(basename "$venv") (once)" >&2
    if ! "$venv/bin/python" -c '' 2>/dev/null; then
        python=${PYTHON:-$(sh "$root/tools/find_python.sh")}
        "$python" -m venv --clear "$venv"
    fi
    : >"$venv/pip.log"
    if ! install "$venv" -r "$requirements"; then
        grep -v '^ *#' "$requirements" | grep . | while read -r name; do
            install "$venv" "$name" || echo "bench/run.sh: $name cannot be installed (see $(basename "$venv")/pip.log)" >&2
        done
    fi
    if ! install "$venv" -e "$root"; then
        echo "bench/run.sh: wirekit cannot be installed (see $(basename "$venv")/pip.log)" >&2
        return
    fi
    echo "$stamp" >"$venv/stamp"
}

prepare "$here/.venv" "$here/requirements.txt"
prepare "$here/.venv-niquests" "$here/requirements-niquests.txt"
# Installed packages come with byte code; an editable one must be compiled to be measured like them.
unset PYTHONDONTWRITEBYTECODE
"$here/.venv/bin/python" -m compileall -q "$root/src/wirekit"
cd "$root"
exec "$here/.venv/bin/python" -m bench.run "$@"
