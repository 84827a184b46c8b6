#!/usr/bin/env bash
# Sourced by the other scripts: one run, and the promise that nothing it started outlives it.
# Every process of a run inherits RUN_MARK, so even one that left the process group (a database server, the shared
# compiler) is found by its environment and stopped.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
RUN_MARK="serverlesssync-$$-$RANDOM$RANDOM"
export RUN_MARK

marked() {
  local file pid
  for file in $(grep -slF -- "RUN_MARK=$RUN_MARK" /proc/[0-9]*/environ); do
    pid="${file#/proc/}"
    pid="${pid%/environ}"
    if [[ "$pid" != "$$" && "$pid" != "$BASHPID" ]] && grep -sqv '^State:[[:space:]]*Z' <(grep -s '^State:' "/proc/$pid/status"); then
      echo "$pid"
    fi
  done
}

stop_all() {
  trap '' INT TERM HUP
  local signal pids
  for signal in TERM KILL; do
    for _ in $(seq 1 25); do
      pids="$(marked)"
      [[ -z "$pids" ]] && return
      # shellcheck disable=SC2086 # one argument per process
      kill -s "$signal" $pids 2>/dev/null || true
      sleep 0.2
    done
  done
}

trap 'status=$?; stop_all; exit "$status"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a command so that a signal to this script is acted on at once and not when the command has ended.
attend() {
  "$@" &
  wait $!
}

# A project or solution, and what else the build is told.
build_logged() {
  local log="$root/artifacts/build.log" began=$SECONDS
  mkdir -p "$root/artifacts"
  echo "build: $1"
  # A compiler server of this run alone, so that stopping it disturbs no other build on the machine.
  if ! attend dotnet build "$@" -c Release --nologo -v quiet -p:UseSharedCompilation=true -p:SharedCompilationId="$RUN_MARK" >"$log" 2>&1 </dev/null; then
    # The compiler says each thing once for the project and once in its summary.
    grep -E ': (error|warning) ' "$log" | sort -u || cat "$log"
    echo "build: failed after $((SECONDS - began)) s"
    return 1
  fi
  grep -E ': warning ' "$log" | sort -u || true
  echo "build: done in $((SECONDS - began)) s"
}
