#!/usr/bin/env bash
# Fetches what the browser tests need and this machine lacks: Chromium and its driver by apt, and
# the accessibility checker axe-core from the npm registry, one fixed release, into target/axe.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSION=4.14.1
SHA256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745

missing=()
command -v chromedriver >/dev/null || missing+=(chromium-driver)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
if ((${#missing[@]})); then
  apt-get update -qq
  apt-get install -y -qq "${missing[@]}"
fi

if ! test -f target/axe/package/axe.min.js; then
  mkdir -p target/axe
  url="https://registry.npmjs.org/axe-core/-/axe-core-$VERSION.tgz"
  if command -v curl >/dev/null; then curl -sSfL "$url" -o target/axe/axe.tgz
  else python3 -c 'import sys, urllib.request as r; r.urlretrieve(*sys.argv[1:])' "$url" target/axe/axe.tgz
  fi
  echo "$SHA256  target/axe/axe.tgz" | sha256sum --check --quiet
  tar -xzf target/axe/axe.tgz -C target/axe
fi
