#!/bin/sh
# Prints the path of a Chromium: one that is here, else Debian's (as root), else Playwright's own.
set -u
bin=$1

for name in chromium chromium-browser google-chrome; do
    if path=$(command -v "$name"); then
        echo "$path"
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian's chromium" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 \
        && command -v chromium && exit 0
fi

echo "downloading Playwright's Chromium" >&2
"$bin/python" -m playwright install chromium >&2 \
    || { echo "no browser: install chromium, then run make test again" >&2; exit 1; }
"$bin/python" -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
'
