#!/bin/sh
# Puts mock-server and conformance into a directory: the released binaries where there are some for
# this machine, and otherwise built from the same tag.
#
#   TENN_REPOSITORY  owner/name of this repository on GitHub (needed)
#   TENN_VERSION     a version such as 0.1.0 (needed: a pipeline must not change by itself)
#   TENN_BIN         where the programs go; ./tenn-bin when left out
#   TENN_RELEASES    where releases are downloaded from, if not from GitHub
set -eu

say() { echo "install: $*" >&2; }
need() { eval "value=\${$1:-}"; [ -n "$value" ] || { say "set $1: $2"; exit 2; }; }
need TENN_REPOSITORY "owner/name of the repository with the releases"
need TENN_VERSION "the version to install, such as 0.1.0"

version=${TENN_VERSION#v}
bin=${TENN_BIN:-./tenn-bin}
releases=${TENN_RELEASES:-https://github.com/$TENN_REPOSITORY/releases/download}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) machine=x86_64-unknown-linux-gnu ;;
  Linux-aarch64 | Linux-arm64) machine=aarch64-unknown-linux-gnu ;;
  Darwin-arm64) machine=aarch64-apple-darwin ;;
  Darwin-x86_64) machine=x86_64-apple-darwin ;;
  *) machine= ;;
esac

checksum() {
  if command -v sha256sum >/dev/null; then sha256sum -c "$1" >/dev/null
  else shasum -a 256 -c "$1" >/dev/null; fi
}

download() {
  [ -n "$machine" ] || { say "no release is built for $(uname -sm)"; return 1; }
  archive=tenn-$version-$machine.tar.gz
  for file in "$archive" "$archive.sha256"; do
    curl -fsSL --retry 3 -o "$work/$file" "$releases/v$version/$file" \
      || { say "$releases/v$version/$file cannot be had"; return 1; }
  done
  # What was altered on its way is never run, and nothing else is tried in its place.
  (cd "$work" && checksum "$archive.sha256") \
    || { say "$archive does not match its checksum; nothing was installed"; exit 1; }
  tar -xzf "$work/$archive" -C "$bin"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$bin"
if ! download; then
  command -v cargo >/dev/null || { say "and there is no cargo to build it with"; exit 1; }
  say "building version $version with cargo"
  cargo install --locked --git "https://github.com/$TENN_REPOSITORY" --tag "v$version" \
    --root "$work/built" mock-server conformance
  cp "$work/built/bin/mock-server" "$work/built/bin/conformance" "$bin/"
fi
say "mock-server and conformance $version are in $bin"
