#!/usr/bin/env bash
# Installs what runs on an interLink target node: oauth2-proxy, the interLink API server and a plugin, as systemd
# services. Run it as root in the folder that it came in. Run again, it changes only what differs.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: install.sh [--install-docker] [--binaries FOLDER]   install, or bring up to date
       install.sh --check [--token FILE]                   test listeners, certificate and token
       install.sh --uninstall                              remove services, programs and settings

  --install-docker    install Docker and the NVIDIA container toolkit where they are missing (apt or dnf)
  --binaries FOLDER   take the programs from this folder in place of downloading them
  --token FILE        call the API server with the token in this file, too

DESTDIR=FOLDER puts every file below FOLDER, makes no users and starts nothing.
TEXT
}

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=${DESTDIR:-}
PROGRAMS=$ROOT/opt/interlink/bin
SETTINGS=$ROOT/etc/interlink
STATE=$ROOT/var/lib/interlink
SYSTEMD=$ROOT/etc/systemd/system
# shellcheck source-path=SCRIPTDIR
. "$HERE/host.sh"
# shellcheck source-path=SCRIPTDIR
. "$HERE/check.sh"
# Written for each target: names, ports and the programs with their checksums.
# shellcheck disable=SC1091
. "$HERE/target.conf"

MODE=install
INSTALL_DOCKER=0
TOKEN_FILE=
while [ $# -gt 0 ]; do
  case $1 in
    --check) MODE=check ;;
    --uninstall) MODE=uninstall ;;
    --install-docker) INSTALL_DOCKER=1 ;;
    --binaries | --token)
      [ $# -ge 2 ] || fail "$1 needs a value."
      if [ "$1" = --binaries ]; then BINARIES_FOLDER=$2; else TOKEN_FILE=$2; fi
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      usage >&2
      fail "$1: unknown option."
      ;;
  esac
  shift
done

# A run that is broken off leaves this file, so that the next one starts the services anew.
UNFINISHED=$SETTINGS/.unfinished
CHANGED=0
changed() {
  CHANGED=1
  [ ! -d "$SETTINGS" ] || : >"$UNFINISHED"
  say "changed: $1"
}

# put FILE PATH MODE OWNER: copies a file unless content, permissions and owner are what they should be already.
put() {
  local owner=$4
  [ -z "$ROOT" ] || owner=$(id -un)
  if cmp -s "$1" "$2" && [ "$(stat -c '%a %U' "$2")" = "$3 $owner" ]; then
    return
  fi
  install -m "$3" -o "$owner" -g "$(id -gn "$owner")" "$1" "$2.new"
  mv -f "$2.new" "$2"
  changed "${2#"$ROOT"}"
}

# folder PATH MODE OWNER
folder() {
  local owner=$3
  [ -z "$ROOT" ] || owner=$(id -un)
  if [ -d "$1" ] && [ "$(stat -c '%a %U' "$1")" = "$2 $owner" ]; then
    return
  fi
  install -d -m "$2" -o "$owner" -g "$(id -gn "$owner")" "$1"
  changed "${1#"$ROOT"}/"
}

sha256() {
  sha256sum "$1" | cut -d ' ' -f 1
}

# Brings every program into $WORK and compares its checksum, before anything is put in place.
fetch_programs() {
  local i name expected from found
  for i in "${!BINARY_NAMES[@]}"; do
    name=${BINARY_NAMES[$i]}
    expected=${BINARY_SHA256[$i]}
    if [ -n "$BINARIES_FOLDER" ]; then
      from=$BINARIES_FOLDER/$name
      [ -f "$from" ] || fail "$from is not there: put the program $name into that folder."
      cp "$from" "$WORK/$name"
    elif [ -f "$PROGRAMS/$name" ] && [ "$(sha256 "$PROGRAMS/$name")" = "$expected" ]; then
      cp "$PROGRAMS/$name" "$WORK/$name"
    else
      from=${BINARY_URLS[$i]}
      say "download: $from"
      curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$WORK/download" "$from" ||
        fail "$from could not be downloaded. Put $name into a folder and give --binaries FOLDER."
      if [ -n "${BINARY_MEMBERS[$i]}" ]; then
        tar -xzOf "$WORK/download" "${BINARY_MEMBERS[$i]}" >"$WORK/$name" ||
          fail "$from holds no ${BINARY_MEMBERS[$i]}."
      else
        mv "$WORK/download" "$WORK/$name"
      fi
    fi
    found=$(sha256 "$WORK/$name")
    if [ -n "$expected" ] && [ "$found" != "$expected" ]; then
      fail "$name from $from has the SHA-256 $found, not $expected: it is not used."
    fi
  done
}

install_certificate() {
  if [ "$SELF_SIGNED" = 0 ]; then
    put "$HERE/tls.crt" "$SETTINGS/tls.crt" 644 root
    put "$HERE/tls.key" "$SETTINGS/tls.key" 600 "$PROXY_USER"
    return
  fi
  if [ ! -f "$SETTINGS/tls.key" ] || ! certificate_serves "$SETTINGS/tls.crt"; then
    make_certificate "$WORK"
    put "$WORK/tls.crt" "$SETTINGS/tls.crt" 644 root
    put "$WORK/tls.key" "$SETTINGS/tls.key" 600 "$PROXY_USER"
  fi
  say "The certificate that the virtual kubelet must be given:"
  cat "$SETTINGS/tls.crt"
}

install_all() {
  [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || fail "This must be run as root: sudo bash install.sh"
  need_commands
  need_architecture
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  fetch_programs
  need_plugin_host
  [ ! -e "$UNFINISHED" ] || CHANGED=1
  [ -n "$ROOT" ] || make_users

  folder "$PROGRAMS" 755 root
  folder "$SETTINGS" 755 root
  folder "$SYSTEMD" 755 root
  folder "$STATE" 750 "$SERVICE_USER"
  folder "$ROOT${DATA_FOLDER%/}" 750 "$SERVICE_USER"
  local name
  for name in "${BINARY_NAMES[@]}"; do
    put "$WORK/$name" "$PROGRAMS/$name" 755 root
  done
  put "$HERE/oauth2-proxy.env" "$SETTINGS/oauth2-proxy.env" 600 root
  put "$HERE/InterLinkConfig.yaml" "$SETTINGS/InterLinkConfig.yaml" 644 root
  put "$HERE/plugin.yaml" "$SETTINGS/plugin.yaml" 644 root
  [ "$HAS_ISSUER_CA" = 0 ] || put "$HERE/issuer-ca.crt" "$SETTINGS/issuer-ca.crt" 644 root
  for name in "${UNITS[@]}"; do
    put "$HERE/$name" "$SYSTEMD/$name" 644 root
  done
  install_certificate
  [ -n "$ROOT" ] || start_services
  rm -f "$UNFINISHED"
  if [ "$CHANGED" = 0 ]; then
    say "Nothing to change."
  fi
  say "Test it with: ${SUDO_USER:+sudo }bash $HERE/install.sh --check"
}

uninstall() {
  [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || fail "This must be run as root: sudo bash install.sh --uninstall"
  local name
  [ -n "$ROOT" ] || stop_services
  for name in "${UNITS[@]}"; do
    rm -f "${SYSTEMD:?}/$name"
  done
  rm -rf "${PROGRAMS:?}" "${SETTINGS:?}"
  [ -n "$ROOT" ] || systemctl daemon-reload
  say "Removed services, programs and settings of $TARGET_NAME."
  say "Kept: ${STATE#"$ROOT"}, $DATA_FOLDER, Docker, and the users $PROXY_USER and $SERVICE_USER."
}

case $MODE in
  install) install_all ;;
  check) check_all ;;
  uninstall) uninstall ;;
esac
