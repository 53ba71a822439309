#!/usr/bin/env bash
# Compiles the libraries beside the built programs to native code ahead of time (ReadyToRun); this project's own code stays
# as it was built. The end-to-end tests start some hundreds of processes, and what these cost is mostly the JIT at work on
# libraries. Without the compiler, which comes with the packages of tests/EndToEnd, everything is merely slower.
set -uo pipefail

readonly programs=(Coordinator ParameterStore TestChief TestWorker Worker)
readonly parallel=2

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
readonly cache=$PWD/artifacts/precompiled self=$PWD/tests/precompile.sh

# The newest of some versions.
newest() { printf '%s\n' "$@" | sort -V | tail -n 1; }

# compile LIBRARY TARGET: the library's own directory has what it refers to.
compile() {
    "$compiler" "$1" -o "$2.$$" -O --targetos linux --targetarch "$architecture" \
        -r "$shared/Microsoft.NETCore.App/$runtime/*.dll" -r "$shared/Microsoft.AspNetCore.App/$runtime/*.dll" -r "$(dirname -- "$1")/*.dll" > "$2.log" 2>&1 &&
        mv -- "$2.$$" "$2"
}

# precompile LIBRARY: puts native code in its place, from the cache where it is there.
precompile() {
    local library=$1 known sum target
    local kept=$cache/${library##*/}
    mkdir -p -- "$kept"
    for known in "$kept"/*.dll; do
        if cmp -s -- "$library" "$known"; then return; fi # it is in its place
    done
    sum=$(sha256sum -- "$library" | cut -d ' ' -f 1)
    target=$kept/$sum.dll
    [[ -s $target ]] || compile "$library" "$target" || return 0 # some have no code
    # In one step: another compilation may have it open.
    cp -- "$target" "$library.$$" && mv -- "$library.$$" "$library"
}

if [[ ${1:-} == --one ]]; then precompile "$2"; exit; fi

case $(uname -sm) in
    "Linux x86_64") architecture=x64 ;;
    "Linux aarch64") architecture=arm64 ;;
    *) echo "libraries are not precompiled on $(uname -sm)"; exit 0 ;;
esac
compiler=$(newest "${NUGET_PACKAGES:-${HOME:-}/.nuget/packages}/microsoft.netcore.app.crossgen2.linux-$architecture"/10.*/tools/crossgen2)
[[ -f $compiler ]] || { echo "libraries are not precompiled: no $compiler"; exit 0; }
chmod +x "$compiler"
read -r runtime shared < <(dotnet --list-runtimes | sed -n 's/^Microsoft\.AspNetCore\.App \(10\.[^ ]*\) \[\(.*\)\/Microsoft\.AspNetCore\.App\]$/\1 \2/p' | tail -n 1)
export architecture compiler runtime shared

# One of each kind first: those that several programs share are compiled once.
list() {
    local program
    for program in "${programs[@]}"; do find "artifacts/bin/$program/debug" -maxdepth 1 -name '*.dll' ! -name 'Cluster.*' ! -name 'cluster*' 2> /dev/null; done
}
list | awk -F / '!seen[$NF]++' | xargs -r -P "$parallel" -n 1 "$self" --one
list | xargs -r -P "$parallel" -n 1 "$self" --one
