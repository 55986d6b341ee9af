// One optimisation: pictures, Gaussians, deformation, and the iteration that ties the passes together. What to do when
// (stages, windows, rates) is decided outside, batch by batch.
#pragma once

#include <atomic>
#include <memory>

#include "clip_store.h"
#include "deformer.h"
#include "hexplane_deformer.h"
#include "neighbours.h"
#include "node_field.h"

namespace charactershot {

struct TrainerConfig {
  int width, height, frames, threads, levels;
  std::vector<CameraArgs> cameras;  // one a view, of width x height
  float background[3];
  uint64_t seed;
};

// What a batch of iterations does; constant over the batch.
struct BatchPlan {
  std::vector<int32_t> samples;  // (view, frame) pairs, one an iteration
  int first = 0;                 // number of the first iteration in the whole run
  int level = 0;                 // picture size: width >> level
  float lambda = 0.2f;           // weight of 1 - SSIM
  float clearWeight = 0;         // weight of the opacity where the picture shows background
  int activeDegree = 0;          // SH degree in use
  bool deform = false;           // off: the canonical Gaussians are rendered
  bool moveGaussians = true;     // off: only the deformation learns
  bool collect = false;          // gather densification statistics
  GaussianRates rates{};
  DeformRates deformRates{};
  DeformWeights deformWeights{};
  int windowLow = 0, windowHigh = 0;  // frames in play
  // Neighbour constraint between the sample's frame and the one before or after it; 0 switches it off.
  float neighbourWeight = 0;
  NeighbourOptions neighbour{};
  int neighbourInterval = 1;  // every so many iterations
};

struct BatchResult {
  int iterations = 0;
  double loss = 0, l1 = 0, ssim = 0, mse = 0;  // means over the iterations
  double neighbour = 0;                        // mean of the unweighted neighbour term where it was computed
  double deformMs = 0, renderMs = 0, lossMs = 0, backwardMs = 0, neighbourMs = 0, optimiseMs = 0;  // sums
};

// One picture against its target. The character's pixels are those that differ from the background by more than 5/255
// in a channel, in the target and, for `iou`, in the render too (core/metrics/foreground.ts).
struct PictureQuality {
  double mse, ssim;
  double foregroundMse;  // over the character's pixels; negative when there are none
  double iou;            // intersection over union of the silhouettes; 1 when both are empty
  double uncovered;      // share of the character's pixels that nothing covers (core/metrics/silhouette.ts)
};

class Trainer {
 public:
  explicit Trainer(const TrainerConfig& config);

  ClipStore& clip() { return clip_; }
  GaussianStore& gaussians() { return gaussians_; }
  NodeField& nodes() { return nodes_; }
  const TrainerConfig& config() const { return config_; }
  // From now on the network moves the Gaussians instead of the nodes.
  HexPlaneDeformer& startHexPlane(const HexPlaneConfig& config);
  HexPlaneDeformer* hexplane() { return hexplane_.get(); }
  bool canDeform() const { return hexplane_ || nodes_.count() > 0; }

  // Runs the batch; `cancel` is looked at before every iteration. Throws std::runtime_error when the loss or a
  // parameter is not finite, naming what is to blame.
  BatchResult run(const BatchPlan& plan, const std::atomic<bool>& cancel);

  PictureQuality measure(int view, int frame, bool deform);
  DensifyResult densify(const DensifyOptions& options);

  // Adds Gaussians where a frame's cloud ([points][kMatchFields]) has something within `reach` of which the frame has
  // nothing, at most `limit` of them. Each joins the nodes of the nearest Gaussian and comes to its canonical place
  // through that one's inverse motion. Returns how many were added.
  int bear(int frame, const std::vector<float>& cloud, float reach, int limit);

  // Registers the canonical Gaussians with a cloud ([points][kMatchFields]) from each of several starts, node values of
  // one frame as NodeField::frameValues gives them. The starts run at the same time; each is replaced by its result.
  std::vector<RegistrationResult> registerFrame(const std::vector<float>& target,
                                                std::vector<std::vector<float>>& starts,
                                                const RegistrationOptions& options);

  // Checkpoint of everything but the pictures.
  void visit(StateVisitor& visitor);
  size_t bytes() const;

 private:
  void iterate(const BatchPlan& plan, int iteration, int view, int frame, BatchResult& result);
  CameraArgs cameraAt(int view, int level) const;
  double clearBackground(const TargetImage& target, float weight);
  GaussianInput deformed(int frame, bool deform);
  Deformer& deformer() { return hexplane_ ? static_cast<Deformer&>(*hexplane_) : nodes_; }
  void constrainNeighbours(const BatchPlan& plan, int iteration, int frame, BatchResult& result);
  // Name of the first parameter that is not finite; empty when all are.
  std::string poison() const;
  // `otherwise` is to blame when all parameters are finite.
  [[noreturn]] void reportPoison(int view, int frame, const char* otherwise) const;

  TrainerConfig config_;
  ThreadPool pool_;
  ClipStore clip_;
  GaussianStore gaussians_;
  NodeField nodes_;
  SplatRenderer renderer_;
  ImageLoss loss_;
  Random random_;
  std::unique_ptr<HexPlaneDeformer> hexplane_;
  NeighbourConstraint constraint_;
  NeighbourGraph graph_;  // of the canonical positions; empty until needed
  DeformedPlanes deformed_, otherDeformed_;
  std::vector<float> otherGrads_;  // of the canonical centres, from the other frame of the constraint
  bool otherActive_ = false;
  std::vector<float> alphaGrads_;
  std::vector<double> rowOpacity_;
  int32_t densifications_ = 0, constrained_ = 0;
};

}  // namespace charactershot
