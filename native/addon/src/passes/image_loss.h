// L1 and SSIM of a rendered picture against its target, and their gradient, in three sweeps over rows:
//   blurRows       reads both pictures, blurs x, y, xx, yy, xy along rows;
//   ssimRows       blurs those along columns, gives SSIM and its three partial derivatives, blurs these along rows;
//   gradientRows   blurs the derivatives along columns and combines them with L1.
// The window is separable and symmetric, so its transpose is itself. Values outside the picture count as 0 (golden
// data, "ssim_l1"). Columns run in whole vectors past the rectangle's end: the scratch rows have room and are zero
// there.
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

constexpr float kSsimC1 = 1e-4f;
constexpr float kSsimC2 = 9e-4f;
constexpr int kLossQuantities = 5;

typedef uint8_t vb __attribute__((vector_size(CS_LANES)));

static inline vf loadPixels(const uint8_t* p) {
  vb bytes;
  __builtin_memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, vf) * (1.0f / 255.0f);
}

// A vector of the target at (x, y).
static inline vf targetPixels(const ImageLossArgs& a, int channel, int y, int x) {
  const int64_t at = (int64_t)channel * a.targetPlane + (int64_t)y * a.targetRow + x;
  return a.exactTarget ? load(a.exactTarget + at) : loadPixels(a.target + at);
}

static inline float* blurredRow(const ImageLossArgs& a, int channel, int quantity, int y) {
  const int rows = a.read.y1 - a.read.y0;
  return a.blurred + ((int64_t)(channel * kLossQuantities + quantity) * rows + y - a.read.y0) * a.pitch;
}
static inline float* derivativeRow(const ImageLossArgs& a, int channel, int quantity, int y) {
  const int rows = a.maps.y1 - a.maps.y0;
  return a.derivatives + ((int64_t)(channel * 3 + quantity) * rows + y - a.maps.y0) * a.pitch;
}

// The window applied along a row at p, or along a column when `step` is the row length.
static inline vf blurAt(const float* p, int step, const float* window) {
  vf sum = load(p) * window[kSsimRadius];
  for (int k = 1; k <= kSsimRadius; k++) sum += (load(p - k * step) + load(p + k * step)) * window[kSsimRadius + k];
  return sum;
}

// The same along a column, where rows outside [first, end) are 0.
static inline vf blurColumn(const float* p, int pitch, int y, int first, int end, const float* window) {
  if (y - kSsimRadius >= first && y + kSsimRadius < end) return blurAt(p, pitch, window);
  vf sum = vf{};
  for (int k = -kSsimRadius; k <= kSsimRadius; k++)
    if (y + k >= first && y + k < end) sum += load(p + k * pitch) * window[kSsimRadius + k];
  return sum;
}

static inline int scratchColumn(const ImageLossArgs& a, int x) { return x - a.read.x0 + kLossPad; }

// `scratch` holds kLossQuantities rows of a.pitch floats.
void lossBlurRows(const ImageLossArgs& a, int channel, int y, float* scratch) {
  for (int k = 0; k < kLossQuantities * a.pitch; k++) scratch[k] = 0.0f;
  const float* rgb = a.rgb + channel * a.planeStride + y * a.rowStride;
  for (int x = a.read.x0; x < a.read.x1; x += kLanes) {
    vf value = load(rgb + x), truth = targetPixels(a, channel, y, x);
    if (x + kLanes > a.read.x1)
      for (int i = a.read.x1 - x; i < kLanes; i++) value[i] = truth[i] = 0.0f;
    float* out = scratch + scratchColumn(a, x);
    store(out, value);
    store(out + a.pitch, truth);
    store(out + 2 * a.pitch, value * value);
    store(out + 3 * a.pitch, truth * truth);
    store(out + 4 * a.pitch, value * truth);
  }
  for (int q = 0; q < kLossQuantities; q++) {
    float* out = blurredRow(a, channel, q, y);
    for (int x = a.maps.x0; x < a.maps.x1; x += kLanes) {
      const int column = scratchColumn(a, x);
      store(out + column, blurAt(scratch + q * a.pitch + column, 1, a.window));
    }
  }
}

// `scratch` holds 3 rows of a.pitch floats.
void lossSsimRows(const ImageLossArgs& a, int channel, int y, float* scratch) {
  for (int k = 0; k < 3 * a.pitch; k++) scratch[k] = 0.0f;
  vf total = vf{};
  for (int x = a.maps.x0; x < a.maps.x1; x += kLanes) {
    const int column = scratchColumn(a, x);
    vf m[kLossQuantities];
    for (int q = 0; q < kLossQuantities; q++)
      m[q] = blurColumn(blurredRow(a, channel, q, y) + column, a.pitch, y, a.read.y0, a.read.y1, a.window);
    const vf mx = m[0], my = m[1];
    const vf varX = m[2] - mx * mx, varY = m[3] - my * my, covariance = m[4] - mx * my;
    const vf a1 = 2.0f * mx * my + kSsimC1, a2 = 2.0f * covariance + kSsimC2;
    const vf b1 = mx * mx + my * my + kSsimC1, b2 = varX + varY + kSsimC2;
    const vf inv1 = 1.0f / b1, inv2 = 1.0f / b2;
    const vf ssim = a1 * a2 * inv1 * inv2;
    // Partial derivatives with respect to the blurred x, xx and xy (variances hold mx too).
    const vf dVar = -ssim * inv2;
    const vf dCov = 2.0f * a1 * inv1 * inv2;
    const vf dMean = 2.0f * my * a2 * inv1 * inv2 - 2.0f * mx * ssim * inv1 - 2.0f * mx * dVar - my * dCov;
    vi inside = splati(-1);
    if (x + kLanes > a.maps.x1)
      for (int i = a.maps.x1 - x; i < kLanes; i++) inside[i] = 0;
    total += keep(inside, ssim);
    store(scratch + column, keep(inside, dMean));
    store(scratch + a.pitch + column, keep(inside, dVar));
    store(scratch + 2 * a.pitch + column, keep(inside, dCov));
  }
  a.rowSsim[channel * a.height + y] = sum(total);
  for (int q = 0; q < 3; q++) {
    float* out = derivativeRow(a, channel, q, y);
    for (int x = a.content.x0; x < a.content.x1; x += kLanes) {
      const int column = scratchColumn(a, x);
      store(out + column, blurAt(scratch + q * a.pitch + column, 1, a.window));
    }
  }
}

void lossGradientRows(const ImageLossArgs& a, int channel, int y) {
  const int64_t row = (int64_t)channel * a.planeStride + y * a.rowStride;
  vf l1 = vf{}, squared = vf{};
  for (int x = a.content.x0; x < a.content.x1; x += kLanes) {
    const int column = scratchColumn(a, x);
    vf d[3];
    for (int q = 0; q < 3; q++)
      d[q] = blurColumn(derivativeRow(a, channel, q, y) + column, a.pitch, y, a.maps.y0, a.maps.y1, a.window);
    const vf value = load(a.rgb + row + x), truth = targetPixels(a, channel, y, x);
    const vf difference = value - truth;
    const vf ssimGrad = d[0] + 2.0f * value * d[1] + truth * d[2];
    const vf sign = keep(difference > 0.0f, splat(1.0f)) - keep(difference < 0.0f, splat(1.0f));
    vf grad = a.l1Scale * sign + a.ssimScale * ssimGrad;
    const vf shown = vmin(vmax(value, vf{}), splat(1.0f)) - truth;
    vi inside = splati(-1);
    if (x + kLanes > a.content.x1)
      for (int i = a.content.x1 - x; i < kLanes; i++) inside[i] = 0;
    l1 += keep(inside, vabs(difference));
    squared += keep(inside, shown * shown);
    store(a.grad + row + x, keep(inside, grad));
  }
  a.rowL1[channel * a.height + y] = sum(l1);
  a.rowSquared[channel * a.height + y] = sum(squared);
}

}  // namespace CS_VARIANT
}  // namespace charactershot
