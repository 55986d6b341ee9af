// Random numbers as a pure function of (seed, stream, index): nothing to save in a checkpoint, and tasks on any number
// of threads draw the same numbers. SplitMix64's finaliser is the hash.
#pragma once

#include <cmath>
#include <cstdint>

namespace charactershot {

class Random {
 public:
  Random(uint64_t seed, uint64_t stream) : key_(mix(seed ^ mix(stream + 0x9e3779b97f4a7c15ull))) {}

  uint64_t bits(uint64_t index) const { return mix(key_ + index * 0x9e3779b97f4a7c15ull); }
  // In [0, 1), 24 bits.
  float uniform(uint64_t index) const { return static_cast<float>(bits(index) >> 40) * 0x1p-24f; }
  // Standard normal by Box and Muller; draws from the indices 2 i and 2 i + 1.
  float normal(uint64_t index) const {
    const float radius = std::sqrt(-2.0f * std::log(1.0f - uniform(2 * index)));
    return radius * std::cos(6.2831853f * uniform(2 * index + 1));
  }

 private:
  static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  uint64_t key_;
};

}  // namespace charactershot
