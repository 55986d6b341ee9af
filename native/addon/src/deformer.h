// How the trainer moves Gaussians: the small interface behind which control nodes and the HexPlane network stand.
#pragma once

#include "gaussian_store.h"

namespace charactershot {

// Planar values of the deformed Gaussians, or gradients with respect to them; same stride as the canonical ones.
struct DeformedPlanes {
  std::vector<float> means, logScales, quats, colorOffset;
  void resize(int stride) {
    means.resize(static_cast<size_t>(3) * stride);
    logScales.resize(static_cast<size_t>(3) * stride);
    quats.resize(static_cast<size_t>(4) * stride);
    colorOffset.resize(static_cast<size_t>(3) * stride);
  }
};

struct DeformRates {
  float nodeRotation = 0, nodeTranslation = 0, nodeColor = 0, blendWeight = 0;
  float grid = 0, network = 0;
};

// Weights of the regularisers of the deformation itself.
struct DeformWeights {
  float rigidity = 0;        // nodes: as-rigid-as-possible between neighbouring nodes
  float rotationSmooth = 0;  // nodes: neighbouring nodes turn alike
  float acceleration = 0;    // nodes: second differences in time of displacement and rotation
  float colorSmooth = 0;     // nodes: colour offsets towards their neighbours in space and time, and towards 0
  double planeSmooth = 0, timeSmooth = 0, timeL1 = 0;  // HexPlane
};

class Deformer {
 public:
  virtual ~Deformer() = default;

  // Where `frame` of the clip puts the Gaussians. Two frames can be open at once: slot 0 is the frame that is rendered,
  // slot 1 the other frame of the neighbour constraint, of which only the centres count.
  virtual void forward(const GaussianStore& gaussians, int frame, int slot, DeformedPlanes& out) = 0;

  // Adds to the parameter gradients. `means`, `logScales` and `quats` hold gradients of slot's outputs and become those
  // of the canonical values; `colors` are gradients of the colour offset. For slot 1 all but `means` are null.
  virtual void backward(const GaussianStore& gaussians, int slot, float* means, float* logScales, float* quats,
                        const float* colors) = 0;

  // Adds the gradients of the regularisers around `frame`, within the window [low, high] of frames in play.
  virtual double regularise(int frame, int low, int high, const DeformWeights& weights) = 0;

  // One Adam step of what the frames opened since the last step touched.
  virtual void step(const DeformRates& rates) = 0;

  // The cloud changed: Gaussian i of the new one descends from source[i] of the old.
  virtual void inherit(const std::vector<int32_t>& source) = 0;

  // Whether one set of parameters moves all frames. Where every frame has its own, a regulariser that looks at two
  // frames must move only the one that is rendered: Adam would turn its gradient alone, however small, into a full step
  // of the other.
  virtual bool sharesFrames() const = 0;

  virtual bool isFinite() const = 0;
  virtual void visit(StateVisitor& visitor) = 0;
};

}  // namespace charactershot
