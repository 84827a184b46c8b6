#!/usr/bin/env bash
# Removes what builds, tests and the set-up of npm packages made inside the repository.
set -euo pipefail
cd "$(dirname "$0")/../.."
find connectors functions tests -type d \( -name bin -o -name obj -o -name TestResults \) -prune -exec rm -rf {} +
rm -rf artifacts infra/local/node_modules
