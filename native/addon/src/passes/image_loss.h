// L1 and SSIM of a rendered picture against its target, and their gradient. A band of rows is one task. It walks down
// the picture once, and each step does a row of three sweeps, each as far behind the one before as its window reaches:
//   blurRow        reads both pictures, blurs x, y, xx + yy, xy along the row;
//   ssimRow        blurs those along columns, gives SSIM and its three partial derivatives, blurs these along the row;
//   gradientRow    blurs the derivatives along columns and combines them with L1.
// Between the sweeps lie only rings of rows, which stay in the core's own cache. SSIM needs the variances' sum alone,
// so xx and yy are blurred as one. The window is separable and symmetric, so its transpose is itself. Values outside
// the picture count as 0 (golden data, "ssim_l1"). Columns run in whole vectors on a grid that starts at read.x0, so
// that they are aligned in every sweep.
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

constexpr float kSsimC1 = 1e-4f;
constexpr float kSsimC2 = 9e-4f;

typedef uint8_t vb __attribute__((vector_size(CS_LANES)));
typedef int16_t vs __attribute__((vector_size(CS_LANES * 2)));

static inline vf loadPixels(const uint8_t* p) {
  vb bytes;
  __builtin_memcpy(&bytes, p, sizeof bytes);
  // By way of 16 bits: GCC widens vectors to twice the width, and takes larger steps lane by lane.
  return __builtin_convertvector(__builtin_convertvector(__builtin_convertvector(bytes, vs), vi), vf) * (1.0f / 255.0f);
}

// A vector of the target at (x, y).
static inline vf targetPixels(const ImageLossArgs& a, int channel, int y, int x) {
  const int64_t at = (int64_t)channel * a.targetPlane + (int64_t)y * a.targetRow + x;
  return a.exactTarget ? load(a.exactTarget + at) : loadPixels(a.target + at);
}

// Lanes of the vector at column x that lie in [x0, x1).
static inline vi columnsIn(int x, int x0, int x1) {
  vi column;
  for (int i = 0; i < kLanes; i++) column[i] = i;
  column += x;
  return (column >= x0) & (column < x1);
}

// The first column of the grid whose vector reaches x.
static inline int gridStart(const ImageLossArgs& a, int x) { return x - (x - a.read.x0) % kLanes; }
static inline int scratchColumn(const ImageLossArgs& a, int x) { return x - a.read.x0 + kLossPad; }

static inline void clearRows(float* rows, int count, int pitch) {
  for (int k = 0; k < count * pitch; k += kPlaneAlign) __builtin_memset(rows + k, 0, kPlaneAlign * sizeof(float));
}

// Row y of a ring: `quantities` rows of scratch.
static inline float* ringRow(float* ring, int quantities, int pitch, int y) {
  return ring + (int64_t)(y & (kLossRing - 1)) * quantities * pitch;
}

// The window applied along a row at p.
static inline vf blurAlong(const float* p, const float* window) {
  vf sum = load(p) * window[kSsimRadius];
  for (int k = 1; k <= kSsimRadius; k++) sum += (load(p - k) + load(p + k)) * window[kSsimRadius + k];
  return sum;
}

// The rows of a ring that the window around row y covers.
struct RingWindow {
  const float* rows[kSsimTaps];
};
static inline RingWindow ringWindow(float* ring, int quantities, int pitch, int y) {
  RingWindow w;
  for (int k = 0; k < kSsimTaps; k++) w.rows[k] = ringRow(ring, quantities, pitch, y - kSsimRadius + k);
  return w;
}

// The window applied along the columns of each quantity at `column`.
template <int kQuantities>
static inline void blurAcross(const RingWindow& ring, int pitch, int column, const float* window, vf out[kQuantities]) {
  const float* centre = ring.rows[kSsimRadius] + column;
  for (int q = 0; q < kQuantities; q++) out[q] = load(centre + q * pitch) * window[kSsimRadius];
  for (int k = 1; k <= kSsimRadius; k++) {
    const float* above = ring.rows[kSsimRadius - k] + column;
    const float* below = ring.rows[kSsimRadius + k] + column;
    for (int q = 0; q < kQuantities; q++)
      out[q] += (load(above + q * pitch) + load(below + q * pitch)) * window[kSsimRadius + k];
  }
}

static inline void blurRow(const ImageLossArgs& a, int channel, int y, float* values, float* out) {
  const float* rgb = a.rgb + (int64_t)channel * a.planeStride + (int64_t)y * a.rowStride;
  for (int x = a.read.x0; x < a.read.x1; x += kLanes) {
    vf value = load(rgb + x), truth = targetPixels(a, channel, y, x);
    if (x + kLanes > a.read.x1) {
      const vi inside = columnsIn(x, a.read.x0, a.read.x1);
      value = keep(inside, value);
      truth = keep(inside, truth);
    }
    float* at = values + scratchColumn(a, x);
    store(at, value);
    store(at + a.pitch, truth);
    store(at + 2 * a.pitch, value * value + truth * truth);
    store(at + 3 * a.pitch, value * truth);
  }
  for (int x = gridStart(a, a.maps.x0); x < a.maps.x1; x += kLanes) {
    const int column = scratchColumn(a, x);
    for (int q = 0; q < kLossQuantities; q++)
      store(out + q * a.pitch + column, blurAlong(values + q * a.pitch + column, a.window));
  }
}

// Returns the sum of SSIM over the row.
static inline float ssimRow(const ImageLossArgs& a, float* blurred, int y, float* derivatives, float* out) {
  const RingWindow ring = ringWindow(blurred, kLossQuantities, a.pitch, y);
  vf total = vf{};
  for (int x = gridStart(a, a.maps.x0); x < a.maps.x1; x += kLanes) {
    const int column = scratchColumn(a, x);
    vf m[kLossQuantities];
    blurAcross<kLossQuantities>(ring, a.pitch, column, a.window, m);
    const vf mx = m[0], my = m[1];
    const vf squares = mx * mx + my * my;
    const vf a1 = 2.0f * mx * my + kSsimC1, a2 = 2.0f * (m[3] - mx * my) + kSsimC2;
    const vf b1 = squares + kSsimC1, b2 = m[2] - squares + kSsimC2;
    const vf inv = 1.0f / (b1 * b2), inv1 = b2 * inv, inv2 = b1 * inv;
    const vf ssim = a1 * a2 * inv;
    // Partial derivatives with respect to the blurred x, xx and xy (variances hold mx too).
    const vf dVar = -ssim * inv2;
    const vf dCov = 2.0f * a1 * inv;
    const vf dMean = 2.0f * my * a2 * inv - 2.0f * mx * ssim * inv1 - 2.0f * mx * dVar - my * dCov;
    const vi inside = columnsIn(x, a.maps.x0, a.maps.x1);
    total += keep(inside, ssim);
    store(derivatives + column, keep(inside, dMean));
    store(derivatives + a.pitch + column, keep(inside, dVar));
    store(derivatives + 2 * a.pitch + column, keep(inside, dCov));
  }
  for (int x = gridStart(a, a.content.x0); x < a.content.x1; x += kLanes) {
    const int column = scratchColumn(a, x);
    for (int q = 0; q < kLossDerivatives; q++)
      store(out + q * a.pitch + column, blurAlong(derivatives + q * a.pitch + column, a.window));
  }
  return sum(total);
}

static inline void gradientRow(const ImageLossArgs& a, int channel, int y, float* derivatives, LossSums& sums) {
  const int64_t row = (int64_t)channel * a.planeStride + (int64_t)y * a.rowStride;
  const RingWindow ring = ringWindow(derivatives, kLossDerivatives, a.pitch, y);
  vf l1 = vf{}, squared = vf{};
  for (int x = gridStart(a, a.content.x0); x < a.content.x1; x += kLanes) {
    vf d[kLossDerivatives];
    blurAcross<kLossDerivatives>(ring, a.pitch, scratchColumn(a, x), a.window, d);
    const vf value = load(a.rgb + row + x), truth = targetPixels(a, channel, y, x);
    const vf difference = value - truth;
    const vf ssimGrad = d[0] + 2.0f * value * d[1] + truth * d[2];
    const vf sign = keep(difference > 0.0f, splat(1.0f)) - keep(difference < 0.0f, splat(1.0f));
    const vf grad = a.l1Scale * sign + a.ssimScale * ssimGrad;
    const vf shown = vmin(vmax(value, vf{}), splat(1.0f)) - truth;
    const vi inside = columnsIn(x, a.content.x0, a.content.x1);
    l1 += keep(inside, vabs(difference));
    squared += keep(inside, shown * shown);
    store(a.grad + row + x, keep(inside, grad));
  }
  sums.l1 += sum(l1);
  sums.squared += sum(squared);
}

void lossBand(const ImageLossArgs& a, const LossBand& band, float* scratch, LossSums& sums) {
  float* blurred = scratch;
  float* derivatives = blurred + kLossRing * kLossQuantities * a.pitch;
  float* values = derivatives + kLossRing * kLossDerivatives * a.pitch;
  float* unblurred = values + kLossQuantities * a.pitch;
  // Beside what the sweeps write, these rows must be 0.
  clearRows(values, kLossQuantities + kLossDerivatives, a.pitch);
  sums = {0, 0, 0};
  for (int y = band.y0 - 2 * kSsimRadius; y < band.y1 + 2 * kSsimRadius; y++) {
    float* blurredRow = ringRow(blurred, kLossQuantities, a.pitch, y);
    if (y >= a.read.y0 && y < a.read.y1)
      blurRow(a, band.channel, y, values, blurredRow);
    else
      clearRows(blurredRow, kLossQuantities, a.pitch);

    const int mapY = y - kSsimRadius;
    if (mapY < band.y0 - kSsimRadius) continue;
    float* derivativeRow = ringRow(derivatives, kLossDerivatives, a.pitch, mapY);
    if (mapY >= a.maps.y0 && mapY < a.maps.y1) {
      const float ssim = ssimRow(a, blurred, mapY, unblurred, derivativeRow);
      if (mapY >= band.mapY0 && mapY < band.mapY1) sums.ssim += ssim;
    } else {
      clearRows(derivativeRow, kLossDerivatives, a.pitch);
    }

    const int contentY = mapY - kSsimRadius;
    if (contentY >= band.y0) gradientRow(a, band.channel, contentY, derivatives, sums);
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
