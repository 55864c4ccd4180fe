#!/usr/bin/env bash
# Gives a Debian machine the cosign program that the tests of signatures need; does nothing where it is there.
# Debian has it from forky on: an older release gets forky as a source for what is asked for by name, nothing else.
set -euo pipefail
if command -v cosign >/dev/null; then exit 0; fi
skip() { echo "cosign: not installed ($1); its tests are skipped" >&2; exit 0; }
[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || skip "needs root and apt"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
if ! apt-cache show cosign >/dev/null 2>&1; then
  uri=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -E '^(URIs:|deb )' | grep -oE '[a-z+]+:/[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
  [ -n "$uri" ] || skip "no Debian archive in /etc/apt"
  printf 'Types: deb\nURIs: %s\nSuites: forky\nComponents: main\nSigned-By: %s\n' \
    "${uri%/}" /usr/share/keyrings/debian-archive-keyring.gpg >/etc/apt/sources.list.d/cosign.sources
  printf 'Package: *\nPin: release n=forky\nPin-Priority: 1\n' >/etc/apt/preferences.d/00-cosign
  apt-get update -qq
fi
plan=$(apt-get install -s --no-install-recommends cosign 2>&1) || skip "${plan##*$'\n'}"
if grep -qE '^Inst (libc6|libc-bin) ' <<<"$plan"; then skip "that would replace libc"; fi
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 cosign >/dev/null
