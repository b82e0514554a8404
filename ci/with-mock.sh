#!/bin/sh
# Runs a command beside a mock on free ports, tells it where the mock is, and stops the mock
# whatever happens. The exit code is the command's.
#
#   ci/with-mock.sh npm test
#
# The command finds MOCK_API, MOCK_AUTH, MOCK_IDENTITY, MOCK_CONTROL, MOCK_CA, MOCK_CLIENT_CERT,
# MOCK_CLIENT_KEY, MOCK_CLIENT_ID and MOCK_MERCHANT_ID in its environment.
#
#   MOCK_SERVER   the program; mock-server when left out
#   MOCK_OPTIONS  more options of mock-server serve, such as "--clock x20 --edition 2026-05"
#   MOCK_TRACE    where the mock's trace goes; out/mock-trace.jsonl when left out
#   MOCK_CERTS    where its certificates are; out/mock-certs when left out
set -eu

say() { echo "with-mock: $*" >&2; }
[ $# -gt 0 ] || { say "name the command to run, such as: with-mock.sh npm test"; exit 2; }
server=${MOCK_SERVER:-mock-server}
command -v "$server" >/dev/null || { say "there is no program $server; run install.sh first"; exit 2; }
trace=${MOCK_TRACE:-out/mock-trace.jsonl}
mkdir -p "$(dirname "$trace")"

work=$(mktemp -d)
mkfifo "$work/ready"
# The options are several words on purpose.
# shellcheck disable=SC2086
"$server" serve --api 127.0.0.1:0 --auth 127.0.0.1:0 --identity 127.0.0.1:0 --control 127.0.0.1:0 \
  --certs-dir "${MOCK_CERTS:-out/mock-certs}" --trace "$trace" ${MOCK_OPTIONS:-} \
  >"$work/ready" 2>"$work/log" &
mock=$!
stop() {
  kill "$mock" 2>/dev/null || true
  wait "$mock" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Kept open to the end, so that the mock can always write.
exec 3<"$work/ready"
if ! IFS= read -r ready <&3; then
  say "the mock did not start:"
  cat "$work/log" >&2
  exit 1
fi
told() { printf '%s' "$ready" | sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
MOCK_API=$(told api) MOCK_AUTH=$(told auth) MOCK_IDENTITY=$(told identity)
MOCK_CONTROL=$(told control) MOCK_CA=$(told ca) MOCK_CLIENT_CERT=$(told client_cert)
MOCK_CLIENT_KEY=$(told client_key) MOCK_CLIENT_ID=$(told client_id)
MOCK_MERCHANT_ID=$(told merchant_id)
export MOCK_API MOCK_AUTH MOCK_IDENTITY MOCK_CONTROL MOCK_CA MOCK_CLIENT_CERT MOCK_CLIENT_KEY \
  MOCK_CLIENT_ID MOCK_MERCHANT_ID
say "the mock is at $MOCK_API; its trace goes to $trace"

status=0
"$@" || status=$?
exit "$status"
