#!/usr/bin/env bash
# Onboards one customer with 10nPayments, with curl and jq; copy what you need.
#
# Where things are comes from the environment (CERTIFY_*). In production, addresses, certificate and
# merchant come from your configuration, and what `person` does from your own pages.
#
# Exit status: 0 the onboarding is complete, 3 it is not and somebody has been told why.
set -u

SCALE=${CERTIFY_TIME_SCALE:-1}
PACE=3 LIMIT=118 DEADLINE=30
READY=SIGN_SESSION_ID_SUCCESSFULLY_CREATED SIGNED=DOCUMENT_SIGN_SUCCESS
MEMORY=$CERTIFY_STATE/flow
umask 077
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

stop() { echo "stopped: $*"; exit 3; }
random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
# Milliseconds of the provider's clock.
now() { echo $(($(date +%s%N) / 1000000 * SCALE)); }
pause_ms() { [ "$1" -le 0 ] || sleep "$(jq -n "$1 / 1000 / $SCALE")"; }

TRACE="00-$(random_hex 16)-$(random_hex 8)-01"
EMAIL="customer-$(random_hex 5)@example.org"
TOKEN='' USER_ID='' LANDINGS=0 STATUS=0

# One request: STATUS, $WORK/head and $WORK/body; fails when no whole answer came.
exchange() { # METHOD URL, arguments of curl
  local method=$1 url=$2 limit
  shift 2
  limit=$(jq -n "$DEADLINE / $SCALE")
  : > "$WORK/head"
  : > "$WORK/body"
  STATUS=$(curl -sS --noproxy '*' --tlsv1.2 --cacert "$CERTIFY_CA" --cert "$CERTIFY_CLIENT_CERT" \
    --key "$CERTIFY_CLIENT_KEY" --max-time "$limit" --max-filesize 1000000 -X "$method" \
    -D "$WORK/head" -o "$WORK/body" -w '%{http_code}' "$@" "$url" 2> /dev/null)
}

granted() { [ "$STATUS" -ge 200 ] && [ "$STATUS" -lt 300 ]; }

# A text member of the answer, or nothing.
member() { jq -r --arg name "$1" '.[$name]? // empty | strings' "$WORK/body" 2> /dev/null; }
# Any member of the answer, as JSON.
raw() { jq -c --arg name "$1" '.[$name]?' "$WORK/body" 2> /dev/null; }

header() { tr -d '\r' < "$WORK/head" | sed -n "s/^$1: //Ip" | tail -1; }

# What Retry-After asks for, in milliseconds; nothing when it is not there.
asked_wait() {
  local text
  text=$(header retry-after)
  case $text in
    '') ;;
    *[!0-9]*) echo $((($(date -d "$text" +%s) - $(date -d "$(header date)" +%s)) * 1000)) ;;
    *) echo $((text * 1000)) ;;
  esac
}

fetch_token() {
  local print attempt
  print=$(openssl x509 -in "$CERTIFY_CLIENT_CERT" -noout -fingerprint -sha1)
  print=$(echo "${print#*=}" | tr -d ':')
  for attempt in 1 2; do
    if exchange POST "$CERTIFY_AUTH/connect/mtls/token" \
      --data-urlencode "client_id=$CERTIFY_CLIENT_ID" \
      --data-urlencode grant_type=client_credentials \
      --data-urlencode "scope=$CERTIFY_SCOPE" \
      --data-urlencode "IdentityServer:MTLS:X509Certificate=$print"; then
      TOKEN=$(member access_token)
      if granted && [ -n "$TOKEN" ]; then
        # The header goes by file, so that no list of processes shows it.
        printf 'authorization: Bearer %s\ntraceparent: %s\n' "$TOKEN" "$TRACE" > "$WORK/auth"
        return
      fi
      [ "$STATUS" -lt 500 ] && break
    fi
    pause_ms 1000
  done
  stop 'there is no token'
}

# One request with a token; one that is refused is renewed once. Fails when no answer came.
once() { # METHOD PATH [BODY]
  local renewal
  for renewal in 1 2; do
    [ -n "$TOKEN" ] || fetch_token
    if [ $# -gt 2 ]; then
      printf '%s' "$3" > "$WORK/sent"
      exchange "$1" "$CERTIFY_API$2" -H "@$WORK/auth" -H 'content-type: application/json' \
        --data-binary "@$WORK/sent" || return 1
    elif [ "$1" = POST ]; then
      exchange "$1" "$CERTIFY_API$2" -H "@$WORK/auth" -H 'content-length: 0' || return 1
    else
      exchange "$1" "$CERTIFY_API$2" -H "@$WORK/auth" || return 1
    fi
    [ "$STATUS" = 401 ] || return 0
    TOKEN=''
  done
  stop 'the token is refused'
}

# A call until its answer stands; REPEATS: how often it is sent again when no answer comes.
call() { # REPEATS METHOD PATH [BODY]
  local repeats=$1 lost=0 attempt=0 grown=1000 wait
  shift
  while :; do
    attempt=$((attempt + 1))
    if once "$@"; then
      case $STATUS in
        429) ;;
        500 | 502 | 503 | 504) [ "$repeats" -gt 0 ] || return 0 ;;
        *) return 0 ;;
      esac
      [ $attempt -lt 5 ] || return 0
      wait=$(asked_wait)
      pause_ms "${wait:-$((grown + RANDOM % 300))}"
      grown=$((grown * 4))
    else
      lost=$((lost + 1))
      [ $lost -le "$repeats" ] || stop "$2: no answer"
      pause_ms 1000
    fi
  done
}

demand() { # REPEATS METHOD PATH [BODY]
  call "$@"
  granted || stop "$3 answered $STATUS, trace id $(member traceId)"
}

# Asks the person for something; in production these are your own pages.
person() { curl -sS --noproxy '*' --fail "$@" 2> /dev/null; }

create_user() {
  # Sent again, it would be a second user.
  demand 0 POST /User "{\"merchantId\":$CERTIFY_MERCHANT_ID,\"email\":\"$EMAIL\"}"
  USER_ID=$(raw id)
  case $USER_ID in '' | *[!0-9]* | 0) stop 'the new user has no number' ;; esac
  echo "$USER_ID" > "$MEMORY"
}

confirm_email() {
  local code attempt
  for attempt in 1 2; do
    code=$(person "$CERTIFY_PERSON/code/email") || stop 'no code came'
    call 1 POST /User/email/confirm "{\"id\":$USER_ID,\"token\":\"$code\",\"correlationType\":0}"
    granted && { [ "$(raw success)" != false ] || break; return; }
    case $STATUS in 400 | 422) ;; *) break ;; esac
  done
  stop 'the address is not confirmed'
}

send_code() {
  demand 1 POST /User/phone-number/send-code "{\"id\":$USER_ID,\"phoneNumber\":\"$PHONE\"}"
  SENT=$(now)
}

verify_phone() {
  local code wrong=0
  PHONE=$(printf '+3598800%05d' $((RANDOM * 3 % 100000)))
  send_code
  while [ $wrong -lt 2 ]; do
    code=$(person "$CERTIFY_PERSON/code/sms") || stop 'no code came'
    if [ "$code" = resend ]; then
      pause_ms $((31000 - ($(now) - SENT)))
      send_code
      continue
    fi
    call 1 POST /User/phone-number/verify "{\"id\":$USER_ID,\"code\":\"$code\"}"
    granted && return
    case $STATUS in 400 | 422) wrong=$((wrong + 1)) ;; *) break ;; esac
  done
  stop 'the number is not verified'
}

# Sends the person to a page, and waits until the browser is back.
journey() {
  case $1 in https://*) ;; *) stop 'there is no page on https' ;; esac
  person --data-binary "$1" "$CERTIFY_PERSON/open" > /dev/null
  [ "$(person "$CERTIFY_PERSON/landing?after=$LANDINGS")" = success ] || stop 'the person did not finish'
  LANDINGS=$((LANDINGS + 1))
}

# Polls until the status is the one; leaves the answer in $WORK/body.
poll() {
  local begun next wait status
  begun=$(now)
  while :; do
    next=$(($(now) + PACE * 1000))
    if once GET "/Enrollment/$USER_ID/0/true/get-identification-process-status"; then
      status=$(member videoIdentificationStatus)
      if granted; then
        [ "$status" = "$1" ] && return
        [ "$status" = ERROR ] && stop 'the identification failed'
      elif [ "$STATUS" = 429 ]; then
        wait=$(asked_wait)
        wait=$(($(now) + ${wait:-6000}))
        [ "$wait" -le "$next" ] || next=$wait
      elif [ "$STATUS" -ge 400 ] && [ "$STATUS" -lt 500 ]; then
        stop "a poll was answered $STATUS"
      fi
    fi
    [ "$next" -le $((begun + LIMIT * 1000)) ] || stop 'the identification takes too long'
    pause_ms $((next - $(now)))
  done
}

chosen() { # PATH: the first code of a list
  demand 1 GET "$1"
  jq -er '.[0].value' "$WORK/body" 2> /dev/null
}

questionnaire() {
  local source purpose activity method
  source=$(chosen /User/source-of-funds) && purpose=$(chosen /User/account-purpose) \
    && activity=$(chosen /User/main-activity) && method=$(chosen /User/financing-method) \
    || stop 'a list cannot be had'
  demand 1 POST /User/add-additional-data "$(jq -nc --argjson id "$USER_ID" --arg source "$source" \
    --arg purpose "$purpose" --arg activity "$activity" --arg method "$method" '{id: $id,
    additionalData: {type: "EnrollAdditionalData", data: {userId: $id,
    isCorrespondenceAddressSame: true, residenceAddressZipCode: "4000", secondaryLanguage: "BUL",
    taxResidences: "BG", gender: "F", enrollIP: "198.51.100.7", enrollLatitude: 42.1354,
    enrollLongitude: 24.7453, enrollChannel: "M", sourceOfFundId: $source,
    accountPurposeCode: $purpose, mainActivityCode: $activity, financingMethodCode: $method}}}')"
}

finalize() {
  local attempt body="{\"userId\":$USER_ID,\"bTrustAppCallBackId\":null,\"correlationType\":0}"
  for attempt in 1 2 3 4; do
    call 4 POST /Enrollment/finalize-external-identification "$body"
    if granted; then
      echo "correlationId $(member correlationId)"
      return
    fi
    [ "$STATUS" = 400 ] || break
    # Too early: the polls tell when the signature is there.
    pause_ms $((PACE * 1000))
    poll $SIGNED
  done
  stop 'it could not be finalised'
}

# The token is fetched here and not in a subshell, where it would be forgotten.
fetch_token
if [ -s "$MEMORY" ]; then
  USER_ID=$(cat "$MEMORY")
  demand 1 GET "/User/$USER_ID/status"
  confirmed=$(raw isEmailVerified) verified=$(raw isPhoneNumberVerified)
  [ "$confirmed" = true ] || confirm_email
  [ "$verified" = true ] || verify_phone
else
  create_user
  confirm_email
  verify_phone
fi
# However often "begin" is pressed, it begins once.
person "$CERTIFY_PERSON/start" > /dev/null
demand 1 POST /Enrollment/initiate-external-identification "{\"userId\":$USER_ID,
\"isRestartIdentification\":false,\"localTimezone\":\"Europe/Sofia\",\"userAgent\":\"shell-example\",
\"browserLanguage\":\"en-US\",\"userLanguage\":\"en\",\"deviceName\":\"example\",\"correlationType\":0}"
journey "$(member videoIdentificationUrl)"
poll $READY
journey "$(member videoIdentificationUrl)"
poll $SIGNED
questionnaire
finalize
