// The twin of PhiloxPiKernel: the same counts, by clang's vector extensions. Two groups of blocks in flight, 64-bit lanes
// whose upper halves are garbage, the first two rounds reduced to what varies, misses added up without a compare.
#include <cstdint>

namespace {

constexpr uint32_t Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
constexpr int Rounds = 10, Groups = 2;

bool is_outside(uint32_t x, uint32_t y) {
    uint64_t xx = static_cast<uint64_t>(x) * x;
    return xx + static_cast<uint64_t>(y) * y < xx;
}

uint64_t scalar_misses(uint64_t from, uint64_t to, uint64_t seed) {
    uint64_t misses = 0;
    for (uint64_t index = from; index < to; index++) {
        uint32_t c[4] = {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), 0, 0};
        uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
        for (int round = 0; round < Rounds; round++, key0 += Weyl0, key1 += Weyl1) {
            uint64_t p0 = static_cast<uint64_t>(Multiplier0) * c[0], p1 = static_cast<uint64_t>(Multiplier1) * c[2];
            uint32_t next0 = static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ key0, next2 = static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ key1;
            c[0] = next0, c[1] = static_cast<uint32_t>(p1), c[2] = next2, c[3] = static_cast<uint32_t>(p0);
        }
        misses += is_outside(c[0], c[1]) + is_outside(c[2], c[3]);
    }
    return misses;
}

template <int Bytes>
struct Kernel {
    typedef uint64_t Words __attribute__((vector_size(Bytes)));
    static constexpr int Count = Bytes / sizeof(uint64_t);

    static Words all(uint64_t value) { return Words{} + value; }
    static Words multiply(Words a, Words b) { return (a & 0xFFFFFFFFull) * (b & 0xFFFFFFFFull); }

    // Halving both squares loses no miss: it drops a bit of both only when both are odd, and then their sum is no multiple of 8.
    static Words outside(Words x, Words y) { return ((multiply(x, x) >> 1) + (multiply(y, y) >> 1)) >> 63; }

    // [from, from + steps * Groups * Count) lies within one value of the high counter word.
    static uint64_t misses(uint64_t from, uint64_t steps, uint64_t seed) {
        const Words m0 = all(Multiplier0), m1 = all(Multiplier1);
        Words k0[Rounds], k1[Rounds];
        for (int round = 0; round < Rounds; round++) {
            k0[round] = all(static_cast<uint32_t>(seed) + round * Weyl0);
            k1[round] = all(static_cast<uint32_t>(seed >> 32) + round * Weyl1);
        }
        const uint64_t constant = static_cast<uint64_t>(Multiplier0) * (static_cast<uint32_t>(from >> 32) ^ static_cast<uint32_t>(seed));
        const Words round1 = all(constant >> 32) ^ k1[1], round2 = all(constant) ^ k1[2];

        Words counter = all(from), sum = {};
        for (int lane = 0; lane < Count; lane++) counter[lane] += lane;
        for (; steps > 0; steps--) {
            Words c0[Groups], c1[Groups], c2[Groups], c3[Groups];
            for (int g = 0; g < Groups; g++, counter += Count) {
                Words p0 = multiply(counter, m0);
                c1[g] = multiply((p0 >> 32) ^ k1[0], m1);
                Words second0 = (c1[g] >> 32) ^ k0[1];
                Words p1 = multiply(p0 ^ round1, m1);
                c3[g] = multiply(second0, m0);
                c0[g] = (p1 >> 32) ^ c1[g] ^ k0[2];
                c2[g] = (c3[g] >> 32) ^ round2;
                c1[g] = p1;
            }
#pragma clang loop unroll(full)
            for (int round = 3; round < Rounds; round++)
                for (int g = 0; g < Groups; g++) {
                    Words p0 = multiply(c0[g], m0), p1 = multiply(c2[g], m1);
                    c0[g] = (p1 >> 32) ^ (c1[g] ^ k0[round]);
                    c2[g] = (p0 >> 32) ^ (c3[g] ^ k1[round]);
                    c1[g] = p1, c3[g] = p0;
                }
            for (int g = 0; g < Groups; g++) sum += outside(c0[g], c1[g]) + outside(c2[g], c3[g]);
        }

        uint64_t total = 0;
        for (int lane = 0; lane < Count; lane++) total += sum[lane];
        return total;
    }

    static uint64_t count_inside(uint64_t from, uint64_t to, uint64_t seed) {
        uint64_t step = Groups * Count, steps = (to - from) / step, end = from + steps * step;
        return 2 * (to - from) - misses(from, steps, seed) - scalar_misses(end, to, seed);
    }
};

}  // namespace

// Blocks [from, to) below 2^32, as the benchmark asks for.
extern "C" uint64_t count_inside_256(uint64_t from, uint64_t to, uint64_t seed) { return Kernel<32>::count_inside(from, to, seed); }

#ifdef __AVX512F__
extern "C" uint64_t count_inside_512(uint64_t from, uint64_t to, uint64_t seed) { return Kernel<64>::count_inside(from, to, seed); }
#endif
