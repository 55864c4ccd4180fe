#!/usr/bin/env bash
# Makes the local image ops0-base:X.Y from Debian's packages: same packages, same image, byte for byte.
# usage: base-image.sh [X.Y [ARCH]]      3.11 (default), 3.13 or 3.14; needs root, a Debian or Ubuntu host and a Docker Engine
# ARCH, as arm64, where it is not the engine's own: the image is ops0-base:X.Y-ARCH, made on ops0-base:X.Y, which must be there
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${1:-3.11} arch=${2:-}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1700000000} DEBIAN_FRONTEND=noninteractive
recipe=$here/Dockerfile.base # beside this script in an installed ops0, one folder up in a checkout
[ -e "$recipe" ] || recipe=$here/../Dockerfile.base

say() { printf 'base-image: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

case $python in
  3.11) suite=bookworm ;;
  3.13) suite=trixie ;;
  3.14) suite=forky ;;
  *) die "no Debian suite has Python $python (there are 3.11, 3.13, 3.14): name an image instead, as \`ops0 base --from\`" ;;
esac
if ! command -v mmdebstrap >/dev/null; then
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || die "mmdebstrap is missing: install it as root from Debian or Ubuntu"
  say "installing mmdebstrap"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
fi
[ "$(id -u)" -eq 0 ] || die "a root file system needs root to own its files: run this once with sudo"

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
say "making the root file system of $suite"
bash "$here/base-rootfs.sh" "$suite" "$context/rootfs.tar" ${arch:+"$arch"} >/dev/null # its own words are on stderr
exec 9>/run/ops0-base.lock # the engine refuses to store one image twice at once
flock -n 9 || { say "waiting for another base image to be made"; flock 9; }
say "building ops0-base:$python${arch:+-$arch}"
unused=() # docker would add the proxies of its config.json, and the builder keeps arguments, passwords included
for name in {all,ftp,http,https,no}_proxy; do unused+=(--build-arg "$name=" --build-arg "${name^^}="); done
if [ -n "$arch" ]; then
  foreign=$here/templates/foreign-base.Dockerfile
  [ -e "$foreign" ] || foreign=$here/../runtime_images/templates/foreign-base.Dockerfile
  docker buildx build --quiet --load --provenance=false --platform "linux/$arch" "${unused[@]}" \
    --build-context "native=docker-image://ops0-base:$python" --build-arg "ARCH=$arch" \
    --label "ops0.base.source=debian:$suite" --tag "ops0-base:$python-$arch" --file "$foreign" "$context"
  exit
fi
docker buildx build --quiet --load --provenance=false --build-arg BASE=rootfs "${unused[@]}" \
  --label "ops0.base.source=debian:$suite" --tag "ops0-base:$python" --file "$recipe" "$context"
