#!/usr/bin/env bash
# Gives a Debian machine the browser that the tests of the report's page open it in; does nothing where it is there.
set -euo pipefail
if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then exit 0; fi
skip() { echo "chromium: not installed ($1); its tests are skipped" >&2; exit 0; }
[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || skip "needs root and apt"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 chromium chromium-driver fonts-dejavu-core >/dev/null ||
  skip "apt could not"
