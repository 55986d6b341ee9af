// Adam with the published constants over [begin, end) of one group:
//   value -= rate * m / (sqrt(v) * correction + epsilon).
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

void adam(const AdamArgs& a, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    const int lanes = end - i < kLanes ? end - i : kLanes;
    vf value = vf{}, grad = vf{}, m = vf{}, v = vf{};
    __builtin_memcpy(&value, a.value + i, lanes * 4);
    __builtin_memcpy(&grad, a.grad + i, lanes * 4);
    __builtin_memcpy(&m, a.m + i, lanes * 4);
    __builtin_memcpy(&v, a.v + i, lanes * 4);
    m = kAdamBeta1 * m + (1.0f - kAdamBeta1) * grad;
    v = kAdamBeta2 * v + (1.0f - kAdamBeta2) * grad * grad;
    value -= a.rate * m / (vsqrt(v) * a.correction + kAdamEpsilon);
    __builtin_memcpy(a.value + i, &value, lanes * 4);
    __builtin_memcpy(a.m + i, &m, lanes * 4);
    __builtin_memcpy(a.v + i, &v, lanes * 4);
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
