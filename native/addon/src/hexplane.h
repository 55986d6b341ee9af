// The paper's deformation network: six feature planes a level, a linear trunk, one small head a Gaussian parameter.
// Parameters and gradients live in flat buffers in an internal layout (channel-last, padded planes; padded layers);
// published names and shapes exist at the door only: tensors(), exportTensor(), importTensor().
#pragma once

#include <array>
#include <string>
#include <vector>

#include "aligned_vector.h"
#include "hexplane_args.h"
#include "thread_pool.h"

namespace charactershot {

enum HexHead { kHeadPosition, kHeadScale, kHeadRotation, kHeadOpacity, kHeadSh, kHexHeads };

struct HexPlaneConfig {
  std::vector<int> multires;  // factor on the three space resolutions, one a level
  int channels = 32;
  std::array<int, 4> resolution{};  // x, y, z, time at factor 1
  int width = 64;
  int depth = 0;  // 0 and 1 both mean one linear layer
  std::array<bool, kHexHeads> heads{true, true, true, false, false};
  std::array<float, 3> boxMax{}, boxMin{};
};

// A parameter under its published name and shape.
struct HexPlaneTensor {
  std::string name;
  std::vector<int> shape;
  bool inGrid;            // group "grid", else "deformation"
  int64_t offset;         // in the flat buffer
  int rows, columns;      // layers: [out, in], biases [1, out]; planes: [height, width] cells
  int pitch;              // floats between two rows (layers) or two cells (planes)
  int group, groupPitch;  // layers: column j is at (j / group) * groupPitch + j % group; planes: channels and pitch

  int64_t size() const;
};

// Planar values of Gaussians, component c of Gaussian i at c * stride + i; SH plane k * 3 + channel.
template <typename Float>
struct HexPlaneValues {
  Float* positions = nullptr;
  Float* logScales = nullptr;
  Float* quats = nullptr;
  Float* opacityLogits = nullptr;
  Float* sh = nullptr;

  Float* head(int h) const {
    Float* const all[kHexHeads] = {positions, logScales, quats, opacityLogits, sh};
    return all[h];
  }
};

struct HexPlaneInput {
  int count;
  int stride;                    // at least `count` rounded up to kHexPlaneAlign
  int shCoefficients = 0;        // K, at most 16; used when the SH head is on
  const float* times = nullptr;  // one a Gaussian, readable up to `stride`; or null and `time` holds for all
  float time = 0;
  HexPlaneValues<const float> values;
};

// What forward() leaves for backward(); one for each pair of calls that is open at the same time, and for one HexPlane.
struct HexPlaneTrace {
  HexPlaneInput input{};
  std::array<bool, kHexHeads> ran{};
  AlignedVector<int32_t> index;
  AlignedVector<float> fraction;
  AlignedVector<float> features;                     // [N][levels * pitch]
  std::vector<AlignedVector<float>> trunk;           // [N][width] after ReLU, one a layer
  std::array<AlignedVector<float>, kHexHeads> head;  // [N][width] after ReLU
  bool keepHidden = false;                           // set before forward() to get `hidden`
  AlignedVector<float> hidden;                       // the trunk's output before ReLU
  size_t bytes() const;
};

// Weights of the plane regularisers; means over the cells of a plane, summed over planes and levels.
struct PlaneWeights {
  double spaceSmooth = 0;     // "plane TV" as the published training computes it: second differences along the height
  double timeSmooth = 0;      // the same on the time planes, whose height is time
  double timeL1 = 0;          // |1 - x| on the time planes
  double spaceVariation = 0;  // true total variation, 2 * (height + width)
  double timeVariation = 0;
};

class HexPlane {
 public:
  // Throws std::invalid_argument for a configuration that cannot be.
  HexPlane(ThreadPool& pool, const HexPlaneConfig& config);

  const HexPlaneConfig& config() const { return config_; }
  const std::vector<HexPlaneTensor>& tensors() const { return tensors_; }
  int featurePitch() const { return features_; }
  int layerPitch() const { return widthPitch_; }
  int planePitch() const { return planePitch_; }

  // Flat buffers, size() floats each, the grid group first; a checkpoint saves parameters and both moments.
  int64_t size() const { return static_cast<int64_t>(parameters_.size()); }
  int64_t gridSize() const { return gridSize_; }
  float* parameters() { return parameters_.data(); }
  float* gradients() { return gradients_.data(); }
  float* firstMoments() { return firstMoments_.data(); }
  float* secondMoments() { return secondMoments_.data(); }
  void exportTensor(const HexPlaneTensor& tensor, const float* flat, float* published) const;
  void importTensor(const HexPlaneTensor& tensor, const float* published, float* flat) const;

  // Published initialisation; the same numbers for the same seed. Clears gradients and moments.
  void initialise(uint64_t seed);

  // out = in + head(features). A head whose output is null is not computed; where the head is off, the input is copied
  // (nothing is done when both are the same memory). `in` must stay valid until backward().
  void forward(const HexPlaneInput& in, const HexPlaneValues<float>& out, HexPlaneTrace& trace);

  // `grads` holds gradients with respect to the outputs of the forward() that filled `trace` (null: no such gradient)
  // and becomes gradients with respect to its inputs, in place: out = in + offset, so that only positions, which also
  // choose the features, change. `grads.positions` must not be null. Parameter gradients are added to gradients().
  void backward(const HexPlaneTrace& trace, const HexPlaneValues<float>& grads);

  // Value of the regularisers; their gradients are added to gradients().
  double regularise(const PlaneWeights& weights);

  // One Adam step of both groups, number `step` (from 1); clears the gradients on the way.
  void adamStep(int64_t step, double gridRate, double linearRate);
  void clearGradients();

 private:
  struct Layer {
    int in, out;  // real sizes; `in` counts the padding inside concatenated features
    int inPitch, outPitch;
    int64_t weight, bias;  // offsets in the flat buffer: [out][inPitch], [outPitch]
    int64_t transposed;    // offset in transposed_: [in][outPitch]
  };
  struct Head {
    Layer first, second;
  };

  Layer addLayer(const std::string& name, int in, int out, int group, int groupPitch);
  void addPlanes();
  HexPlaneGrid grid() const;
  void transposeLayers();
  void apply(const Layer& layer, const float* x, int rows, float* y, bool relu) const;
  void backpropagate(const Layer& layer, const float* dy, const float* x, int rows, float* dx, const float* gate,
                     bool addToDx, float* partial) const;
  void forwardBlock(const HexPlaneValues<float>& out, HexPlaneTrace& trace, int begin, int end, float* scratch) const;
  void backwardBlock(const HexPlaneTrace& trace, const HexPlaneValues<float>& grads, int begin, int end, float* partial,
                     float* samples, float* scratch) const;
  int headOutputs(int head, int shCoefficients) const;

  ThreadPool& pool_;
  HexPlaneConfig config_;
  int planePitch_, features_, widthPitch_;
  int64_t gridSize_ = 0;
  int64_t planeOffset_[kMaxHexLevels][kHexPlanes] = {};
  std::vector<HexPlaneTensor> tensors_;
  std::vector<Layer> trunk_;
  std::array<Head, kHexHeads> heads_{};
  AlignedVector<float> parameters_, gradients_, firstMoments_, secondMoments_;
  AlignedVector<float> transposed_;
  AlignedVector<float> partials_, sampleGrads_;  // of the round that backward() is in
  int64_t streamFloats_ = 0;
};

}  // namespace charactershot
