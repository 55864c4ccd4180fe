#!/usr/bin/env bash
# Gives a Debian machine the programs of others that the tests want: cosign checks signatures, skopeo and crane read
# bundles, git-lfs fetches what wheels of repositories hold. Does nothing where they are there.
# Debian has cosign and crane from forky on: an older release gets forky as a source for what is asked for by name.
set -euo pipefail
missing=()
for program in cosign crane git-lfs skopeo; do command -v $program >/dev/null || missing+=($program); done
[ ${#missing[@]} -gt 0 ] || exit 0
skip() { echo "${missing[*]}: not installed ($1); their tests are skipped" >&2; exit 0; }
[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || skip "needs root and apt"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
if ! apt-cache show "${missing[@]}" >/dev/null 2>&1; then
  uri=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    grep -E '^(URIs:|deb )' | grep -oE '[a-z+]+:/[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
  [ -n "$uri" ] || skip "no Debian archive in /etc/apt"
  printf 'Types: deb\nURIs: %s\nSuites: forky\nComponents: main\nSigned-By: %s\n' \
    "${uri%/}" /usr/share/keyrings/debian-archive-keyring.gpg >/etc/apt/sources.list.d/image-tools.sources
  printf 'Package: *\nPin: release n=forky\nPin-Priority: 1\n' >/etc/apt/preferences.d/00-image-tools
  apt-get update -qq
fi
plan=$(apt-get install -s --no-install-recommends "${missing[@]}" 2>&1) || skip "${plan##*$'\n'}"
if grep -qE '^Inst (libc6|libc-bin) ' <<<"$plan"; then skip "that would replace libc"; fi
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
