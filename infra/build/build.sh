#!/usr/bin/env bash
# Builds the solution and prints the path of the program as the last line.
source "$(dirname "$0")/run.sh"
attend infra/build/setup.sh
build_logged ServerlessSync.sln

program="$root/functions/ServerlessSync.LocalHost/bin/Release/net10.0/serverlesssync"
if [[ ! -x "$program" ]]; then
  echo "build: no program at $program"
  exit 1
fi
echo "$program"
