#!/usr/bin/env bash
# Makes a small Python root file system from Debian's packages, as a tar: no registry, no shell history.
# usage: base-rootfs.sh SUITE OUT.tar [ARCH]      bookworm = Python 3.11, trixie = 3.13, forky = 3.14; ARCH: arm64 where it is not this machine's
# The same package versions and SOURCE_DATE_EPOCH give the same bytes. Needs root, mmdebstrap, dpkg-deb.
set -euo pipefail
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1700000000} LC_ALL=C
[ $# -eq 2 ] || [ $# -eq 3 ] || { sed -n '2,5p' "$0" >&2; exit 2; }
suite=$1 out=$(realpath -m "$2") arch=${3:-}
umask 022
tmp=$(mktemp -d)
chmod 755 "$tmp" # the root's own mode becomes the image's
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root

uris() {
  cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | grep -E '^(URIs:|deb )' |
    grep -oE "[a-z+]+:/[^ ]+/$1/?( |\$)" | head -n 1 | tr -d ' ' || true
}
sources=("deb $(uris debian) $suite main")
security=$(uris debian-security)
if [ -n "$security" ] && [ "$suite" != forky ]; then sources+=("deb $security $suite-security main"); fi
packages=python3,libstdc++6,libgomp1,tzdata,netbase,ca-certificates,media-types,dash,coreutils,base-files,base-passwd
options=()
if [ -n "$arch" ]; then options+=("--architectures=$arch"); fi
if [ "$suite" = bookworm ]; then options+=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr); fi
# Scanners read the packages' control files where there is no dpkg database.
# shellcheck disable=SC2016
record='mkdir -p "$1/var/lib/dpkg/status.d"; for d in "$1"/var/cache/apt/archives/*.deb; do
  dpkg-deb -f "$d" >"$1/var/lib/dpkg/status.d/$(dpkg-deb -f "$d" Package)"; done'
mmdebstrap --quiet --variant=extract --format=directory --include="$packages" "${options[@]}" \
  --aptopt='Acquire::Check-Valid-Until "false"' --extract-hook="$record" "$suite" "$root" "${sources[@]}"

cd "$root"
rm -rf usr/share/{doc,man,info,locale,lintian,perl5,bug,gdb,bash-completion,doc-base,pixmaps,gcc,polkit-1,debconf} \
  usr/share/{dpkg,zsh,applications,debianutils} usr/lib/{valgrind,systemd} usr/lib/*/{gconv,perl-base} \
  usr/bin/{perl*,dpkg*,openssl,pdb3*,pydoc3*,pygettext3*,py3clean,py3compile,py3versions} \
  usr/lib/python3*/{test,idlelib,tkinter,turtledemo,ensurepip,turtle.py} usr/lib/python3.*/config-* \
  var/lib/apt var/cache/apt var/cache/ldconfig var/log/* \
  etc/{apt,hostname,resolv.conf,fstab,debconf.conf,cron.daily,logrotate.d,pam.d,init.d,kernel,default,alternatives} \
  etc/{update-motd.d,ca-certificates,ca-certificates.conf,dpkg,.pwd.lock,terminfo,profile.d,skel}
# Others depend on these, so their records stay; a step that asks for one is given it whole (planning/debian.py).
for package in debconf dpkg openssl; do echo "Ops0-Programs: removed" >>"var/lib/dpkg/status.d/$package"; done
# What the maintainer scripts would have made.
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 'ops0:x:65532:65532::/home/ops0:/usr/sbin/nologin' >>etc/passwd
echo 'ops0:x:65532:' >>etc/group
install -d -o 65532 -g 65532 home/ops0
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >etc/nsswitch.conf
mkdir -p etc/ssl/certs
find usr/share/ca-certificates -name '*.crt' | sort | xargs cat >etc/ssl/certs/ca-certificates.crt
ln -sf /usr/share/zoneinfo/Etc/UTC etc/localtime
[ -e usr/bin/sh ] || ln -s dash usr/bin/sh
ln -sf python3 usr/bin/python
if [ -z "$arch" ]; then # nothing of another machine can be run: foreign-base.Dockerfile compiles the library
  ldconfig -r .
  rm -rf var/cache/ldconfig
  chroot . /usr/bin/python3 -m compileall -q -f -j 0 --invalidation-mode unchecked-hash \
    "/usr/lib/$(readlink usr/bin/python3)" >/dev/null || true # a broken example file in the library is not ours
  chroot . /usr/bin/python3 -c 'import ctypes, hashlib, lzma, sqlite3, ssl, zlib' # what was taken away was not too much
fi
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --clamp-mtime --numeric-owner --exclude='./dev/*' -cf "$out" .
