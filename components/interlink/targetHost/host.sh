# What install.sh needs of the host: commands, users, Docker or SLURM, a certificate, and systemd.
# shellcheck shell=bash
# The variables are those of install.sh and target.conf.
# shellcheck disable=SC2154

say() {
  printf '%s\n' "$1"
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

need_commands() {
  local command
  for command in cmp curl install openssl sha256sum stat tar; do
    command -v "$command" >/dev/null || fail "$command is missing: install it with the system's packages."
  done
}

need_architecture() {
  local machine
  case $ARCHITECTURE in
    amd64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) fail "$ARCHITECTURE: unknown architecture." ;;
  esac
  [ "$(uname -m)" = "$machine" ] ||
    fail "This host is $(uname -m), but the target's architecture is $ARCHITECTURE: correct it in the stack's config."
}

make_users() {
  local user
  for user in "$PROXY_USER" "$SERVICE_USER"; do
    id -u "$user" >/dev/null 2>&1 && continue
    useradd --system --user-group --home-dir /var/lib/interlink --no-create-home \
      --shell "$(command -v nologin || echo /bin/false)" "$user"
    changed "user $user"
  done
}

docker_has_nvidia() {
  docker info --format '{{json .Runtimes}}' 2>/dev/null | grep -q '"nvidia"'
}

# Docker's own packages or the distribution's, and NVIDIA's repository; the driver is never touched.
install_docker() {
  local keyring=/usr/share/keyrings/nvidia-container-toolkit.gpg repositories=$ROOT/etc/yum.repos.d
  if command -v apt-get >/dev/null; then
    apt-get update
    command -v docker >/dev/null || apt-get install -y docker.io
    if [ "$GPU" = 1 ] && ! command -v nvidia-ctk >/dev/null; then
      mkdir -p "$ROOT${keyring%/*}" "$ROOT/etc/apt/sources.list.d"
      curl --fail --silent --show-error --location https://nvidia.github.io/libnvidia-container/gpgkey |
        gpg --dearmor --yes --output "$ROOT$keyring"
      printf 'deb [signed-by=%s] https://nvidia.github.io/libnvidia-container/stable/deb/%s /\n' \
        "$keyring" "$ARCHITECTURE" >"$ROOT/etc/apt/sources.list.d/nvidia-container-toolkit.list"
      apt-get update
      apt-get install -y nvidia-container-toolkit
    fi
  elif command -v dnf >/dev/null; then
    mkdir -p "$repositories"
    command -v docker >/dev/null || {
      curl --fail --silent --show-error --location --output "$repositories/docker-ce.repo" \
        https://download.docker.com/linux/centos/docker-ce.repo
      dnf install -y docker-ce docker-ce-cli containerd.io
    }
    if [ "$GPU" = 1 ] && ! command -v nvidia-ctk >/dev/null; then
      curl --fail --silent --show-error --location --output "$repositories/nvidia-container-toolkit.repo" \
        https://nvidia.github.io/libnvidia-container/stable/rpm/nvidia-container-toolkit.repo
      dnf install -y nvidia-container-toolkit
    fi
  else
    fail "Neither apt-get nor dnf is here: install Docker by hand, https://docs.docker.com/engine/install/"
  fi
  if [ "$GPU" = 1 ] && ! docker_has_nvidia; then
    nvidia-ctk runtime configure --runtime=docker
    systemctl restart docker
  fi
  systemctl enable --now docker
}

need_docker() {
  if [ "$INSTALL_DOCKER" = 1 ]; then
    if ! command -v docker >/dev/null || { [ "$GPU" = 1 ] && ! docker_has_nvidia; }; then
      install_docker
    fi
  fi
  hash -r
  command -v docker >/dev/null ||
    fail "Docker is missing: run install.sh --install-docker, or see https://docs.docker.com/engine/install/"
  docker info >/dev/null 2>&1 || fail "Docker does not answer: systemctl start docker, and look at journalctl -u docker."
  [ "$GPU" = 1 ] || return 0
  nvidia-smi >/dev/null 2>&1 ||
    fail "nvidia-smi does not run: install the NVIDIA driver first, or set plugin.docker.gpu to false."
  docker_has_nvidia ||
    fail "Docker has no runtime nvidia: run install.sh --install-docker, or install the NVIDIA container toolkit and run nvidia-ctk runtime configure --runtime=docker."
}

need_plugin_host() {
  if [ "$PLUGIN_KIND" = docker ]; then
    need_docker
    return
  fi
  local command
  for command in "${SLURM_COMMANDS[@]}"; do
    [ -x "$ROOT$command" ] ||
      fail "$command is missing: install SLURM's client commands, or correct plugin.slurm in the stack's config."
  done
}

is_ip() {
  [[ $1 == *:* || $1 =~ ^[0-9.]+$ ]]
}

# Whether a certificate is for the address: what the virtual kubelet compares.
certificate_matches() {
  local option=-checkhost
  if is_ip "$ADDRESS"; then option=-checkip; fi
  openssl x509 -in "$1" -noout "$option" "$ADDRESS" 2>/dev/null | grep -q 'does match'
}

# Whether our own certificate may stay: for the address, and valid for another 30 days.
certificate_serves() {
  [ -f "$1" ] && certificate_matches "$1" && openssl x509 -in "$1" -noout -checkend 2592000 >/dev/null
}

# Makes tls.crt and tls.key in a folder. The key never leaves the host.
make_certificate() {
  local kind=DNS
  if is_ip "$ADDRESS"; then kind=IP; fi
  cat >"$1/openssl.cnf" <<TEXT
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = interLink target node
[extensions]
subjectAltName = $kind:$ADDRESS
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
TEXT
  (
    umask 077
    openssl req -x509 -newkey rsa:3072 -sha256 -days 825 -nodes -config "$1/openssl.cnf" \
      -keyout "$1/tls.key" -out "$1/tls.crt" 2>"$1/openssl.log"
  ) || fail "openssl could not make a certificate: $(cat "$1/openssl.log")"
}

start_services() {
  systemctl daemon-reload
  systemctl enable "${UNITS[@]}"
  if [ "$CHANGED" = 1 ]; then
    systemctl restart "${UNITS[@]}"
  else
    systemctl start "${UNITS[@]}"
  fi
}

stop_services() {
  local i
  for ((i = ${#UNITS[@]} - 1; i >= 0; i--)); do
    systemctl disable --now "${UNITS[$i]}" 2>/dev/null || true
  done
}
