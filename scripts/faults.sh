#!/bin/sh
# Sees that what tests/faults breaks disks and clocks with is here, from Debian's packages.
set -u
packages="fuse3 strace faketime"

is_there() {
    command -v fusermount3 && command -v strace && command -v faketime && [ -e /dev/fuse ]
}

is_there >/dev/null 2>&1 && exit 0

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null \
    || { echo "as root on Debian run apt-get install --no-install-recommends $packages" >&2; exit 1; }

echo "installing Debian's $packages"
# shellcheck disable=SC2086  # several words are meant
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >/dev/null 2>&1
is_there >/dev/null 2>&1 \
    || { echo "apt-get could not install $packages, or there is no /dev/fuse" >&2; exit 1; }
