#include "philox.h"
#include "pricing.h"

struct Sums {
    double deviations, squares;
    u64 paying;
};

// Paths that a block draws at a time, one index a thread.
constexpr int Tile = 128;

DEVICE double deviation(double prices, double scale, double offset, double centre, u64& paying) {
    double pays = fused(scale, prices, offset);
    paying += pays > 0.0;
    return (pays > 0.0 ? pays : 0.0) - centre;
}

DEVICE void add(Sums& sums, double deviation) {
    sums.deviations += deviation;
    sums.squares = fused(deviation, deviation, sums.squares);
}

// sums[r] = sums over the two paths of each index of range r = block_x, [from + r*indices, one range further or to). Index
// from + k adds to one of four chains, k mod 4, its first path before its second; the total is (0 + 1) + (2 + 3). Paths that
// pay are counted by the thread that drew them.
// Grid: a block for each range; block: Tile threads.
//
// A thread draws the two paths of an index: for each date about 110 integer and 110 double operations, one of them a
// division and one a square root, no memory: double arithmetic bounds it. Then four threads add up the tile from shared
// memory, 64 dependent additions each, while other blocks of the multiprocessor draw. A block writes 24 bytes.
KERNEL void price_sums(Sums* sums, u64 from, u64 to, u64 indices, u64 seed, u32 dates, double drift, double diffusion,
                       double scale, double offset, double centre) {
    SHARED double first[Tile], second[Tile];
    SHARED Sums chains[4];
    SHARED u64 payers[Tile];

    u64 begin = from + block_x * indices;
    u64 count = to - begin < indices ? to - begin : indices;
    Sums chain = {0.0, 0.0, 0};
    u64 paying = 0;
    for (u64 tile = 0; tile < count; tile += Tile) {
        if (tile + thread_x < count) {
            double x0 = 0.0, x1 = 0.0, sum0 = 0.0, sum1 = 0.0;
            for (u32 date = 0; date < dates; date++) {
                Words w = philox(begin + tile + thread_x, date, seed);
                double sine, cosine;
                double radius = sqrt_rn(-2.0 * log_uniform(w.w0 | (u64)w.w1 << 32));
                sin_cos_turn(w.w2 | (u64)w.w3 << 32, sine, cosine);
                x0 = fused(diffusion, radius * cosine, x0 + drift);
                x1 = fused(diffusion, radius * sine, x1 + drift);
                sum0 += exp_price(x0);
                sum1 += exp_price(x1);
            }
            first[thread_x] = deviation(sum0, scale, offset, centre, paying);
            second[thread_x] = deviation(sum1, scale, offset, centre, paying);
        }
        barrier();

        if (thread_x < 4) {
            u64 left = count - tile < Tile ? count - tile : Tile;
            for (u64 i = thread_x; i < left; i += 4) {
                add(chain, first[i]);
                add(chain, second[i]);
            }
        }
        barrier();
    }

    if (thread_x < 4) chains[thread_x] = chain;
    payers[thread_x] = paying;
    barrier();
    if (thread_x == 0) {
        paying = 0;
        for (u32 i = 0; i < Tile; i++) paying += payers[i];
        sums[block_x] = {(chains[0].deviations + chains[1].deviations) + (chains[2].deviations + chains[3].deviations),
                         (chains[0].squares + chains[1].squares) + (chains[2].squares + chains[3].squares),
                         paying};
    }
}
