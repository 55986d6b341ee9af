// Vectors of CS_LANES floats, in the namespace of the instruction-set variant that is being compiled.
//
// GCC's and Clang's vector extensions give the same source for SSE, AVX2, AVX-512 and NEON. Everything that generates
// code in a variant must live in that variant's namespace (or be a raw pointer type): an inline function or a std
// template shared between variants would be merged by the linker, and a plain x86-64 processor could then be handed
// the AVX-512 copy. For the same reason kernels use no std containers.
#pragma once

#include <cstddef>
#include <cstdint>

#ifndef CS_VARIANT
#error "simd.h is for kernel sources, which are compiled once per variant"
#endif

namespace charactershot {
namespace CS_VARIANT {

constexpr int kLanes = CS_LANES;

typedef float vf __attribute__((vector_size(CS_LANES * 4)));
typedef int32_t vi __attribute__((vector_size(CS_LANES * 4)));

static inline vf load(const float* p) {
  vf v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
static inline void store(float* p, vf v) { __builtin_memcpy(p, &v, sizeof v); }
// base[0], base[step], base[2 * step], ... for the first `count` lanes, 0 in the others.
static inline vf gatherStrided(const float* base, int step, int count = kLanes) {
  float lanes[kLanes] = {};
  for (int i = 0; i < count && i < kLanes; i++) lanes[i] = base[i * step];
  return load(lanes);
}
static inline vi loadi(const int32_t* p) {
  vi v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
static inline void storei(int32_t* p, vi v) { __builtin_memcpy(p, &v, sizeof v); }
static inline vf splat(float x) { return x - vf{}; }  // x + 0 would turn -0 into 0 and cost an addition
static inline vi splati(int32_t x) { return vi{} + x; }

// Comparisons of vectors give lanes of -1 (true) and 0 (false).
static inline vf select(vi mask, vf a, vf b) { return mask ? a : b; }
static inline vi selecti(vi mask, vi a, vi b) { return mask ? a : b; }
// Lanes of `a` where the mask is set, else 0; cheaper than select.
static inline vf keep(vi mask, vf a) { return (vf)((vi)a & mask); }
// NaN in `a` gives `b`, as the x86 instructions do.
static inline vf vmin(vf a, vf b) { return a < b ? a : b; }
static inline vf vmax(vf a, vf b) { return a > b ? a : b; }
static inline vf vabs(vf a) { return (vf)((vi)a & 0x7fffffff); }

static inline vf vsqrt(vf a) {
  vf r;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_sqrtf(a[i]);
  return r;
}

// `mask` is the result of a comparison.
static inline bool anyLane(vi mask) {
#if defined(__AVX__) && CS_LANES == 8
  return __builtin_ia32_movmskps256((vf)mask) != 0;
#elif defined(__SSE__) && CS_LANES == 4
  return __builtin_ia32_movmskps((vf)mask) != 0;
#endif
  int32_t any = 0;
  for (int i = 0; i < kLanes; i++) any |= mask[i];
  return any != 0;
}

// Sum over the lanes as a fixed tree of halves, so that the order does not depend on the compiler.
static inline float sum(vf a) {
  float t[kLanes];
  store(t, a);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) t[i] += t[i + half];
  return t[0];
}

// exp(r) * 2^n for r in [-ln2/2, ln2/2] by a degree-6 polynomial; `shifted` is n + 1.5 * 2^23, so that its low mantissa
// bits hold n.
static inline vf expOfParts(vf r, vf shifted) {
  vf p = r * 1.3888889e-3f + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const vi scale = ((vi)shifted + 127) << 23;
  return p * (vf)scale;
}

// exp(x) for x <= 88; below -87 it gives 0. Relative error below 2e-7.
static inline vf vexp(vf x) {
  const vf clamped = vmin(vmax(x, splat(-87.0f)), splat(88.0f));
  const vf shifted = clamped * 1.44269504f + 12582912.0f;
  const vf n = shifted - 12582912.0f;
  const vf e = expOfParts((clamped - n * 0.693359375f) + n * 2.12194440e-4f, shifted);
  return keep(x > -87.0f, e);
}

// exp(x) for x <= 0 (a little above is harmless), flat below -87; two instructions shorter than vexp.
static inline vf vexpNegative(vf x) {
  const vf clamped = vmax(x, splat(-87.0f));
  const vf shifted = clamped * 1.44269504f + 12582912.0f;
  const vf n = shifted - 12582912.0f;
  return expOfParts((clamped - n * 0.693359375f) + n * 2.12194440e-4f, shifted);
}

// log(x) for positive finite x, relative to 1e-6 of max(1, |log x|): exponent plus the atanh series of the mantissa in
// [sqrt(1/2), sqrt(2)).
static inline vf vlog(vf x) {
  const vi bits = (vi)x - 0x3f3504f3;
  const vi exponent = bits >> 23;
  const vf m = (vf)((bits & 0x7fffff) + 0x3f3504f3);
  const vf t = (m - 1.0f) / (m + 1.0f), t2 = t * t;
  const vf series = t * (2.0f + t2 * (0.66666667f + t2 * (0.4f + t2 * (0.28571429f + t2 * 0.22222222f))));
  return __builtin_convertvector(exponent, vf) * 0.69314718f + series;
}

}  // namespace CS_VARIANT
}  // namespace charactershot
