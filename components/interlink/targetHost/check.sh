# `install.sh --check`: does the target node answer as the virtual kubelet needs it? Changes nothing.
# shellcheck shell=bash
# The variables are those of install.sh and target.conf.
# shellcheck disable=SC2154

FAILED=0

good() {
  printf 'ok      %s\n' "$1"
}

# bad WHAT REMEDY
bad() {
  FAILED=1
  printf 'FAILED  %s. %s\n' "$1" "$2"
}

# Status code of an answer, 000 without one. A program that listens answers something.
status() {
  curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$@" || true
}

# Where this host reaches oauth2-proxy.
listener() {
  case $LISTEN_ADDRESS in
    0.0.0.0) echo 127.0.0.1 ;;
    ::) echo '[::1]' ;;
    *:*) echo "[$LISTEN_ADDRESS]" ;;
    *) echo "$LISTEN_ADDRESS" ;;
  esac
}

check_listener() {
  local name=$1 unit=$2 code
  shift 2
  code=$(status "$@")
  if [ "$code" = 000 ]; then
    bad "$name does not listen" "Look at: journalctl -u $unit"
  else
    good "$name listens"
  fi
}

check_listeners() {
  check_listener "oauth2-proxy (port $HTTPS_PORT)" "${UNITS[0]}" --insecure "https://$(listener):$HTTPS_PORT/ping"
  check_listener "interLink API server (port $API_PORT)" "${UNITS[1]}" "http://127.0.0.1:$API_PORT/pinglink"
  case $PLUGIN_LISTENER in
    unix:*)
      check_listener "plugin (${PLUGIN_LISTENER#unix:})" "${UNITS[2]}" \
        --unix-socket "$ROOT${PLUGIN_LISTENER#unix:}" http://plugin/status
      ;;
    *) check_listener "plugin (port $PLUGIN_LISTENER)" "${UNITS[2]}" "http://127.0.0.1:$PLUGIN_LISTENER/status" ;;
  esac
}

check_certificate() {
  local served=$WORK/served.crt
  openssl s_client -connect "$(listener):$HTTPS_PORT" </dev/null 2>/dev/null |
    openssl x509 -out "$served" 2>/dev/null || {
    bad "no certificate is served" "Look at: journalctl -u ${UNITS[0]}"
    return
  }
  if openssl x509 -in "$served" -noout -checkend 0 >/dev/null; then
    good "certificate is valid until $(openssl x509 -in "$served" -noout -enddate | cut -d = -f 2)"
  else
    bad "certificate has expired" "Run install.sh again, or give a new pair in the stack's config."
  fi
  if certificate_matches "$served"; then
    good "certificate is for $ADDRESS"
  else
    bad "certificate is not for $ADDRESS" "Give one that is, or correct the target's address in the stack's config."
  fi
  if [ "$(openssl x509 -in "$served" -noout -fingerprint -sha256)" != \
    "$(openssl x509 -in "$SETTINGS/tls.crt" -noout -fingerprint -sha256 2>/dev/null)" ]; then
    bad "the certificate served is not the one installed" "Run: systemctl restart ${UNITS[0]}"
  fi
}

# A text value of a flat JSON document on standard input.
json_text() {
  tr -d '\n' | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p" | sed 's,\\/,/,g'
}

check_issuer() {
  local document=$WORK/issuer.json trust=() found endpoint answer
  [ "$HAS_ISSUER_CA" = 0 ] || trust=(--cacert "$SETTINGS/issuer-ca.crt")
  curl --fail --silent --show-error --max-time 10 "${trust[@]}" --output "$document" \
    "${ISSUER%/}/.well-known/openid-configuration" 2>"$WORK/curl.log" || {
    bad "the issuer $ISSUER does not answer: $(cat "$WORK/curl.log")" "Check its address, and this host's way to it."
    return
  }
  found=$(json_text issuer <"$document")
  if [ "$found" = "$ISSUER" ]; then
    good "issuer answers as $ISSUER"
  else
    bad "the issuer calls itself $found, not $ISSUER" "Spell proxy.issuer so, to the last slash."
  fi
  endpoint=$(json_text token_endpoint <"$document")
  answer=$(status "${trust[@]}" --data grant_type=client_credentials "$endpoint")
  case $answer in
    400 | 401 | 403) good "token endpoint answers: $endpoint" ;;
    *) bad "the token endpoint $endpoint answers $answer to a request without a client" "Check the issuer." ;;
  esac
}

check_token() {
  local url code
  url=https://$(listener):$HTTPS_PORT/pinglink
  code=$(status --insecure "$url")
  if [ "$code" = 401 ]; then
    good "without a token: 401"
  else
    bad "without a token the answer is $code, not 401" "Nobody may pass without one: look at proxy.skipAuthRoutes."
  fi
  [ -n "$TOKEN_FILE" ] || return 0
  # By standard input: other users see command lines.
  code=$(printf 'Authorization: Bearer %s\n' "$(tr -d '[:space:]' <"$TOKEN_FILE")" |
    status --insecure --header @- "$url")
  case $code in
    200) good "with the token: 200" ;;
    401) bad "with the token: 401" "It has expired, or is for another audience than the client's and proxy.audiences." ;;
    403) bad "with the token: 403" "Its claim for groups has none of proxy.groups." ;;
    *) bad "with the token: $code" "Look at: journalctl -u ${UNITS[1]} -u ${UNITS[2]}" ;;
  esac
}

check_all() {
  need_commands
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  check_listeners
  check_certificate
  check_issuer
  check_token
  exit "$FAILED"
}
