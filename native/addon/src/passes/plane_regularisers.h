// Regularisers of one plane: squared second differences along the height (the published "plane TV" and, on the time
// planes, its time smoothness), a true total variation, and the distance of time planes from 1 (which means "no
// motion").
//
// A gather: each row reads the rows around it and owns its gradient, so rows can be split among threads. NaN passes
// through. The gradient of |1 - x| is 0 where x is exactly 1.
#pragma once

#include "../hexplane_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

// d(sum of squares of second differences)/d(row y) = 2 (d[y] - 2 d[y-1] + d[y-2]) with d[y] = x[y] - 2 x[y+1] + x[y+2].
static double smoothRow(const RegulariseArgs& a, int y) {
  const int n = a.width * a.pitch;
  const float* x = a.plane + static_cast<int64_t>(y) * n;
  float* grads = a.grads + static_cast<int64_t>(y) * n;
  const bool first = y + 2 < a.height, middle = y >= 1 && y + 1 < a.height, last = y >= 2;
  vf value = vf{};
  for (int i = 0; i < n; i += kLanes) {
    const vf here = load(x + i);
    const vf above = y >= 1 ? load(x - n + i) : vf{}, below = y + 1 < a.height ? load(x + n + i) : vf{};
    vf g = vf{};
    if (first) {
      const vf d = here - 2.0f * below + load(x + 2 * n + i);
      value += d * d;
      g += d;
    }
    if (middle) g -= 2.0f * (above - 2.0f * here + below);
    if (last) g += load(x - 2 * n + i) - 2.0f * above + here;
    store(grads + i, load(grads + i) + (2.0f * a.smooth) * g);
  }
  return static_cast<double>(sum(value)) * a.smooth;
}

static double variationRow(const RegulariseArgs& a, int y) {
  const int n = a.width * a.pitch;
  const float* x = a.plane + static_cast<int64_t>(y) * n;
  float* grads = a.grads + static_cast<int64_t>(y) * n;
  vf down = vf{}, right = vf{};
  for (int i = 0; i < n; i += kLanes) {
    const vf here = load(x + i);
    vf gHeight = vf{}, gWidth = vf{};
    if (y > 0) gHeight += here - load(x - n + i);
    if (y + 1 < a.height) {
      const vf d = load(x + n + i) - here;
      down += d * d;
      gHeight -= d;
    }
    if (i >= a.pitch) gWidth += here - load(x - a.pitch + i);
    if (i + a.pitch < n) {
      const vf d = load(x + a.pitch + i) - here;
      right += d * d;
      gWidth -= d;
    }
    store(grads + i, load(grads + i) + 2.0f * (a.tvHeight * gHeight + a.tvWidth * gWidth));
  }
  return static_cast<double>(sum(down)) * a.tvHeight + static_cast<double>(sum(right)) * a.tvWidth;
}

static double absoluteRow(const RegulariseArgs& a, int y) {
  const int64_t row = static_cast<int64_t>(y) * a.width * a.pitch;
  vi lane;
  for (int i = 0; i < kLanes; i++) lane[i] = i;
  vf value = vf{};
  for (int column = 0; column < a.width; column++) {
    const int64_t at = row + static_cast<int64_t>(column) * a.pitch;
    for (int c = 0; c < a.channels; c += kLanes) {
      const vf d = load(a.plane + at + c) - 1.0f;
      const vi real = lane + c < a.channels;  // the padding is 0, not 1, and must stay 0
      value += keep(real, vabs(d));
      const vf sign = select(d > 0.0f, splat(a.l1), keep(d < 0.0f, splat(-a.l1)));
      store(a.grads + at + c, load(a.grads + at + c) + keep(real, sign));
    }
  }
  return static_cast<double>(sum(value)) * a.l1;
}

double regularise(const RegulariseArgs& a, int begin, int end) {
  double value = 0;
  for (int y = begin; y < end; y++) {
    if (a.smooth != 0) value += smoothRow(a, y);
    if (a.tvHeight != 0 || a.tvWidth != 0) value += variationRow(a, y);
    if (a.l1 != 0) value += absoluteRow(a, y);
  }
  return value;
}

}  // namespace CS_VARIANT
}  // namespace charactershot
