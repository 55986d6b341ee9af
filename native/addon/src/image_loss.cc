#include "image_loss.h"

#include <algorithm>
#include <cmath>

namespace charactershot {

namespace {

constexpr int kRowGrain = 4;

bool isEmpty(const Rect& r) { return r.x1 <= r.x0 || r.y1 <= r.y0; }

Rect unite(const Rect& a, const Rect& b) {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

Rect grow(const Rect& r, int by, int width, int height) {
  return {std::max(0, r.x0 - by), std::max(0, r.y0 - by), std::min(width, r.x1 + by), std::min(height, r.y1 + by)};
}

// Room for the window on both sides and for a vector past the end.
int paddedPitch(int columns) { return (columns + 2 * kLossPad + kPlaneAlign - 1) / kPlaneAlign * kPlaneAlign; }

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
  a.width = width;
  a.height = height;
  a.content = content;
  a.maps = grow(content, kSsimRadius, width, height);
  a.read = grow(content, 2 * kSsimRadius, width, height);
  ssimWindow(a.window);
  // Loss falls as SSIM rises.
  a.l1Scale = static_cast<float>((1 - lambda) / values);
  a.ssimScale = static_cast<float>(-lambda / values);
  a.pitch = paddedPitch(a.read.x1 - a.read.x0);

  const int readRows = a.read.y1 - a.read.y0, mapRows = a.maps.y1 - a.maps.y0, rows = content.y1 - content.y0;
  blurred_.resize(static_cast<size_t>(15) * readRows * a.pitch);
  derivatives_.resize(static_cast<size_t>(9) * mapRows * a.pitch);
  // The padding of rows and tiles is never written and must stay 0.
  if (gradPlane_ != planeStride || gradRow_ != rowStride)
    grad_.assign(static_cast<size_t>(3) * planeStride + kPlaneAlign, 0);
  gradPlane_ = planeStride;
  gradRow_ = rowStride;
  rowL1_.assign(3 * height, 0);
  rowSquared_.assign(3 * height, 0);
  rowSsim_.assign(3 * height, 0);
  a.blurred = blurred_.data();
  a.derivatives = derivatives_.data();
  a.grad = grad_.data();
  a.rowL1 = rowL1_.data();
  a.rowSquared = rowSquared_.data();
  a.rowSsim = rowSsim_.data();

  const Kernels& k = kernels();
  // Scratch rows belong to the task, not to the thread: a task is a handful of rows.
  auto sweep = [&](int count, auto&& row) {
    const int tasks = (3 * count + kRowGrain - 1) / kRowGrain;
    scratch_.resize(std::max<size_t>(scratch_.size(), tasks));
    pool_.each(tasks, [&](int task) {
      scratch_[task].resize(static_cast<size_t>(5) * a.pitch);
      for (int r = task * kRowGrain; r < std::min(3 * count, (task + 1) * kRowGrain); r++)
        row(r / count, r % count, scratch_[task].data());
    });
  };
  sweep(readRows, [&](int channel, int r, float* scratch) { k.lossBlurRows(a, channel, a.read.y0 + r, scratch); });
  sweep(mapRows, [&](int channel, int r, float* scratch) { k.lossSsimRows(a, channel, a.maps.y0 + r, scratch); });
  sweep(rows, [&](int channel, int r, float*) { k.lossGradientRows(a, channel, content.y0 + r); });

  double l1 = 0, squared = 0, ssim = 0;
  for (int r = 0; r < 3 * height; r++) {
    l1 += rowL1_[r];
    squared += rowSquared_[r];
    ssim += rowSsim_[r];
  }
  const double mapValues = 3.0 * mapRows * (a.maps.x1 - a.maps.x0);
  l1 /= values;
  squared /= values;
  ssim = (ssim + values - mapValues) / values;
  return {(1 - lambda) * l1 + lambda * (1 - ssim), l1, ssim, squared};
}

}  // namespace charactershot
