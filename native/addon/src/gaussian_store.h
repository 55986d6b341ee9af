// The Gaussians that are being optimised: parameters, Adam's moments, and adaptive density control.
#pragma once

#include <functional>
#include <vector>

#include "gaussian_planes.h"
#include "random.h"
#include "splat_renderer.h"
#include "state_visitor.h"

namespace charactershot {

// Learning rates of the parameter groups.
struct GaussianRates {
  float means, logScales, quats, opacity, shBase, shRest;
};

struct DensifyOptions {
  float gradientThreshold;  // mean norm of the screen-space gradient, (0.5 W, 0.5 H) per pixel unit
  float splitScale;         // a candidate whose largest standard deviation exceeds this is split, else cloned
  float minOpacity;         // fainter ones are removed
  float maxScale;           // larger ones are removed
  int maxGaussians;
};

struct DensifyResult {
  int cloned, split, pruned;
};

class GaussianStore {
 public:
  int count() const { return count_; }
  int stride() const { return stride_; }
  int shDegree() const { return shDegree_; }
  const std::vector<float>& planes() const { return value_; }
  float* plane(int p) { return value_.data() + static_cast<size_t>(p) * stride_; }
  const float* plane(int p) const { return value_.data() + static_cast<size_t>(p) * stride_; }
  float* gradPlane(int p) { return grad_.data() + static_cast<size_t>(p) * stride_; }
  // Gradients that are not parameters: colour offset (3 planes) and projected centre (2 planes).
  float* gradColorOffset() { return gradPlane(planeCount(shDegree_)); }
  float* gradMean2d() { return gradPlane(planeCount(shDegree_) + 3); }
  GaussianGradients gradients();

  // Row-major parameters as in core/gaussians.ts. Forgets moments and statistics.
  void reset(int count, int shDegree, const float* means, const float* logScales, const float* quats,
             const float* opacity, const float* sh);

  // One Adam step over the groups; SH coefficients above `activeDegree` stay.
  void step(ThreadPool& pool, const GaussianRates& rates, int activeDegree);

  // Adds the projected gradients of the last backward pass to the densification statistics.
  void collect(const Splat* splats, int width, int height);

  // Clones, splits and prunes. `inherit(source)` receives, for each Gaussian of the new cloud, the index of the old one
  // it comes from, so that other per-Gaussian state can follow.
  DensifyResult densify(const DensifyOptions& options, const Random& random, uint32_t stream,
                        const std::function<void(const std::vector<int32_t>&)>& inherit);

  // Adds copies of the Gaussians `source` at the end, without moments, for the caller to change.
  void append(const std::vector<int32_t>& source);

  // Lowers every opacity to at most `ceiling` and forgets its moments.
  void resetOpacity(float ceiling);

  // Name of the first parameter that is not finite, with the Gaussian's index; empty when all are.
  std::string firstPoison() const;
  void visit(StateVisitor& visitor);
  size_t bytes() const { return 4 * (value_.capacity() * 4 + statistics_.capacity()); }

 private:
  void resize(int count);
  // Gaussian i becomes the old source[i]; moments follow where `keepsMoments` says so.
  void follow(const std::vector<int32_t>& source, const std::function<bool(int)>& keepsMoments);

  int count_ = 0, stride_ = 0, shDegree_ = 0;
  int64_t steps_ = 0;
  std::vector<float> value_, grad_, m_, v_;
  std::vector<float> statistics_;  // 2 planes: sum of gradient norms, number of views that drew it
};

}  // namespace charactershot
