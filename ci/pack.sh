#!/bin/sh
# Packs the two programs as ci/install.sh expects them: pack.sh BUILT VERSION MACHINE DIST
set -eu
[ $# -eq 4 ] || { echo "pack: say pack.sh BUILT VERSION MACHINE DIST" >&2; exit 2; }
archive=tenn-$2-$3.tar.gz
mkdir -p "$4"
tar -czf "$4/$archive" -C "$1" mock-server conformance
cd "$4"
if command -v sha256sum >/dev/null; then sha256sum "$archive" >"$archive.sha256"
else shasum -a 256 "$archive" >"$archive.sha256"; fi
