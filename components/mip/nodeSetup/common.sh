# What master.sh and worker.sh share: microk8s, the user, and the folders of a federation's data.
# shellcheck shell=bash
# The variables are those of node.conf and of the script that reads this file.
# shellcheck disable=SC2154

ROOT=${DESTDIR:-}
CHANGED=0

say() {
  printf '%s\n' "$1"
}

changed() {
  CHANGED=1
  say "changed: $1"
}

fail() {
  printf '%s: %s\n' "$SCRIPT" "$1" >&2
  exit 1
}

need_root() {
  [ -n "$ROOT" ] || [ "$(id -u)" = 0 ] || fail "This must be run as root: sudo bash $SCRIPT"
}

need_commands() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || fail "$command is missing: install it with the system's packages."
  done
}

install_microk8s() {
  if ! snap list microk8s >/dev/null 2>&1; then
    snap install microk8s --classic --channel="$CHANNEL" ||
      fail "microk8s could not be installed from $CHANNEL. Look at: snap changes"
    changed "microk8s $CHANNEL"
  fi
}

wait_for_microk8s() {
  microk8s status --wait-ready --timeout 600 >/dev/null ||
    fail "microk8s does not get ready. Look at: microk8s inspect"
}

in_group() {
  id -nG "$ADMIN_USER" 2>/dev/null | tr ' ' '\n' | grep -qx "$1"
}

# The password stays locked: log in with a key, or set one with passwd.
make_user() {
  local group
  if ! id -u "$ADMIN_USER" >/dev/null 2>&1; then
    useradd --create-home --user-group --shell /bin/bash "$ADMIN_USER"
    changed "user $ADMIN_USER"
  fi
  for group in "${ADMIN_GROUPS[@]}"; do
    in_group "$group" && continue
    usermod -aG "$group" "$ADMIN_USER"
    changed "$ADMIN_USER in group $group"
  done
}

owner() {
  if [ -n "$ROOT" ]; then id -un; else echo "$ADMIN_USER"; fi
}

# folder PATH: makes it where it is missing, and gives what is in it to the user.
folder() {
  local path=$ROOT$1 user group
  user=$(owner)
  group=$(id -gn "$user")
  [ ! -e "$path" ] || [ -d "$path" ] || fail "$1 is no folder: move it away."
  if [ ! -d "$path" ]; then
    mkdir -p "$path"
    changed "$1/"
  fi
  if [ -n "$(find "$path" ! \( -user "$user" -group "$group" \) -print -quit)" ]; then
    chown -hR "$user:$group" "$path"
    changed "owner of $1/"
  fi
}

# Today's Exaflow reads a folder csvs below one of its own; as a link it is the data folder.
link_csvs() {
  local link=$ROOT$CSVS_LINK
  if [ -L "$link" ] && [ "$(readlink "$link")" = "$DATA_FOLDER" ]; then
    return
  fi
  # Kubernetes makes an empty folder where a pod came first.
  [ ! -d "$link" ] || [ -L "$link" ] || rmdir "$link" 2>/dev/null ||
    fail "$CSVS_LINK holds files: move its folders into $DATA_FOLDER, and remove it."
  mkdir -p "${link%/*}"
  ln -sfn "$DATA_FOLDER" "$link"
  changed "$CSVS_LINK"
}

make_folders() {
  local name
  for name in "$@"; do
    folder "$name"
  done
}

make_data_folders() {
  local name
  folder "$DATA_FOLDER"
  for name in "${PATHOLOGIES[@]}"; do
    folder "$DATA_FOLDER/$name"
  done
  [ -z "$CSVS_LINK" ] || link_csvs
}

finish() {
  [ "$CHANGED" = 1 ] || say "Nothing to change."
}
