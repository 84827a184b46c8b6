#!/usr/bin/env bash
# Builds once, runs every test assembly, prints 'N passed, N failed' as the last line.
# SWEEP=full runs the long sweeps in full, ONLY=text the assemblies whose name holds the text, JOBS=n that many at a time.
# A test that takes long appends lines to the file named by TEST_PROGRESS; the newest is shown while it runs, and at the end
# every line that begins with 'show '.
source "$(dirname "$0")/run.sh"

results="$root/artifacts/tests"
limit=1800
[[ "${SWEEP:-}" == full ]] && limit=14400
passed=0 failed=0 skipped=0 done_count=0
declare -A began=() names=()
waiting=() alone=()

finish() {
  if [[ "${CI:-}" == true ]]; then
    ((skipped == 0)) || echo "test: with CI=true a skipped test is a failed one"
    failed=$((failed + skipped)) skipped=0
  fi
  ((skipped == 0)) && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}

find_assemblies() {
  local project
  for project in tests/*/*.csproj; do
    grep -q 'Microsoft.NET.Test.Sdk' "$project" || continue
    project="$(basename "$project" .csproj)"
    [[ "$project" == *"${ONLY:-}"* ]] || continue
    # End-to-end tests start whole worlds; they run when nothing else does.
    if [[ "$project" == *EndToEnd* ]]; then alone+=("$project"); else waiting+=("$project"); fi
  done
}

start() {
  local name="$1" processors=""
  # The in-process host of Durable Task runs as many work items at once as there are processors, held ones included.
  [[ "$name" == *DurableTask* ]] && processors=64
  rm -f "$results/$name".*
  TEST_PROGRESS="$results/$name.progress" timeout -k 10 "$limit" \
    env ${processors:+DOTNET_PROCESSOR_COUNT=$processors} dotnet vstest "tests/$name/bin/Release/net10.0/$name.dll" --ResultsDirectory:"$results" \
    --logger:"trx;LogFileName=$name.trx" --logger:"console;verbosity=minimal" >"$results/$name.log" 2>&1 </dev/null &
  names[$!]="$name"
  began[$!]=$SECONDS
}

counter() {
  sed -nE "s/.*<Counters [^>]*\b$2=\"([0-9]+)\".*/\1/p" "$1" 2>/dev/null | head -n 1
}

# One assembly has ended: its counters are believed only together with its exit code.
account() {
  local name="$1" code="$2" seconds="$3" trx="$results/$1.trx" total executed ok bad note=""
  total="$(counter "$trx" total)" executed="$(counter "$trx" executed)" ok="$(counter "$trx" passed)"
  total="${total:-0}" executed="${executed:-0}" ok="${ok:-0}"
  bad=$((executed - ok))
  if ((code == 124 || code == 137)); then note="stopped after $limit s" bad=$((bad + 1))
  elif ((total == 0)); then note="ran no tests (exit code $code)" bad=$((bad + 1))
  elif ((code != 0 && bad == 0)); then note="crashed (exit code $code)" bad=1
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed)) done_count=$((done_count + 1))
  ((bad == 0)) || { grep -vE '^(VSTest|Starting test|A total of|Copyright|Microsoft)' "$results/$name.log" 2>/dev/null | tail -n 300 || true; }
  sed -n 's/^show /test:   /p' "$results/$name.progress" 2>/dev/null || true
  echo "test: [$done_count/$count] $name: $ok passed, $bad failed, $((total - executed)) skipped in $seconds s${note:+; $note}"
}

tick() {
  local pid newest
  for pid in "${!names[@]}"; do
    newest="$(tail -n 1 "$results/${names[$pid]}.progress" 2>/dev/null || true)"
    echo "test: ${names[$pid]} running for $((SECONDS - began[$pid])) s${newest:+: $newest}"
  done
}

# Waits for one assembly to end; a sleeper beside it wakes us to show progress.
reap() {
  local code=0 ended="" sleeper
  while [[ -z "$ended" || -z "${names[$ended]:-}" ]]; do
    sleep 15 &
    sleeper=$!
    code=0
    wait -n -p ended "${!names[@]}" "$sleeper" || code=$?
    kill "$sleeper" 2>/dev/null || true
    [[ "${ended:-}" == "$sleeper" ]] && tick
  done
  account "${names[$ended]}" "$code" $((SECONDS - began[$ended]))
  unset "names[$ended]" "began[$ended]"
}

run_all() {
  local jobs="$1" name
  shift
  for name in "$@"; do
    if [[ ! -f "tests/$name/bin/Release/net10.0/$name.dll" ]]; then
      failed=$((failed + 1)) done_count=$((done_count + 1))
      echo "test: [$done_count/$count] $name: not built; is it in ServerlessSync.sln?"
      continue
    fi
    while ((${#names[@]} >= jobs)); do reap; done
    start "$name"
  done
  while ((${#names[@]} > 0)); do reap; done
}

echo "stage: setup"
attend infra/build/setup.sh
echo "stage: build"
mkdir -p "$results"
if ! build_logged ServerlessSync.sln || ! attend infra/build/azure.sh; then
  failed=1
  finish
fi
find_assemblies
count=$((${#waiting[@]} + ${#alone[@]}))
stage=$SECONDS
echo "stage: test, $count assemblies, sweeps ${SWEEP:-sampled}"
run_all "${JOBS:-2}" "${waiting[@]}"
run_all 1 "${alone[@]}"
echo "stage: tests done in $((SECONDS - stage)) s, everything in $SECONDS s"
finish
