#!/usr/bin/env bash
# Disturbs a cluster of real processes for a while and checks that nothing was lost. --help says more.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build tests/Chaos -nologo -v q -clp:NoSummary || exit 1
exec dotnet artifacts/bin/Chaos/debug/Cluster.Chaos.dll "$@"
