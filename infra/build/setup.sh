#!/usr/bin/env bash
# Makes a fresh Debian machine (root, .NET SDK, Node) ready. Silent when nothing is missing, one line per thing it does.
# Arguments are Debian packages wanted beside those of every target.
set -euo pipefail
cd "$(dirname "$0")/../.."
trap 'exit 130' INT
trap 'exit 143' TERM HUP

packages=(
  faketime
  libsqlite3-0
  postgresql
  strace
  util-linux
  "$@"
)

for tool in dotnet node npm; do
  command -v "$tool" >/dev/null || { echo "setup: '$tool' is missing; install the .NET SDK of global.json and Node 20 or newer"; exit 1; }
done

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || echo "$package"
  done
}

install_packages() {
  local policy=/usr/sbin/policy-rc.d log
  log="$(mktemp)"
  if [[ ! -e "$policy" ]]; then
    # The servers are started by the tests on ports of their own; installing must start none.
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } </dev/null >"$log" 2>&1; then
    cat "$log"
    echo "setup: apt-get could not install: $*"
    exit 1
  fi
  rm -f "$log"
}

if command -v dpkg-query >/dev/null; then
  exec 9>/tmp/serverlesssync-setup.lock
  flock 9
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} > 0)); then
    if ((EUID != 0)); then
      echo "setup: missing packages; as root: apt-get install ${missing[*]}"
      exit 1
    fi
    echo "setup: installing ${missing[*]}"
    install_packages "${missing[@]}"
  fi
else
  echo "setup: not a Debian system; expected to be there: ${packages[*]}"
fi

lock=infra/local/package-lock.json
installed=infra/local/node_modules/.package-lock.json
if [[ -f "$lock" && "$lock" -nt "$installed" ]]; then
  echo "setup: npm ci in infra/local"
  (cd infra/local && npm ci --no-audit --no-fund --loglevel=error >/dev/null </dev/null)
  touch "$installed"
fi
