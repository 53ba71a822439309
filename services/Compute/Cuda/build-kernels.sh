#!/usr/bin/env bash
# Compiles the kernels to PTX with clang; no CUDA toolkit is needed. The .ptx files are committed and embedded.
#   build-kernels.sh           writes Kernels/*.ptx
#   build-kernels.sh --check   compiles to a temporary folder and compares with what is committed
# Exit codes: 0 done or the same, 1 it failed or differs, 77 (check only) this clang cannot tell.
set -uo pipefail
shopt -s nullglob
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/Kernels" || exit 1

# The committed files are this clang's: another one emits other text for the same code.
readonly clang_version=14
# The oldest architecture that is served: the driver compiles PTX for this one and all newer ones.
readonly architecture=sm_80

check=false
case ${1-} in
    '') ;;
    --check) check=true ;;
    *) echo "build-kernels.sh: '$1' is not an option: there is --check alone" >&2; exit 1 ;;
esac

clang=$(command -v "clang-$clang_version" || command -v clang) || {
    echo "build-kernels.sh: clang is not installed" >&2
    $check && exit 77
    exit 1
}
found=$("$clang" -dumpversion)
if $check && [[ ${found%%.*} != "$clang_version" ]]; then
    echo "build-kernels.sh: the committed PTX is clang $clang_version's, this is clang $found" >&2
    exit 77
fi

target=.
if $check; then
    target=$(mktemp -d) || exit 1
    trap 'rm -rf -- "$target"' EXIT
fi

status=0
for kernel in *.cu; do
    ptx=${kernel%.cu}.ptx
    "$clang" -x cuda -nocudainc -nocudalib --cuda-device-only --cuda-gpu-arch=$architecture -ffp-contract=off \
        -Wno-unknown-cuda-version -Wall -Werror -S -O3 -std=c++17 "$kernel" -o "$target/$ptx" || { status=1; continue; }
    # A call of a function that no library provides: clang lets it pass, the driver would not.
    if grep -n '\.extern \.func' "$target/$ptx"; then
        echo "build-kernels.sh: $kernel calls a function that is not there" >&2
        status=1
    fi
    # Without a rounding mode the driver may fuse a product and a sum, with .ftz or .approx it loses bits.
    if grep -nE '\b(add|sub|mul|div)\.f(32|64)|\.ftz|\.approx' "$target/$ptx"; then
        echo "build-kernels.sh: $kernel has an operation without a fixed rounding" >&2
        status=1
    fi
    if $check && ! cmp -s "$target/$ptx" "$ptx"; then
        echo "build-kernels.sh: $ptx is not what $kernel compiles to: run services/Compute/Cuda/build-kernels.sh" >&2
        status=1
    fi
done
for ptx in *.ptx; do
    [[ -f ${ptx%.ptx}.cu ]] || { echo "build-kernels.sh: $ptx has no source" >&2; status=1; }
done
exit $status
