#!/bin/sh
# Sees that glewlwyd is here, the OpenID Connect server of tests/oidc: Debian's own.
set -u
packages="glewlwyd dbconfig-sqlite3"
policy=/usr/sbin/policy-rc.d

is_there() {
    command -v glewlwyd && [ -r /usr/share/dbconfig-common/data/glewlwyd/install/sqlite3 ]
}

# tests start their own; the package's would listen everywhere, with a password that everybody knows
start_nothing_now() {
    [ -e "$policy" ] && return
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
}

nor_at_the_next_boot() {
    mkdir -p /etc/systemd/system && ln -sf /dev/null /etc/systemd/system/glewlwyd.service
    command -v update-rc.d && update-rc.d glewlwyd disable
}

is_there >/dev/null 2>&1 && exit 0

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null \
    || { echo "no glewlwyd: as root on Debian run sh scripts/oidc.sh, which installs $packages" >&2; exit 1; }

echo "installing Debian's $packages"
start_nothing_now
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # several words are meant
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >/dev/null 2>&1
is_there >/dev/null 2>&1 || { echo "apt-get could not install $packages; run it by hand to see why" >&2; exit 1; }
nor_at_the_next_boot >/dev/null 2>&1
exit 0
