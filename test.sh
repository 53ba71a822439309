#!/usr/bin/env bash
# Builds everything and runs every test. --help says more.
set -uo pipefail

readonly packages=(redis-server rabbitmq-server clang chromium)
readonly install_command="sudo apt-get install ${packages[*]}"
readonly project_limit=1800 # seconds for one test project, or for one command of a document
readonly build_limit=1200
readonly leftover_limit=10 # seconds for what a test project started to end after it
readonly at_once=2         # test projects side by side: one waits while the other computes
readonly first=(AppHost.Tests Standalone.Tests Compute.Tests Cuda.Tests) # the longest, so that none runs alone at the end
readonly unhurried=(AppHost.Tests Standalone.Tests) # start app hosts, brokers, a browser, or whole jobs: not in --quick

usage() {
    cat <<TEXT
./test.sh [--quick] [--install] [--help]
  Builds the solution with warnings as errors, checks the formatting, runs every test project (two at a time, EndToEnd alone)
  and the commands of README and docs/tensorflow.md, and looks for processes left behind. The last line is
  "N passed, N failed, N skipped".
  Needs the .NET SDK. Tests that need ${packages[*]} are skipped where these are not installed.
  --quick     for the inner loop, within three minutes where little is to be built: the build, and the test projects of units
              and single services (all but EndToEnd ${unhurried[*]}); formatting, kernels and the documents are left out
  --install   install them first, with sudo; as root they are installed without being asked for
Exit codes: 0 all passed, 1 something failed or nothing ran, 2 wrong option.
TEXT
}

install=false quick=false
for argument in "$@"; do
    case $argument in
        --quick) quick=true ;;
        --install) install=true ;;
        --help | -h) usage; exit 0 ;;
        *) echo "test.sh: '$argument' is not an option; --help lists them" >&2; exit 2 ;;
    esac
done

cd -- "$(dirname -- "${BASH_SOURCE[0]}")" || exit 1
exec < /dev/null
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en
# A third of what a short-lived process costs is how the runtime guards and profiles the code it compiles, and compiles it again.
# Hexadecimal: 1 s, and 256 calls.
export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredPGO=0 DOTNET_TC_CallCountingDelayMs=3E8 DOTNET_TC_CallCountThreshold=100
# Build servers would outlive the build. The compiler's makes it twice as fast: one of its own, which is stopped after it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=true SharedCompilationId=test-$$

readonly run="CLUSTER_TEST_RUN=$$-$RANDOM$RANDOM"
marker=$run # in a test project's subshell with the project's name behind it
results=$(mktemp -d) || exit 1
readonly results
passed=0 failed=0 skipped=0

# Everything this script starts carries the marker in its environment, and so does what that starts in turn.
started_here() {
    [[ -d /proc/self ]] || return 0
    grep -lzsxE -- "$marker(-.*)?" /proc/[0-9]*/environ 2> /dev/null | cut -d / -f 3
}

kill_started_here() {
    local pids
    pids=$(started_here)
    [[ -z $pids ]] || kill -KILL $pids 2> /dev/null
}

clean_up() { kill_started_here; rm -rf -- "$results"; }
trap clean_up EXIT
trap 'echo "interrupted"; exit 130' INT TERM

# guarded SECONDS COMMAND...: runs it in a process group of its own, with a time limit where there is timeout(1).
guarded() {
    local limit=(timeout --kill-after=15 "$1")
    command -v timeout > /dev/null || limit=()
    env "$marker" "${limit[@]}" "${@:2}" &
    wait "$!"
}

# check NAME SECONDS COMMAND...: a check that is no test; counts only when it fails.
check() {
    local name=$1 from=$SECONDS status
    echo "== $name"
    guarded "${@:2}"
    status=$?
    ((status == 0)) || fail "$name: $(reason "$status" "$2")"
    echo "== $name: $((SECONDS - from)) s"
    return "$status"
}

reason() { if (($1 == 124 || $1 == 137)); then echo "not done after $2 s: stopped"; else echo "exit code $1"; fi; }

# The committed PTX is what the kernels compile to; skipped where the compiler is not there.
check_kernels() {
    local limit=300 status
    echo "== kernels"
    guarded "$limit" services/Compute/Cuda/build-kernels.sh --check
    status=$?
    case $status in
        0) passed=$((passed + 1)) ;;
        77) skipped=$((skipped + 1)) ;;
        *) fail "kernels: $(reason "$status" "$limit")" ;;
    esac
}

fail() { echo "FAILED: $1" | tee -a "$results/failures"; failed=$((failed + 1)); }

look_for_leftovers() {
    local pid waited=0
    while [[ -n $(started_here) ]] && ((waited++ < leftover_limit)); do sleep 1; done
    for pid in $(started_here); do
        fail "$1 left process $pid behind: $(tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null | cut -c 1-200)"
    done
    kill_started_here
}

# What failed is said again at the end, where it is looked for: each failed test with what it said first.
repeat_failures() {
    ((failed > 0)) || return
    echo "== what failed"
    cat -- "$results"/*.log 2> /dev/null | awk '/ \[FAIL\]$/ { left = 15 } left-- > 0 { print substr($0, 1, 300) }'
    [[ ! -s $results/failures ]] || cat -- "$results/failures"
}

summarize() {
    repeat_failures
    echo "$passed passed, $failed failed, $skipped skipped"
    exit $((failed > 0 || passed == 0))
}

install_packages() {
    local sudo=()
    ((EUID == 0)) || sudo=(sudo)
    guarded "$build_limit" "${sudo[@]}" apt-get update -q &&
        guarded "$build_limit" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends "${packages[@]}"
}

have_packages() {
    local package
    for package in "${packages[@]}"; do
        [[ -x $(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$package") ]] || return 1
    done
}

provide_packages() {
    have_packages && return
    if [[ $install == true || $EUID == 0 ]] && command -v apt-get > /dev/null; then
        echo "== installing ${packages[*]}"
        install_packages > "$results/install.log" 2>&1 || tail -n 5 "$results/install.log"
        have_packages && return
    fi
    echo "== ${packages[*]} are not all installed: tests that need them are skipped. To have them run:"
    echo "     $install_command      (or ./test.sh --install)"
    [[ $install == false ]] || fail "--install: ${packages[*]} could not be installed"
}

# The number in an attribute of the report's <assembly> element.
count() {
    local number
    number=$(sed -n "s/.*<assembly [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1)
    echo "${number:-0}"
}

# The test projects but EndToEnd, the longest first.
test_projects() {
    local name
    for name in "${first[@]}" tests/*Tests; do
        name=${name##*/}
        if [[ $quick == true && " ${unhurried[*]} " == *" $name "* ]]; then continue; fi
        if [[ -f tests/$name/$name.csproj ]]; then echo "$name"; fi
    done | awk '!seen[$0]++'
}

run_tests() {
    local name names
    mapfile -t names < <(test_projects)
    for name in "${names[@]}"; do
        while (($(jobs -rp | wc -l) >= at_once)); do wait -n; done
        run_project "$name" > "$results/$name.log" 2>&1 &
    done
    wait
    for name in "${names[@]}"; do
        cat -- "$results/$name.log"
        add_counts "$name"
    done
}

# Alone: it loads the machine by itself.
run_end_to_end() {
    run_project EndToEnd 2>&1 | tee "$results/EndToEnd.log"
    add_counts EndToEnd
}

# Runs a test project in a subshell; leaves its counts in a file.
run_project() (
    name=$1 program=artifacts/bin/$1/debug/Cluster.$1.dll report=$results/$1.xml from=$SECONDS
    marker=$run-$name passed=0 failed=0 skipped=0
    echo "== $name"
    guarded "$project_limit" dotnet "$program" -noColor -noLogo -result-xml "$report"
    status=$?
    if [[ ! -s $report ]]; then
        fail "$name: $(reason "$status" "$project_limit"), and no report"
    else
        passed=$(count "$report" passed)
        skipped=$(count "$report" skipped)
        failed=$(($(count "$report" failed) + $(count "$report" errors)))
        if (($(count "$report" total) == 0)); then
            fail "$name: no test ran"
        elif ((status != 0 && failed == 0)); then
            fail "$name: $(reason "$status" "$project_limit")"
        fi
    fi
    look_for_leftovers "$name"
    echo "== $name: $((SECONDS - from)) s"
    echo "$passed $failed $skipped" > "$results/$name.counts"
)

add_counts() {
    local counts=(0 1 0) # a project that left none has failed
    [[ ! -s $results/$1.counts ]] || read -ra counts < "$results/$1.counts"
    passed=$((passed + counts[0])) failed=$((failed + counts[1])) skipped=$((skipped + counts[2]))
}

# Lines of the documents' blocks that begin with ```bash run; what they run is built already.
document_commands() {
    awk '/^```bash run$/ { on = 1; next } /^```/ { on = 0 } on' README.md docs/tensorflow.md | sed 's/^dotnet run --project/dotnet run --no-build --project/'
}

run_documents() {
    local line
    while IFS= read -r line <&3; do
        if check "document: $line" "$project_limit" bash -c "$line"; then passed=$((passed + 1)); fi
        look_for_leftovers "document: $line"
    done 3< <(document_commands)
    if diff <(awk '/^```csharp$/ { on = 1; next } /^```/ { on = 0 } on' README.md) docs/examples/Pi/Program.cs; then
        passed=$((passed + 1))
    else
        fail "README: its C# is not docs/examples/Pi/Program.cs"
    fi
}

command -v dotnet > /dev/null || { echo "the .NET SDK is not there: https://dotnet.microsoft.com/download"; fail "no dotnet"; summarize; }
[[ -d /proc/self ]] || echo "== no /proc here: processes left behind are not looked for"
provide_packages

# The build applies the rules of style, as errors; what is left is how the text is laid out.
check build "$build_limit" dotnet build Cluster.Aspire.sln -nologo -v q -clp:NoSummary || summarize
kill_started_here
if [[ $quick == true ]]; then
    run_tests
    summarize
fi
check formatting "$build_limit" dotnet format whitespace --folder . --verify-no-changes --exclude artifacts
look_for_leftovers build
check_kernels
check precompilation "$build_limit" tests/precompile.sh

run_tests
run_end_to_end
run_documents
summarize
