#!/usr/bin/env bash
# The sample world: to its end (no argument) or kept serving ('serve').
source "$(dirname "$0")/run.sh"
attend infra/build/setup.sh
build_logged tests/ServerlessSync.Demo/ServerlessSync.Demo.csproj

options=("$@")
[[ -n "${STORE:-}" ]] && options+=(--store "$STORE")
[[ -n "${STOP:-}" ]] && options+=(--stop "$STOP")
[[ -n "${PLAY:-}" ]] && options+=(--play)
[[ -n "${DEADLINE:-}" ]] && options+=(--deadline "$DEADLINE")
attend dotnet tests/ServerlessSync.Demo/bin/Release/net10.0/ServerlessSync.Demo.dll "${options[@]}"
