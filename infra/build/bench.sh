#!/usr/bin/env bash
# Prints one line per figure; FILTER is the beginning of a benchmark's name.
source "$(dirname "$0")/run.sh"
attend infra/build/setup.sh sqlite3
build_logged tests/ServerlessSync.Benchmarks/ServerlessSync.Benchmarks.csproj
attend dotnet tests/ServerlessSync.Benchmarks/bin/Release/net10.0/ServerlessSync.Benchmarks.dll "${FILTER:-}"
