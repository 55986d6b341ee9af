// Gaussian parameters as the engine keeps them: planar, one buffer, in the order means, log-scales, quaternions,
// opacity logit, SH. JavaScript's side is row-major (core/gaussians.ts); these functions convert at the door.
#pragma once

#include <vector>

#include "kernel_args.h"

namespace charactershot {

enum GaussianPlane { kMeans = 0, kLogScales = 3, kQuats = 6, kOpacity = 10, kSh = 11 };

constexpr int shCoefficients(int degree) { return (degree + 1) * (degree + 1); }
constexpr int planeCount(int degree) { return kSh + 3 * shCoefficients(degree); }

// [count][components] row-major into `components` planes, and back.
inline void toPlanes(const float* rows, int count, int components, float* planes, int stride) {
  for (int c = 0; c < components; c++)
    for (int i = 0; i < count; i++)
      planes[static_cast<size_t>(c) * stride + i] = rows[static_cast<size_t>(i) * components + c];
}
inline void fromPlanes(const float* planes, int stride, int count, int components, float* rows) {
  for (int c = 0; c < components; c++)
    for (int i = 0; i < count; i++)
      rows[static_cast<size_t>(i) * components + c] = planes[static_cast<size_t>(c) * stride + i];
}

// Views of one buffer of planeCount(degree) planes.
inline GaussianPlanes planesOf(const float* buffer, int stride, const float* colorOffset) {
  auto plane = [&](int p) { return buffer + static_cast<size_t>(p) * stride; };
  return {plane(kMeans), plane(kLogScales), plane(kQuats), plane(kOpacity), plane(kSh), colorOffset};
}

}  // namespace charactershot
