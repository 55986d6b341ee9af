// The paper's deformation network behind the trainer's interface.
#pragma once

#include <memory>

#include "deformer.h"
#include "hexplane.h"

namespace charactershot {

class HexPlaneDeformer : public Deformer {
 public:
  HexPlaneDeformer(ThreadPool& pool, int frames, const HexPlaneConfig& config, uint64_t seed);

  HexPlane& network() { return network_; }

  void forward(const GaussianStore& gaussians, int frame, int slot, DeformedPlanes& out) override;
  void backward(const GaussianStore& gaussians, int slot, float* means, float* logScales, float* quats,
                const float* colors) override;
  double regularise(int frame, int low, int high, const DeformWeights& weights) override;
  void step(const DeformRates& rates) override;
  void inherit(const std::vector<int32_t>&) override {}
  bool sharesFrames() const override { return true; }
  bool isFinite() const override;
  void visit(StateVisitor& visitor) override;

 private:
  int frames_;
  int32_t steps_ = 0;
  mutable HexPlane network_;
  HexPlaneTrace traces_[2];
};

}  // namespace charactershot
