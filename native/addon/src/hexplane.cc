#include "hexplane.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "kernels.h"
#include "random.h"

namespace charactershot {

namespace {

// Points that pass through all layers before the next ones: their activations and one layer's weights stay in the
// second-level cache, and 96 is a multiple of the matrix kernel's 6 rows and of the widest vector.
constexpr int kBlock = 96;
// One task of the linear layers backward; each has its own sum of weight gradients.
constexpr int kChunk = 3 * kBlock;
// A round computes the gradients of the samples of two chunks a thread, then scatters them, while they are in the
// caches (0.9 MB a thread in the published configuration). Points and chunks are summed in their order whatever the
// round.
constexpr int kChunksPerThread = 2;
// Sample gradients are kept as one stream a (plane, line of channels), so that the scatter reads memory in order. The
// streams are written side by side; eight lines more than a round keep them out of the same cache sets.
constexpr int kStreamPadding = 8;
// Floats an optimiser task updates and clears: all four streams fit the first-level cache twice.
constexpr int kAdamGrain = 2048;
constexpr int kMaxHeadOutputs = 48;

constexpr const char* kHeadNames[kHexHeads] = {"pos_deform", "scales_deform", "rotations_deform", "opacity_deform",
                                               "shs_deform"};
constexpr int kHeadOutputs[kHexHeads] = {3, 3, 4, 1, kMaxHeadOutputs};

int padded(int n) { return (n + kHexPlaneAlign - 1) / kHexPlaneAlign * kHexPlaneAlign; }

void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

void check(const HexPlaneConfig& c) {
  require(
      !c.multires.empty() && c.multires.size() <= kMaxHexLevels,
      "multires: expected 1 to " + std::to_string(kMaxHexLevels) + " levels, got " + std::to_string(c.multires.size()));
  for (int factor : c.multires)
    require(factor >= 1, "multires: expected factors of at least 1, got " + std::to_string(factor));
  require(c.channels >= 1 && c.channels <= 1024, "channels: expected 1 to 1024, got " + std::to_string(c.channels));
  require(c.width >= 1 && c.width <= 4096, "width: expected 1 to 4096, got " + std::to_string(c.width));
  require(c.depth >= 0 && c.depth <= 64, "depth: expected 0 to 64, got " + std::to_string(c.depth));
  double floats = 0;
  for (int factor : c.multires) {
    double space[3];
    for (int axis = 0; axis < 4; axis++) {
      const int r = c.resolution[axis];
      require(r >= 1 && r <= 65536, "resolution: expected 1 to 65536 along each axis, got " + std::to_string(r));
      if (axis < 3) space[axis] = static_cast<double>(r) * factor;
    }
    floats += (space[0] * space[1] + space[0] * space[2] + space[1] * space[2] +
               (space[0] + space[1] + space[2]) * c.resolution[3]) *
              padded(c.channels);
  }
  require(floats < 1e9, "resolution: these planes have " + std::to_string(floats) + " numbers, more than a billion");
  for (int axis = 0; axis < 3; axis++) {
    const float extent = c.boxMax[axis] - c.boxMin[axis];
    require(std::isfinite(extent) && extent > 0,
            std::string("aabb: row 0 must be the maximum corner; the extent along ") + "xyz"[axis] + " is " +
                std::to_string(extent));
  }
}

}  // namespace

int64_t HexPlaneTensor::size() const {
  int64_t n = 1;
  for (int extent : shape) n *= extent;
  return n;
}

size_t HexPlaneTrace::bytes() const {
  size_t floats = index.size() + fraction.size() + features.size() + hidden.size();
  for (const auto& layer : trunk) floats += layer.size();
  for (const auto& layer : head) floats += layer.size();
  return floats * sizeof(float);
}

// ---- parameters ----

HexPlane::HexPlane(ThreadPool& pool, const HexPlaneConfig& config) : pool_(pool), config_(config) {
  check(config);
  const int levels = static_cast<int>(config.multires.size());
  planePitch_ = padded(config.channels);
  features_ = levels * planePitch_;
  widthPitch_ = padded(config.width);

  addPlanes();
  trunk_.push_back(addLayer("feature_out.0", features_, config.width, config.channels, planePitch_));
  for (int i = 1; i < config.depth; i++)
    trunk_.push_back(
        addLayer("feature_out." + std::to_string(2 * i), config.width, config.width, config.width, widthPitch_));
  for (int h = 0; h < kHexHeads; h++) {
    if (!config.heads[h]) continue;
    const std::string name = kHeadNames[h];
    heads_[h].first = addLayer(name + ".1", config.width, config.width, config.width, widthPitch_);
    heads_[h].second = addLayer(name + ".3", config.width, kHeadOutputs[h], config.width, widthPitch_);
  }
  for (auto* buffer : {&gradients_, &firstMoments_, &secondMoments_}) buffer->assign(parameters_.size(), 0.0f);
}

void HexPlane::addPlanes() {
  for (size_t level = 0; level < config_.multires.size(); level++) {
    for (int p = 0; p < kHexPlanes; p++) {
      const auto resolution = [&](int axis) {
        return axis < 3 ? config_.resolution[axis] * config_.multires[level] : config_.resolution[3];
      };
      const int width = resolution(kPlaneAxes[p][0]), height = resolution(kPlaneAxes[p][1]);
      planeOffset_[level][p] = gridSize_;
      tensors_.push_back({"deformation_net.grid.grids." + std::to_string(level) + "." + std::to_string(p),
                          {1, config_.channels, height, width},
                          true,
                          gridSize_,
                          height,
                          width,
                          planePitch_,
                          config_.channels,
                          planePitch_});
      gridSize_ += static_cast<int64_t>(width) * height * planePitch_;
    }
  }
  parameters_.assign(gridSize_, 0.0f);
}

HexPlane::Layer HexPlane::addLayer(const std::string& name, int in, int out, int group, int groupPitch) {
  Layer layer{in, out, padded(in), padded(out), size(), 0, static_cast<int64_t>(transposed_.size())};
  const int publishedIn = (in + groupPitch - 1) / groupPitch * group;
  layer.bias = layer.weight + static_cast<int64_t>(out) * layer.inPitch;
  tensors_.push_back({"deformation_net." + name + ".weight",
                      {out, publishedIn},
                      false,
                      layer.weight,
                      out,
                      publishedIn,
                      layer.inPitch,
                      group,
                      groupPitch});
  tensors_.push_back(
      {"deformation_net." + name + ".bias", {out}, false, layer.bias, 1, out, layer.outPitch, out, layer.outPitch});
  parameters_.resize(layer.bias + layer.outPitch, 0.0f);
  transposed_.resize(layer.transposed + static_cast<int64_t>(in) * layer.outPitch, 0.0f);
  return layer;
}

namespace {

// Calls visit(published index, flat index) for each number of a tensor.
template <typename Visit>
void eachNumber(const HexPlaneTensor& t, Visit visit) {
  int64_t published = 0;
  if (t.inGrid) {
    for (int c = 0; c < t.group; c++)
      for (int64_t cell = 0; cell < static_cast<int64_t>(t.rows) * t.columns; cell++)
        visit(published++, t.offset + cell * t.pitch + c);
  } else {
    for (int r = 0; r < t.rows; r++)
      for (int j = 0; j < t.columns; j++)
        visit(published++, t.offset + static_cast<int64_t>(r) * t.pitch + j / t.group * t.groupPitch + j % t.group);
  }
}

}  // namespace

void HexPlane::exportTensor(const HexPlaneTensor& tensor, const float* flat, float* published) const {
  eachNumber(tensor, [&](int64_t to, int64_t from) { published[to] = flat[from]; });
}

void HexPlane::importTensor(const HexPlaneTensor& tensor, const float* published, float* flat) const {
  eachNumber(tensor, [&](int64_t from, int64_t to) { flat[to] = published[from]; });
}

void HexPlane::initialise(uint64_t seed) {
  const Random random(seed);
  int fanIn = 1;
  for (size_t i = 0; i < tensors_.size(); i++) {
    const HexPlaneTensor& t = tensors_[i];
    const bool weight = !t.inGrid && t.shape.size() == 2;
    float low, high;
    if (t.inGrid) {
      // A time plane of ones leaves the product of the space planes as it is: no motion at the start.
      const bool time = isTimePlane(static_cast<int>(i) % kHexPlanes);
      low = time ? 1.0f : 0.1f;
      high = time ? 1.0f : 0.5f;
    } else {
      if (weight) fanIn = t.columns;  // the bias follows its weight
      high = weight ? std::sqrt(6.0f / static_cast<float>(t.rows + t.columns))
                    : 1.0f / std::sqrt(static_cast<float>(fanIn));
      low = -high;
    }
    eachNumber(t, [&](int64_t published, int64_t flat) {
      parameters_[flat] = random.uniform(static_cast<uint32_t>(i), published, low, high);
    });
  }
  for (auto* buffer : {&gradients_, &firstMoments_, &secondMoments_}) std::fill(buffer->begin(), buffer->end(), 0.0f);
}

HexPlaneGrid HexPlane::grid() const {
  HexPlaneGrid g{};
  g.levels = static_cast<int>(config_.multires.size());
  g.channels = config_.channels;
  g.pitch = planePitch_;
  for (int level = 0; level < g.levels; level++) {
    for (int axis = 0; axis < 4; axis++)
      g.resolution[level][axis] = config_.resolution[axis] * (axis < 3 ? config_.multires[level] : 1);
    for (int p = 0; p < kHexPlanes; p++) g.planes[level][p] = parameters_.data() + planeOffset_[level][p];
  }
  for (int axis = 0; axis < 3; axis++) {
    g.origin[axis] = config_.boxMax[axis];
    g.scale[axis] = 2.0f / (config_.boxMin[axis] - config_.boxMax[axis]);
  }
  return g;
}

int HexPlane::headOutputs(int head, int shCoefficients) const {
  return head == kHeadSh ? 3 * shCoefficients : kHeadOutputs[head];
}

// ---- linear layers on one block of rows ----

void HexPlane::transposeLayers() {
  const auto transpose = [&](const Layer& layer) {
    const float* from = parameters_.data() + layer.weight;
    float* to = transposed_.data() + layer.transposed;
    for (int o = 0; o < layer.out; o++)
      for (int i = 0; i < layer.in; i++)
        to[static_cast<int64_t>(i) * layer.outPitch + o] = from[static_cast<int64_t>(o) * layer.inPitch + i];
  };
  for (const Layer& layer : trunk_) transpose(layer);
  for (int h = 0; h < kHexHeads; h++) {
    if (!config_.heads[h]) continue;
    transpose(heads_[h].first);
    transpose(heads_[h].second);
  }
}

void HexPlane::apply(const Layer& layer, const float* x, int rows, float* y, bool relu) const {
  MatMulArgs m{};
  m.rows = rows, m.columns = layer.out, m.depth = layer.in;
  m.a = x, m.aRow = layer.inPitch, m.aDepth = 1;
  m.b = transposed_.data() + layer.transposed, m.bDepth = layer.outPitch;
  m.c = y, m.cRow = layer.outPitch;
  m.bias = parameters_.data() + layer.bias;
  m.relu = relu;
  kernels().hexplane->matmul(m);
}

// Adds the gradients of the layer to `partial` (laid out like the flat buffer after the grid) and gives dx, gated by
// the activations `gate` that x came from. dx is added to what is there when addToDx.
void HexPlane::backpropagate(const Layer& layer, const float* dy, const float* x, int rows, float* dx,
                             const float* gate, bool addToDx, float* partial) const {
  static const float kOne = 1.0f;
  MatMulArgs w{};
  w.rows = layer.out, w.columns = layer.in, w.depth = rows;
  w.a = dy, w.aRow = 1, w.aDepth = layer.outPitch;
  w.b = x, w.bDepth = layer.inPitch;
  w.c = partial + (layer.weight - gridSize_), w.cRow = layer.inPitch;
  w.accumulate = true;
  kernels().hexplane->matmul(w);

  MatMulArgs bias{};
  bias.rows = 1, bias.columns = layer.out, bias.depth = rows;
  bias.a = &kOne;  // with strides of 0: a column of ones
  bias.b = dy, bias.bDepth = layer.outPitch;
  bias.c = partial + (layer.bias - gridSize_), bias.cRow = layer.outPitch;
  bias.accumulate = true;
  kernels().hexplane->matmul(bias);

  MatMulArgs d{};
  d.rows = rows, d.columns = layer.in, d.depth = layer.out;
  d.a = dy, d.aRow = layer.outPitch, d.aDepth = 1;
  d.b = parameters_.data() + layer.weight, d.bDepth = layer.inPitch;
  d.c = dx, d.cRow = layer.inPitch;
  d.gate = gate;
  d.accumulate = addToDx;
  kernels().hexplane->matmul(d);
}

// ---- forward ----

void HexPlane::forward(const HexPlaneInput& in, const HexPlaneValues<float>& out, HexPlaneTrace& trace) {
  const int levels = static_cast<int>(config_.multires.size());
  const size_t n = in.count;
  trace.input = in;
  trace.index.resize(static_cast<size_t>(levels) * 4 * in.stride);
  trace.fraction.resize(trace.index.size());
  trace.features.resize(n * features_);
  trace.trunk.resize(trunk_.size());
  for (auto& layer : trace.trunk) layer.resize(n * widthPitch_);
  trace.hidden.resize(trace.keepHidden ? n * widthPitch_ : 0);
  for (int h = 0; h < kHexHeads; h++) {
    trace.ran[h] = config_.heads[h] && out.head(h);
    if (trace.ran[h]) trace.head[h].resize(n * widthPitch_);
    const int outputs = headOutputs(h, in.shCoefficients);
    if (!config_.heads[h] && out.head(h) && out.head(h) != in.values.head(h))
      std::memcpy(out.head(h), in.values.head(h), static_cast<size_t>(outputs) * in.stride * sizeof(float));
  }
  transposeLayers();
  pool_.ranges(in.count, kChunk, [&](int begin, int end) {
    float scratch[kBlock * kMaxHeadOutputs];
    for (int b = begin; b < end; b += kBlock) forwardBlock(out, trace, b, std::min(end, b + kBlock), scratch);
  });
}

void HexPlane::forwardBlock(const HexPlaneValues<float>& out, HexPlaneTrace& trace, int begin, int end,
                            float* scratch) const {
  const HexPlaneInput& in = trace.input;
  const HexPlaneKernels& k = *kernels().hexplane;
  const HexPlaneGrid planes = grid();
  const HexPlaneCells cells{trace.index.data(), trace.fraction.data(), in.stride};
  k.locate({planes, in.values.positions, in.stride, in.times, in.time, cells}, begin, end);
  k.sample({planes, cells, trace.features.data()}, begin, end);

  const int rows = end - begin;
  const size_t at = static_cast<size_t>(begin) * widthPitch_;
  const float* x = trace.features.data() + static_cast<size_t>(begin) * features_;
  for (size_t t = 0; t < trunk_.size(); t++) {
    float* y = trace.trunk[t].data() + at;
    if (trace.keepHidden && t + 1 == trunk_.size()) apply(trunk_[t], x, rows, trace.hidden.data() + at, false);
    apply(trunk_[t], x, rows, y, true);
    x = y;
  }
  for (int h = 0; h < kHexHeads; h++) {
    if (!trace.ran[h]) continue;
    float* y = trace.head[h].data() + at;
    apply(heads_[h].first, x, rows, y, true);
    apply(heads_[h].second, y, rows, scratch, false);
    const int pitch = heads_[h].second.outPitch, outputs = headOutputs(h, in.shCoefficients);
    for (int c = 0; c < outputs; c++) {
      const float* from = in.values.head(h) + static_cast<size_t>(c) * in.stride + begin;
      float* to = out.head(h) + static_cast<size_t>(c) * in.stride + begin;
      for (int i = 0; i < rows; i++) to[i] = from[i] + scratch[i * pitch + c];
    }
  }
}

// ---- backward ----

void HexPlane::backward(const HexPlaneTrace& trace, const HexPlaneValues<float>& grads) {
  const HexPlaneInput& in = trace.input;
  const HexPlaneKernels& k = *kernels().hexplane;
  const int levels = static_cast<int>(config_.multires.size());
  const int64_t linears = size() - gridSize_;
  const HexPlaneCells cells{const_cast<int32_t*>(trace.index.data()), const_cast<float*>(trace.fraction.data()),
                            in.stride};
  const int roundChunks = kChunksPerThread * pool_.threads(), roundPoints = roundChunks * kChunk;
  streamFloats_ = static_cast<int64_t>(roundPoints + kStreamPadding) * kHexPlaneAlign;
  partials_.resize(static_cast<size_t>(roundChunks) * linears);
  sampleGrads_.resize(kHexPlanes * features_ / kHexPlaneAlign * streamFloats_);

  // The space planes of the finest level take longest and are scattered first.
  const int lines = planePitch_ / kHexPlaneAlign;
  std::vector<std::pair<int, int>> order;
  for (int level = levels - 1; level >= 0; level--)
    for (int p = 0; p < kHexPlanes; p++) order.emplace_back(level, p);
  std::stable_sort(order.begin(), order.end(),
                   [](auto a, auto b) { return isTimePlane(a.second) < isTimePlane(b.second); });

  for (int round = 0; round < in.count; round += roundPoints) {
    const int count = std::min(roundPoints, in.count - round);
    const int chunks = (count + kChunk - 1) / kChunk;
    pool_.each(chunks, [&](int chunk) {
      float* partial = partials_.data() + chunk * linears;
      std::fill(partial, partial + linears, 0.0f);
      AlignedVector<float> scratch(static_cast<size_t>(kBlock) * (kMaxHeadOutputs + 3 * widthPitch_ + features_));
      const int begin = round + chunk * kChunk, end = std::min(round + count, begin + kChunk);
      for (int b = begin; b < end; b += kBlock) {
        float* samples = sampleGrads_.data() + static_cast<size_t>(b - round) * kHexPlaneAlign;
        backwardBlock(trace, grads, b, std::min(end, b + kBlock), partial, samples, scratch.data());
      }
    });
    pool_.ranges(static_cast<int>(linears), kAdamGrain, [&](int begin, int end) {
      float* to = gradients_.data() + gridSize_;
      for (int chunk = 0; chunk < chunks; chunk++) {
        const float* from = partials_.data() + chunk * linears;
        for (int i = begin; i < end; i++) to[i] += from[i];
      }
    });
    pool_.each(static_cast<int>(order.size()) * lines, [&](int task) {
      const auto [level, p] = order[task / lines];
      const int axis = kPlaneAxes[p][0];
      const int width = config_.resolution[axis] * config_.multires[level];
      const int line = task % lines * kHexPlaneAlign;
      const size_t stream = static_cast<size_t>(level * kHexPlanes + p) * lines + task % lines;
      k.scatter({level, p, width, planePitch_, cells, sampleGrads_.data() + stream * streamFloats_,
                 gradients_.data() + planeOffset_[level][p] + line},
                round, round + count);
    });
  }
}

void HexPlane::backwardBlock(const HexPlaneTrace& trace, const HexPlaneValues<float>& grads, int begin, int end,
                             float* partial, float* samples, float* scratch) const {
  const HexPlaneInput& in = trace.input;
  const int rows = end - begin;
  const size_t at = static_cast<size_t>(begin) * widthPitch_;
  float* dOut = scratch;
  float* dHead = dOut + kBlock * kMaxHeadOutputs;
  float* dy = dHead + static_cast<size_t>(kBlock) * widthPitch_;
  float* dx = dy + static_cast<size_t>(kBlock) * widthPitch_;
  float* dFeatures = dx + static_cast<size_t>(kBlock) * widthPitch_;

  const float* hidden = trace.trunk.back().data() + at;
  bool any = false;
  for (int h = 0; h < kHexHeads; h++) {
    if (!trace.ran[h] || !grads.head(h)) continue;
    const Layer& last = heads_[h].second;
    const int outputs = headOutputs(h, in.shCoefficients);
    std::fill(dOut, dOut + rows * last.outPitch, 0.0f);
    for (int c = 0; c < outputs; c++) {
      const float* from = grads.head(h) + static_cast<size_t>(c) * in.stride + begin;
      for (int i = 0; i < rows; i++) dOut[i * last.outPitch + c] = from[i];
    }
    const float* activation = trace.head[h].data() + at;
    backpropagate(last, dOut, activation, rows, dHead, activation, false, partial);
    backpropagate(heads_[h].first, dHead, hidden, rows, dy, hidden, any, partial);
    any = true;
  }
  if (!any) std::fill(dy, dy + static_cast<size_t>(rows) * widthPitch_, 0.0f);

  for (size_t t = trunk_.size(); t-- > 1;) {
    const float* below = trace.trunk[t - 1].data() + at;
    backpropagate(trunk_[t], dy, below, rows, dx, below, false, partial);
    std::swap(dy, dx);
  }
  const float* features = trace.features.data() + static_cast<size_t>(begin) * features_;
  backpropagate(trunk_[0], dy, features, rows, dFeatures, nullptr, false, partial);

  SampleBackwardArgs s{};
  s.grid = grid();
  s.cells = {const_cast<int32_t*>(trace.index.data()), const_cast<float*>(trace.fraction.data()), in.stride};
  s.featureGrads = dFeatures;
  s.sampleGrads = samples;
  s.streamFloats = streamFloats_;
  s.positions = grads.positions;
  s.positionStride = in.stride;
  kernels().hexplane->sampleBackward(s, begin, end);
}

// ---- regularisers and optimiser ----

double HexPlane::regularise(const PlaneWeights& weights) {
  constexpr int kRows = 16;
  struct Task {
    RegulariseArgs args;
    int begin, end;
  };
  std::vector<Task> tasks;
  for (const HexPlaneTensor& t : tensors_) {
    if (!t.inGrid) break;
    const bool time = isTimePlane(static_cast<int>(&t - tensors_.data()) % kHexPlanes);
    const double row = static_cast<double>(t.group) * t.columns, column = static_cast<double>(t.group) * t.rows;
    const double smooth = time ? weights.timeSmooth : weights.spaceSmooth;
    const double variation = 2 * (time ? weights.timeVariation : weights.spaceVariation);
    RegulariseArgs a{};
    a.plane = parameters_.data() + t.offset;
    a.grads = gradients_.data() + t.offset;
    a.width = t.columns, a.height = t.rows, a.channels = t.group, a.pitch = t.pitch;
    if (t.rows > 2) a.smooth = static_cast<float>(smooth / (row * (t.rows - 2)));
    if (t.rows > 1) a.tvHeight = static_cast<float>(variation / (row * (t.rows - 1)));
    if (t.columns > 1) a.tvWidth = static_cast<float>(variation / (column * (t.columns - 1)));
    if (time) a.l1 = static_cast<float>(weights.timeL1 / (row * t.rows));
    if (a.smooth == 0 && a.tvHeight == 0 && a.tvWidth == 0 && a.l1 == 0) continue;
    for (int begin = 0; begin < t.rows; begin += kRows) tasks.push_back({a, begin, std::min(t.rows, begin + kRows)});
  }
  std::vector<double> values(tasks.size());
  pool_.each(static_cast<int>(tasks.size()),
             [&](int i) { values[i] = kernels().hexplane->regularise(tasks[i].args, tasks[i].begin, tasks[i].end); });
  double value = 0;
  for (double v : values) value += v;
  return value;
}

void HexPlane::adamStep(int64_t step, double gridRate, double linearRate) {
  const double bias1 = 1 - std::pow(0.9, static_cast<double>(step));
  const double bias2 = 1 - std::pow(0.999, static_cast<double>(step));
  const auto update = [&](int64_t offset, int64_t count, double rate) {
    const AdamArgs a{parameters_.data() + offset,      gradients_.data() + offset,
                     firstMoments_.data() + offset,    secondMoments_.data() + offset,
                     static_cast<float>(rate / bias1), static_cast<float>(1 / std::sqrt(bias2))};
    pool_.ranges(static_cast<int>(count), kAdamGrain, [&](int begin, int end) {
      kernels().adam(a, begin, end);
      // Cleared while it is in the cache: the planes have millions of cells, and another pass would cost as much again.
      std::fill(gradients_.data() + offset + begin, gradients_.data() + offset + end, 0.0f);
    });
  };
  update(0, gridSize_, gridRate);
  update(gridSize_, size() - gridSize_, linearRate);
}

void HexPlane::clearGradients() { std::fill(gradients_.begin(), gradients_.end(), 0.0f); }

}  // namespace charactershot
