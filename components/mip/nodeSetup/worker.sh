#!/usr/bin/env bash
# Sets up a worker node of a MIP federation: microk8s, joined to the master's, the user, the folders of the data. Run it
# as root in the folder that it came in. Run again, it changes only what differs.
set -euo pipefail

SCRIPT=worker.sh
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$HERE/common.sh"
# Written for each federation.
# shellcheck disable=SC1091
. "$HERE/node.conf"

usage() {
  cat <<'TEXT'
Usage: worker.sh --join ADDRESS [--without-control-plane]   set this node up and join it to the cluster
       worker.sh                                            bring a joined node up to date

  --join ADDRESS            what master.sh --add-worker printed
  --without-control-plane   run no part of the control plane here: with three nodes that run it, it survives one of them

DESTDIR=FOLDER puts every folder below FOLDER.
TEXT
}

ADDRESS=
JOIN_OPTIONS=()
while [ $# -gt 0 ]; do
  case $1 in
    --join)
      [ $# -ge 2 ] || fail "--join needs the address that master.sh --add-worker printed."
      ADDRESS=$2
      shift
      ;;
    --without-control-plane) JOIN_OPTIONS=(--worker) ;;
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

# Ours, and the one that microk8s has on nodes without a control plane.
JOINED=$ROOT/var/lib/science-platform/microk8s-joined
LOCK=$ROOT/var/snap/microk8s/current/var/lock/clustered.lock

joined() {
  [ -e "$JOINED" ] || [ -e "$LOCK" ]
}

join_cluster() {
  if joined; then
    [ -z "$ADDRESS" ] || say "This node is in a cluster already: not joined again."
    return
  fi
  [ -n "$ADDRESS" ] || fail "This node is in no cluster. On the master: sudo bash master.sh --add-worker"
  wait_for_microk8s
  microk8s join "$ADDRESS" "${JOIN_OPTIONS[@]}" ||
    fail "The cluster was not joined: an address is valid once. On the master: sudo bash master.sh --add-worker"
  mkdir -p "${JOINED%/*}"
  : >"$JOINED"
  changed "joined ${ADDRESS%%/*}"
}

need_root
need_commands find id snap useradd usermod
install_microk8s
make_user
join_cluster
make_folders "${WORKER_FOLDERS[@]}"
make_data_folders
finish
