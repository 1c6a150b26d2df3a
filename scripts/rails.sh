#!/bin/sh
# Sees that Ruby and Rails are here for tests/rails: Debian's own, and nothing from a gem registry.
set -u
packages="ruby bundler ruby-rails ruby-sqlite3 puma"

is_there() {
    command -v ruby && command -v rails && command -v bundle && command -v puma \
        && ruby -e 'require "sqlite3"'
}

is_there >/dev/null 2>&1 && exit 0

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null \
    || { echo "no Rails: as root on Debian run apt-get install --no-install-recommends $packages" >&2; exit 1; }

echo "installing Debian's $packages"
# shellcheck disable=SC2086  # several words are meant
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >/dev/null 2>&1 \
    || { echo "no Rails: apt-get could not install $packages; run it by hand to see why" >&2; exit 1; }
