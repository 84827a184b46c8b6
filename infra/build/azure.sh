#!/usr/bin/env bash
# Builds the projects for Azure by way of their tests: on the official packages where they restore, otherwise on the stand-ins of
# tests/ServerlessSync.Shapes, which one line says. With 'test' it runs those tests too.
source "$(dirname "$0")/run.sh"
projects=(
  ServerlessSync.Engines.DurableTask.Tests
  ServerlessSync.Functions.Tests
)
log="$root/artifacts/azure-restore.log"
mkdir -p "$root/artifacts"

restores() {
  local project whole=0
  : >"$log"
  for project in "${projects[@]}"; do
    attend dotnet restore "tests/$project" -p:AzurePackages=true >>"$log" 2>&1 </dev/null || whole=1
  done
  return "$whole"
}

packages=true
if ! restores; then
  packages=false
  missing="$({ grep -oE 'NU110[1-3]: Unable to find package [A-Za-z0-9.]*[A-Za-z0-9]' "$log" || true; } | sed 's/.* //' | sort -u | paste -sd ' ')"
  [[ -n "$missing" ]] || grep -E ': error ' "$log" | sort -u || cat "$log"
  echo "azure: compiled against stand-ins, since this feed lacks ${missing:-what restore names above}"
fi

for project in "${projects[@]}"; do
  build_logged "tests/$project/$project.csproj" -p:AzurePackages="$packages"
done

if [[ "${1:-}" == test ]]; then
  for project in "${projects[@]}"; do
    # The in-process host of Durable Task runs as many work items at once as there are processors, held ones included, and watches files it has none of.
    DOTNET_PROCESSOR_COUNT=64 DOTNET_hostBuilder__reloadConfigOnChange=false attend dotnet vstest "tests/$project/bin/Release/net10.0/$project.dll"
  done
fi
