#include "image_loss.h"

#include <algorithm>
#include <cmath>

#include "aligned_vector.h"

namespace charactershot {

namespace {

// A band blurs ten rows more than its own on either side. Two bands of each channel keep two to six threads busy;
// taller pictures are cut further, at a cost of a tenth. The cuts must depend on the picture alone, never on the
// threads.
constexpr int kBandRows = 96, kLeastBands = 2;

bool isEmpty(const Rect& r) { return r.x1 <= r.x0 || r.y1 <= r.y0; }

Rect unite(const Rect& a, const Rect& b) {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

Rect grow(const Rect& r, int by, int width, int height) {
  return {std::max(0, r.x0 - by), std::max(0, r.y0 - by), std::min(width, r.x1 + by), std::min(height, r.y1 + by)};
}

int paddedPitch(int columns) { return (columns + 2 * kLossPad + kPlaneAlign - 1) / kPlaneAlign * kPlaneAlign; }

// Scratch of a thread, not of a task: it stays in the cache of one core.
float* threadScratch(size_t floats) {
  thread_local AlignedVector<float> scratch;
  if (scratch.size() < floats) scratch.resize(floats);
  return scratch.data();
}

void ssimWindow(float window[kSsimTaps]) {
  double weights[kSsimTaps], total = 0;
  for (int k = 0; k < kSsimTaps; k++) {
    const double d = k - kSsimRadius;
    weights[k] = std::exp(-d * d / (2 * 1.5 * 1.5));
    total += weights[k];
  }
  for (int k = 0; k < kSsimTaps; k++) window[k] = static_cast<float>(weights[k] / total);
}

}  // namespace

ImageLossResult ImageLoss::compute(const float* rgb, int rowStride, int planeStride, const TargetImage& target,
                                   Rect touched, float lambda) {
  const int width = target.width, height = target.height;
  const double values = 3.0 * width * height;
  const Rect content = unite(touched, target.content);
  if (isEmpty(content)) return {0, 0, 1, 0};

  ImageLossArgs a{};
  a.rgb = rgb;
  a.rowStride = rowStride;
  a.planeStride = planeStride;
  a.target = target.pixels;
  a.targetRow = target.rowStride;
  a.targetPlane = target.planeStride;
  a.exactTarget = target.exact;
  a.content = content;
  a.maps = grow(content, kSsimRadius, width, height);
  a.read = grow(content, 2 * kSsimRadius, width, height);
  a.read.x0 -= a.read.x0 % kPlaneAlign;
  ssimWindow(a.window);
  // Loss falls as SSIM rises.
  a.l1Scale = static_cast<float>((1 - lambda) / values);
  a.ssimScale = static_cast<float>(-lambda / values);
  a.pitch = paddedPitch(a.read.x1 - a.read.x0);

  // The padding of rows and tiles is never written and must stay 0.
  if (gradPlane_ != planeStride || gradRow_ != rowStride)
    grad_.assign(static_cast<size_t>(3) * planeStride + kPlaneAlign, 0);
  gradPlane_ = planeStride;
  gradRow_ = rowStride;
  a.grad = grad_.data();

  const int rows = content.y1 - content.y0, bands = std::max(kLeastBands, rows / kBandRows);
  const Kernels& k = kernels();
  sums_.resize(3 * bands);
  pool_.each(3 * bands, [&](int task) {
    const int band = task / 3, y0 = content.y0 + rows * band / bands, y1 = content.y0 + rows * (band + 1) / bands;
    const LossBand rowsOfBand = {task % 3, y0, y1, band == 0 ? a.maps.y0 : y0, band + 1 == bands ? a.maps.y1 : y1};
    k.lossBand(a, rowsOfBand, threadScratch(static_cast<size_t>(kLossScratchRows) * a.pitch), sums_[task]);
  });

  double l1 = 0, squared = 0, ssim = 0;
  for (const LossSums& band : sums_) {
    l1 += band.l1;
    squared += band.squared;
    ssim += band.ssim;
  }
  const double mapValues = 3.0 * (a.maps.y1 - a.maps.y0) * (a.maps.x1 - a.maps.x0);
  l1 /= values;
  squared /= values;
  ssim = (ssim + values - mapValues) / values;
  return {(1 - lambda) * l1 + lambda * (1 - ssim), l1, ssim, squared};
}

}  // namespace charactershot
