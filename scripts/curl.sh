#!/bin/sh
# Sees that curl and openssl are here for the test of docs/quickstart-curl.md.
set -u

is_there() {
    command -v curl && command -v openssl
}

is_there >/dev/null 2>&1 && exit 0

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null \
    || { echo "no curl or openssl: install them, then run this again" >&2; exit 1; }

echo "installing Debian's curl and openssl"
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends curl openssl; } >/dev/null 2>&1
is_there >/dev/null 2>&1 || { echo "apt-get could not install curl and openssl" >&2; exit 1; }
