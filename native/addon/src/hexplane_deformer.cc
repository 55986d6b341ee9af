#include "hexplane_deformer.h"

#include <algorithm>
#include <cmath>

namespace charactershot {

HexPlaneDeformer::HexPlaneDeformer(ThreadPool& pool, int frames, const HexPlaneConfig& config, uint64_t seed)
    : frames_(frames), network_(pool, config) {
  network_.initialise(seed);
}

void HexPlaneDeformer::forward(const GaussianStore& gaussians, int frame, int slot, DeformedPlanes& out) {
  out.resize(gaussians.stride());
  std::fill(out.colorOffset.begin(), out.colorOffset.end(), 0.0f);
  HexPlaneInput in{};
  in.count = gaussians.count();
  in.stride = gaussians.stride();
  in.time = frames_ > 1 ? static_cast<float>(frame) / static_cast<float>(frames_ - 1) : 0.0f;
  in.values = {gaussians.plane(kMeans), gaussians.plane(kLogScales), gaussians.plane(kQuats), nullptr, nullptr};
  // A head whose output is null costs nothing.
  const bool all = slot == 0;
  network_.forward(
      in, {out.means.data(), all ? out.logScales.data() : nullptr, all ? out.quats.data() : nullptr, nullptr, nullptr},
      traces_[slot]);
}

void HexPlaneDeformer::backward(const GaussianStore&, int slot, float* means, float* logScales, float* quats,
                                const float*) {
  network_.backward(traces_[slot], {means, logScales, quats, nullptr, nullptr});
}

double HexPlaneDeformer::regularise(int, int, int, const DeformWeights& weights) {
  PlaneWeights planes;
  planes.spaceVariation = weights.planeSmooth;
  planes.timeSmooth = weights.timeSmooth;
  planes.timeL1 = weights.timeL1;
  return network_.regularise(planes);
}

void HexPlaneDeformer::step(const DeformRates& rates) { network_.adamStep(++steps_, rates.grid, rates.network); }

bool HexPlaneDeformer::isFinite() const {
  const float* p = network_.parameters();
  return std::all_of(p, p + network_.size(), [](float x) { return std::isfinite(x); });
}

void HexPlaneDeformer::visit(StateVisitor& visitor) {
  std::vector<int32_t> header = {steps_};
  visitor.ints("hexplane.header", header);
  expectState("hexplane.header", header.size() == 1 && header[0] >= 0);
  steps_ = header[0];
  auto buffer = [&](const char* name, float* values) {
    std::vector<float> copy(values, values + network_.size());
    visitor.floats(name, copy);
    if (copy.size() != static_cast<size_t>(network_.size()))
      throw std::runtime_error("the checkpoint is of another network");
    std::copy(copy.begin(), copy.end(), values);
  };
  buffer("hexplane.parameters", network_.parameters());
  buffer("hexplane.firstMoments", network_.firstMoments());
  buffer("hexplane.secondMoments", network_.secondMoments());
  network_.clearGradients();
}

}  // namespace charactershot
