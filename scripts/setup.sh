#!/bin/sh
# Makes the virtual environment and installs what requirements.lock names, each file by its hash.
set -u
python=$1
venv=$2

fail() {
    echo "set-up failed: $1" >&2
    exit 1
}

command -v "$python" >/dev/null || fail "$python is missing; install Python 3.11 or newer, or set PYTHON=…"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || fail "$python is older than 3.11; set PYTHON=… to a newer one"

echo "[1/5] virtual environment in $venv"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" \
    || fail "no virtual environment; on Debian install python3-venv"

echo "[2/5] uv, the installer"
"$venv/bin/pip" install --quiet --disable-pip-version-check "uv>=0.8" \
    || fail "pip cannot reach a package index; check the network or pip's settings"

# uv does not read pip's settings, so an index or a certificate set there is handed on
index=$("$venv/bin/pip" config get global.index-url 2>/dev/null)
cert=$("$venv/bin/pip" config get global.cert 2>/dev/null)
[ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}" ] && export UV_DEFAULT_INDEX="$index"
[ -n "$cert" ] && [ -z "${SSL_CERT_FILE:-}" ] && export SSL_CERT_FILE="$cert"

echo "[3/5] packages of requirements.lock"
"$venv/bin/uv" pip install --python "$venv/bin/python" --require-hashes -r requirements.lock \
    || fail "a package could not be installed; the line above says which"

echo "[4/5] the workbench itself"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps -e . \
    || fail "the project could not be installed; the line above says why"

# its migrations take 15 seconds of CPU, which every first start on a new data folder would spend
echo "[5/5] an empty database for Prefect"
empty=$(cd "$venv" && pwd)/prefect
rm -rf "$empty"
PREFECT_HOME="$empty" "$venv/bin/prefect" server database upgrade --yes >/dev/null \
    || fail "Prefect could not make its database; the lines above say why"
