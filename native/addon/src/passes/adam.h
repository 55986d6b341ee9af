// Adam with the published constants over [begin, end) of one group:
//   value -= rate * m / (sqrt(v) * correction + epsilon).
// NaN passes through; the trainer looks for it and names the parameter.
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

// As decimals: 1.0f - 0.999f is 5e-5 off, which would show in the second moments.
constexpr float kAdamGain1 = 0.1f;
constexpr float kAdamGain2 = 0.001f;

static inline vf adamStep(const AdamArgs& a, vf value, vf grad, vf& m, vf& v) {
  m = kAdamBeta1 * m + kAdamGain1 * grad;
  v = kAdamBeta2 * v + kAdamGain2 * grad * grad;
  return value - a.rate * m / (vsqrt(v) * a.correction + kAdamEpsilon);
}

void adam(const AdamArgs& a, int begin, int end) {
  int i = begin;
  for (; i + kLanes <= end; i += kLanes) {
    vf m = load(a.m + i), v = load(a.v + i);
    store(a.value + i, adamStep(a, load(a.value + i), load(a.grad + i), m, v));
    store(a.m + i, m);
    store(a.v + i, v);
  }
  // The rest in one lane each: a partial vector would need copies of a length unknown to the compiler.
  for (; i < end; i++) {
    vf m = splat(a.m[i]), v = splat(a.v[i]);
    a.value[i] = adamStep(a, splat(a.value[i]), splat(a.grad[i]), m, v)[0];
    a.m[i] = m[0];
    a.v[i] = v[0];
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
