#!/usr/bin/env bash
# Gives a Debian or Ubuntu machine the registry that the tests start themselves; does nothing where it is there.
# Nothing is started: a service that the package brings is switched off again.
set -euo pipefail
if command -v docker-registry >/dev/null && command -v openssl >/dev/null; then exit 0; fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "docker-registry: not installed (needs root and apt); its tests are skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 docker-registry openssl >/dev/null
if [ -d /run/systemd/system ]; then systemctl disable --quiet --now docker-registry; fi
