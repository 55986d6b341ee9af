// Sparse control nodes with a rotation, a displacement and a colour offset at every frame (DESIGN of the engine: the
// cheap deformation). Gaussians blend their nearest nodes with weights that are learnt, so that a leg lets go of the
// other leg.
#pragma once

#include "deformer.h"
#include "registration.h"

namespace charactershot {

class NodeField : public Deformer {
 public:
  NodeField(ThreadPool& pool, int frames) : pool_(pool), frames_(frames) {}

  // `positions` [count][3] are canonical; the field is at rest. `neighbours` and `logits`
  // [gaussians][kNodesPerGaussian].
  void reset(int count, const float* positions, int gaussians, const int32_t* neighbours, const float* logits);

  // Starts frame `to` from frame `from` plus `momentum` times the step that led there from `before`.
  void extrapolate(int before, int from, int to, float momentum);
  // All values of one frame, component-major; setting them forgets the frame's moments.
  std::vector<float> frameValues(int frame) const;
  void setFrameValues(int frame, const float* values);

  void forward(const GaussianStore& gaussians, int frame, int slot, DeformedPlanes& out) override;
  void backward(const GaussianStore& gaussians, int slot, float* means, float* logScales, float* quats,
                const float* colors) override;
  double regularise(int frame, int low, int high, const DeformWeights& weights) override;
  void step(const DeformRates& rates) override;
  void inherit(const std::vector<int32_t>& source) override;
  bool sharesFrames() const override { return false; }
  bool isFinite() const override;
  void visit(StateVisitor& visitor) override;

  // Rotation that the last forward() of slot 0 gave Gaussian i, and its colour offset.
  void blendOf(int i, float rotation[4], float color[3]) const;

  int count() const { return count_; }
  int gaussians() const { return gaussians_; }
  int frames() const { return frames_; }
  const std::vector<float>& positions() const { return positions_; }
  const std::vector<NodeEdge>& edges() const { return edges_; }
  // Rotation and place of each node in the values of one frame, and back; colours are not touched.
  NodePose poseOf(const float* values) const;
  void setPose(const NodePose& pose, float* values) const;
  // [frames][count] rows of kValues numbers: rotation (w, x, y, z), displacement, colour.
  static constexpr int kRotation = 0, kTranslation = 4, kColor = 7, kValues = 10;
  float value(int frame, int node, int component) const { return value_[at(frame, component) + node]; }
  // Gradients since the last step, for tests: of the same numbers, and of the blend logits.
  float gradient(int frame, int node, int component) const { return grad_[at(frame, component) + node]; }
  const std::vector<float>& logitGradients() const { return logitGrad_; }
  const std::vector<int32_t>& neighbours() const { return neighbours_; }
  const std::vector<float>& weights() const { return weights_; }

 private:
  struct Slot {
    int frame = -1;
    std::vector<float> nodes, blended, blendedGrads, nodeGrads;
    NodeArgs args{};
  };
  size_t at(int frame, int component) const { return (static_cast<size_t>(frame) * kValues + component) * count_; }
  void buildEdges();
  void buildUsers();
  void refreshWeights();
  void touch(int frame);

  ThreadPool& pool_;
  int frames_, count_ = 0, gaussians_ = 0;
  std::vector<float> positions_;
  std::vector<float> value_, grad_, m_, v_;  // [frame][component][node]
  std::vector<int32_t> frameSteps_;          // Adam steps each frame has had
  std::vector<int32_t> touched_;             // frames with gradients since the last step
  std::vector<int32_t> neighbours_;
  std::vector<float> logits_, weights_, logitGrad_, logitM_, logitV_;
  int32_t logitSteps_ = 0;
  std::vector<int32_t> userStart_, users_;
  std::vector<NodeEdge> edges_;
  Slot slots_[2];
};

}  // namespace charactershot
