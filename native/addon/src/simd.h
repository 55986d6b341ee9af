// Vectors of CS_LANES floats, in the namespace of the instruction-set variant that is being compiled.
//
// GCC's and Clang's vector extensions give the same source for SSE, AVX2, AVX-512 and NEON. Everything that generates
// code in a variant must live in that variant's namespace (or be a raw pointer type): an inline function or a std
// template shared between variants would be merged by the linker, and a plain x86-64 processor could then be handed
// the AVX-512 copy. For the same reason kernels use no std containers.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE__)
#include <immintrin.h>
#endif

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
// NaN in `a` gives `b`, as the x86 instructions do. GCC makes a comparison and a blend of the conditional, twice the
// work, so the instructions are named where they exist.
#if defined(__AVX__) && CS_LANES == 8
static inline vf vmin(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }
static inline vf vmax(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }
#elif defined(__SSE__) && CS_LANES == 4
static inline vf vmin(vf a, vf b) { return (vf)_mm_min_ps((__m128)a, (__m128)b); }
static inline vf vmax(vf a, vf b) { return (vf)_mm_max_ps((__m128)a, (__m128)b); }
#else
static inline vf vmin(vf a, vf b) { return a < b ? a : b; }
static inline vf vmax(vf a, vf b) { return a > b ? a : b; }
#endif
static inline vf vabs(vf a) { return (vf)((vi)a & 0x7fffffff); }

static inline vf vsqrt(vf a) {
  vf r;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_sqrtf(a[i]);
  return r;
}

// One bit a lane, lane 0 in the lowest; `mask` is the result of a comparison.
static inline unsigned laneBits(vi mask) {
#if defined(__AVX__) && CS_LANES == 8
  return (unsigned)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE__) && CS_LANES == 4
  return (unsigned)_mm_movemask_ps((__m128)mask);
#else
  unsigned bits = 0;
  for (int i = 0; i < kLanes; i++) bits |= (unsigned)(mask[i] & 1) << i;
  return bits;
#endif
}
static inline bool anyLane(vi mask) { return laneBits(mask) != 0; }

static inline int32_t orLanes(vi a) {
  int32_t t[kLanes], all = 0;
  storei(t, a);
  for (int i = 0; i < kLanes; i++) all |= t[i];
  return all;
}

// Sum over the lanes as a fixed tree of halves, so that the order does not depend on the compiler.
static inline float sum(vf a) {
  float t[kLanes];
  store(t, a);
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) t[i] += t[i + half];
  return t[0];
}

#if CS_LANES <= 8
// Sums of neighbouring lanes, x's in the lower half of the result and y's in the upper.
static inline vf pairSums(vf x, vf y) {
#if CS_LANES == 8
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15);
#else
  return __builtin_shufflevector(x, y, 0, 2, 4, 6) + __builtin_shufflevector(x, y, 1, 3, 5, 7);
#endif
}

// Lane i is the sum over the lanes of v[i]: a tree of pair sums does them all with the work of three.
static inline vf sums(const vf v[kLanes]) {
  vf level[kLanes];
  for (int i = 0; i < kLanes; i++) level[i] = v[i];
  for (int count = kLanes; count > 1; count /= 2)
    for (int i = 0; i < count / 2; i++) level[i] = pairSums(level[2 * i], level[2 * i + 1]);
  return level[0];
}

// Lane i of vector k becomes lane k of vector i.
static inline void transpose(vf m[kLanes]) {
#if CS_LANES == 8
#define CS_INTERLEAVE_LOW(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define CS_INTERLEAVE_HIGH(x, y) __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
#define CS_PAIRS_LOW(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define CS_PAIRS_HIGH(x, y) __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
#else
#define CS_INTERLEAVE_LOW(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define CS_INTERLEAVE_HIGH(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define CS_PAIRS_LOW(x, y) __builtin_shufflevector(x, y, 0, 1, 4, 5)
#define CS_PAIRS_HIGH(x, y) __builtin_shufflevector(x, y, 2, 3, 6, 7)
#endif
  for (int g = 0; g < kLanes; g += 4) {
    const vf a = CS_INTERLEAVE_LOW(m[g], m[g + 1]), b = CS_INTERLEAVE_HIGH(m[g], m[g + 1]);
    const vf c = CS_INTERLEAVE_LOW(m[g + 2], m[g + 3]), d = CS_INTERLEAVE_HIGH(m[g + 2], m[g + 3]);
    m[g] = CS_PAIRS_LOW(a, c);
    m[g + 1] = CS_PAIRS_HIGH(a, c);
    m[g + 2] = CS_PAIRS_LOW(b, d);
    m[g + 3] = CS_PAIRS_HIGH(b, d);
  }
#if CS_LANES == 8
  for (int c = 0; c < 4; c++) {
    const vf low = m[c], high = m[c + 4];
    m[c] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 8, 9, 10, 11);
    m[c + 4] = __builtin_shufflevector(low, high, 4, 5, 6, 7, 12, 13, 14, 15);
  }
#endif
#undef CS_INTERLEAVE_LOW
#undef CS_INTERLEAVE_HIGH
#undef CS_PAIRS_LOW
#undef CS_PAIRS_HIGH
}

// kLanes rows of memory, `step` floats apart, as columns: out[f] holds element f of each.
static inline void loadColumns(const float* rows, int step, vf out[kLanes]) {
  for (int lane = 0; lane < kLanes; lane++) out[lane] = load(rows + lane * step);
  transpose(out);
}

// The sum and the largest of each four neighbouring lanes, in all four.
#if CS_LANES == 8
static inline vf swapPairs(vf a) { return __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6); }
static inline vf swapHalves(vf a) { return __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5); }
#else
static inline vf swapPairs(vf a) { return __builtin_shufflevector(a, a, 1, 0, 3, 2); }
static inline vf swapHalves(vf a) { return __builtin_shufflevector(a, a, 2, 3, 0, 1); }
#endif
static inline vf sumOfFour(vf a) {
  const vf pairs = a + swapPairs(a);
  return pairs + swapHalves(pairs);
}
static inline vf maxOfFour(vf a) {
  const vf pairs = vmax(a, swapPairs(a));
  return vmax(pairs, swapHalves(pairs));
}
#endif

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

// 2^x for x <= 0 (a little above is harmless), flat below -126. Relative error below 2.2e-7 (minimax polynomial of
// degree 5). A power of two needs neither a product with log2(e) nor the two steps to the remainder: five instructions
// fewer than vexp.
static inline vf vexp2Negative(vf x) {
  const vf clamped = vmax(x, splat(-126.0f));
  const vf shifted = clamped + 12582912.0f;
  const vf r = clamped - (shifted - 12582912.0f);
  vf p = r * 1.3276472e-3f + 9.6755410e-3f;
  p = p * r + 5.5507131e-2f;
  p = p * r + 2.4022120e-1f;
  p = p * r + 6.9314694e-1f;
  p = p * r + 1.0000001f;
  const vi scale = ((vi)shifted + 127) << 23;
  return p * (vf)scale;
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
