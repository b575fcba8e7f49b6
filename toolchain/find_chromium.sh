#!/bin/sh
# Sees to it that there is a Chromium for the browser tests: an installed one, Debian's package, or Playwright's own.
# The argument is the playwright command. Fails with a sentence when none can be had.
playwright=$1
for name in "$CHROMIUM" chromium-headless-shell chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
for found in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium*; do
    if [ -d "$found" ]; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ -r /etc/debian_version ]; then
    if [ "$(id -u)" = 0 ]; then as_root=; else as_root="sudo -n"; fi
    echo "No Chromium found: installing Debian's package"
    if $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        command -v chromium >/dev/null 2>&1 && exit 0
    fi
fi
echo "No Chromium found: asking Playwright for its own"
"$playwright" install chromium && exit 0
echo "No Chromium can be had: install one and name it in CHROMIUM=/path/to/chromium. The browser tests cannot run." >&2
exit 1
