// (1 - lambda) * L1 + lambda * (1 - SSIM) of a render against an 8-bit target, its gradient, and the numbers to report.
#pragma once

#include <vector>

#include "kernels.h"
#include "thread_pool.h"

namespace charactershot {

// A planar 8-bit picture with room for whole vectors at the end of each row.
struct TargetImage {
  const uint8_t* pixels;
  int rowStride, planeStride;
  int width, height;
  Rect content;                  // bounding rectangle of the pixels that differ from the background
  const float* exact = nullptr;  // the same in floats, for pictures finer than 8 bits
};

struct ImageLossResult {
  double loss, l1, ssim, mse;  // mse of the render clamped to [0, 1]
};

class ImageLoss {
 public:
  explicit ImageLoss(ThreadPool& pool) : pool_(pool) {}

  // `rgb` is planar with the given strides and equals the background outside `touched`. The gradient has the same
  // layout and is valid inside the union of `touched` and the target's content.
  ImageLossResult compute(const float* rgb, int rowStride, int planeStride, const TargetImage& target, Rect touched,
                          float lambda);
  const float* gradient() const { return grad_.data(); }

 private:
  ThreadPool& pool_;
  int gradRow_ = 0, gradPlane_ = 0;
  std::vector<float> grad_;
  std::vector<LossSums> sums_;
};

}  // namespace charactershot
