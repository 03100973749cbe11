#!/usr/bin/env bash
# Sets up the master node of a MIP federation: microk8s with its add-ons, the user, the folders. Run it as root in the
# folder that it came in. Run again, it changes only what differs.
set -euo pipefail

SCRIPT=master.sh
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR
. "$HERE/common.sh"
# Written for each federation.
# shellcheck disable=SC1091
. "$HERE/node.conf"

OUT_OF_SERVICE=node.kubernetes.io/out-of-service

usage() {
  cat <<'TEXT'
Usage: master.sh [--with-data]                 set this node up, or bring it up to date
       master.sh --add-worker                  print what to run on a further node; valid once
       master.sh --lost NODE --machine-is-off  let the pods of a lost node go elsewhere
       master.sh --returned NODE               let a node that is back have pods again

  --with-data        this node is a worker, too: make the folders of the data
  --machine-is-off   you have seen that the machine is off: were it not, two pods would write one volume

DESTDIR=FOLDER puts every folder below FOLDER.
TEXT
}

MODE=setup
NODE=
WITH_DATA=0
MACHINE_IS_OFF=0
while [ $# -gt 0 ]; do
  case $1 in
    --with-data) WITH_DATA=1 ;;
    --add-worker) MODE=add ;;
    --machine-is-off) MACHINE_IS_OFF=1 ;;
    --lost | --returned)
      MODE=${1#--}
      [ $# -ge 2 ] || fail "$1 needs the name of a node."
      NODE=$2
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

enable_addons() {
  local addon
  for addon in "${ADDONS[@]}"; do
    [ "$(microk8s status --addon "${addon%%:*}")" = enabled ] && continue
    microk8s enable "$addon" || fail "add-on $addon could not be enabled."
    changed "add-on $addon"
  done
}

setup() {
  need_root
  need_commands find id snap useradd usermod
  install_microk8s
  wait_for_microk8s
  make_user
  enable_addons
  make_folders "${MASTER_FOLDERS[@]}"
  if [ "$WITH_DATA" = 1 ]; then
    make_folders "${WORKER_FOLDERS[@]}"
    make_data_folders
  fi
  finish
}

# What a worker runs: the first address that microk8s offers, with its one-time token.
add_worker() {
  local address
  address=$(microk8s add-node --token-ttl 3600 | sed -n 's/^microk8s join \([^ ]*\).*/\1/p' | head -n 1)
  [ -n "$address" ] || fail "microk8s offers no address to join at. Look at: microk8s status"
  say "On the further node, within the hour: sudo bash worker.sh --join $address"
}

ready() {
  microk8s kubectl get node "$NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
}

lost() {
  local state
  state=$(ready) || fail "There is no node $NODE. There are: $(microk8s kubectl get nodes -o name | tr '\n' ' ')"
  [ "$state" != True ] || fail "Node $NODE is Ready: it is not lost."
  [ "$MACHINE_IS_OFF" = 1 ] || fail "See that the machine is off, then add --machine-is-off."
  microk8s kubectl taint node "$NODE" "$OUT_OF_SERVICE=nodeshutdown:NoExecute" --overwrite
  say "Its pods go where another node has their role and data. When it is back: bash master.sh --returned $NODE"
}

returned() {
  local state
  state=$(ready) || fail "There is no node $NODE. There are: $(microk8s kubectl get nodes -o name | tr '\n' ' ')"
  [ "$state" = True ] || fail "Node $NODE is not Ready yet."
  if microk8s kubectl get node "$NODE" -o 'jsonpath={.spec.taints[*].key}' | tr ' ' '\n' | grep -qx "$OUT_OF_SERVICE"; then
    microk8s kubectl taint node "$NODE" "$OUT_OF_SERVICE-"
  else
    say "Nothing to change."
  fi
}

case $MODE in
  setup) setup ;;
  add) add_worker ;;
  lost) lost ;;
  returned) returned ;;
esac
