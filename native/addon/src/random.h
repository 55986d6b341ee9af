// Counter-based random numbers: Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011). Number `index` of `stream` depends on nothing but (seed, stream, index): no state to save in a
// checkpoint and the same numbers whatever the order or number of threads.
#pragma once

#include <cmath>
#include <cstdint>

namespace charactershot {

class Random {
 public:
  explicit Random(uint64_t seed) : seed_(seed) {}

  uint32_t bits(uint32_t stream, uint64_t index) const {
    uint32_t c[4] = {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), stream, 0};
    uint32_t k0 = static_cast<uint32_t>(seed_), k1 = static_cast<uint32_t>(seed_ >> 32);
    for (int round = 0; round < 10; round++) {
      const uint64_t a = 0xD2511F53ull * c[0], b = 0xCD9E8D57ull * c[2];
      const uint32_t next[4] = {static_cast<uint32_t>(b >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(b),
                                static_cast<uint32_t>(a >> 32) ^ c[3] ^ k1, static_cast<uint32_t>(a)};
      for (int i = 0; i < 4; i++) c[i] = next[i];
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    return c[0];
  }

  // Uniform in [0, 1), 24 bits.
  float uniform(uint32_t stream, uint64_t index) const {
    return static_cast<float>(bits(stream, index) >> 8) * 0x1p-24f;
  }
  float uniform(uint32_t stream, uint64_t index, float low, float high) const {
    return low + (high - low) * uniform(stream, index);
  }
  // Standard normal (Box and Muller), from the uniform numbers 2 * index and 2 * index + 1.
  float normal(uint32_t stream, uint64_t index) const {
    const float radius = std::sqrt(-2.0f * std::log(1.0f - uniform(stream, 2 * index)));
    return radius * std::cos(6.2831853f * uniform(stream, 2 * index + 1));
  }

 private:
  uint64_t seed_;
};

}  // namespace charactershot
