#include "trainer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "stopwatch.h"

namespace charactershot {

// Neighbours of a Gaussian in the constraint (paper, appendix: 20).
constexpr int kNeighbours = 20;

// How far, in 8-bit levels, a pixel may be from the background to count as such: noise of compression stays within.
constexpr int kClearLevels = 3;
constexpr int kClearRows = 32;

// Whether a graph that was read back is one of `count` points, or of none yet.
static bool isSound(const NeighbourGraph& graph, int count) {
  const std::vector<int32_t>& offsets = graph.offsets;
  if (offsets.empty()) return graph.indices.empty();
  return static_cast<int>(offsets.size()) == count + 1 && offsets.front() == 0 &&
         std::is_sorted(offsets.begin(), offsets.end()) &&
         static_cast<size_t>(offsets.back()) == graph.indices.size() &&
         std::all_of(graph.indices.begin(), graph.indices.end(), [&](int32_t i) { return i >= 0 && i < count; });
}

Trainer::Trainer(const TrainerConfig& config)
    : config_(config),
      pool_(config.threads),
      clip_(config.width, config.height, static_cast<int>(config.cameras.size()), config.frames, config.levels,
            config.background),
      nodes_(pool_, config.frames),
      renderer_(pool_),
      loss_(pool_),
      random_(config.seed),
      constraint_(pool_) {}

CameraArgs Trainer::cameraAt(int view, int level) const {
  CameraArgs camera = config_.cameras[view];
  // Level l averages blocks of 2^l pixels; an odd last row or column is dropped, so intrinsics halve exactly.
  const float scale = 1.0f / static_cast<float>(1 << level);
  camera.fx *= scale;
  camera.fy *= scale;
  camera.cx *= scale;
  camera.cy *= scale;
  camera.width = clip_.width(level);
  camera.height = clip_.height(level);
  // The low-pass stays that of a full-size pixel: averaged pictures show nothing fatter. With a low-pass of one small
  // pixel, nodes that learnt from small pictures drew the body in, by 5 mm at level 1 and 15 mm at level 2.
  camera.lowPass = kLowPass * scale * scale;
  return camera;
}

GaussianInput Trainer::deformed(int frame, bool deform) {
  const int stride = gaussians_.stride();
  GaussianPlanes planes = planesOf(gaussians_.planes().data(), stride, nullptr);
  if (deform) {
    deformer().forward(gaussians_, frame, 0, deformed_);
    planes.means = deformed_.means.data();
    planes.logScales = deformed_.logScales.data();
    planes.quats = deformed_.quats.data();
    planes.colorOffset = deformed_.colorOffset.data();
  }
  return {planes, gaussians_.count(), stride, gaussians_.shDegree()};
}

void Trainer::iterate(const BatchPlan& plan, int iteration, int view, int frame, BatchResult& result) {
  Stopwatch watch;
  const TargetImage target = clip_.target(view, frame, plan.level);
  GaussianInput input = deformed(frame, plan.deform);
  input.shDegree = std::min(plan.activeDegree, gaussians_.shDegree());
  result.deformMs += watch.lap();

  renderer_.forward(cameraAt(view, plan.level), input, config_.background, false);
  result.renderMs += watch.lap();

  const ImageLossResult loss = loss_.compute(renderer_.rgb(), renderer_.rowStride(), renderer_.planeStride(), target,
                                             renderer_.touched(), plan.lambda);
  if (!std::isfinite(loss.loss)) reportPoison(view, frame, "the render");
  result.loss += loss.loss;
  result.l1 += loss.l1;
  result.ssim += loss.ssim;
  result.mse += loss.mse;
  result.lossMs += watch.lap();

  const float* alphaGrads = nullptr;
  if (plan.clearWeight > 0) {
    result.loss += clearBackground(target, plan.clearWeight);
    alphaGrads = alphaGrads_.data();
  }
  renderer_.backward(loss_.gradient(), alphaGrads, nullptr, gaussians_.gradients());
  if (plan.collect) gaussians_.collect(renderer_.splats(), target.width, target.height);
  result.backwardMs += watch.lap();

  if (plan.deform) {
    if (plan.neighbourWeight > 0 && iteration % plan.neighbourInterval == 0)
      constrainNeighbours(plan, iteration, frame, result);
    result.neighbourMs += watch.lap();
    deformer().backward(gaussians_, 0, gaussians_.gradPlane(kMeans), gaussians_.gradPlane(kLogScales),
                        gaussians_.gradPlane(kQuats), gaussians_.gradColorOffset());
    for (size_t i = 0; i < otherGrads_.size() && otherActive_; i++) gaussians_.gradPlane(kMeans)[i] += otherGrads_[i];
    otherActive_ = false;
    result.loss += deformer().regularise(frame, plan.windowLow, plan.windowHigh, plan.deformWeights);
    if (!std::isfinite(result.loss)) reportPoison(view, frame, "the deformation");
  }
  result.deformMs += watch.lap();

  if (plan.moveGaussians) {
    gaussians_.step(pool_, plan.rates, plan.activeDegree);
  }
  if (plan.deform) deformer().step(plan.deformRates);
  result.optimiseMs += watch.lap();
  result.iterations++;
}

// weight * mean over the picture of the opacity where it shows background, and the gradient in alphaGrads_. Without it,
// Gaussians of the visual hull that belong to nothing turn the colour of the background instead of clear, and hide
// what moves behind them.
double Trainer::clearBackground(const TargetImage& target, float weight) {
  const Rect r = renderer_.touched();
  const int stride = renderer_.rowStride();
  alphaGrads_.resize(static_cast<size_t>(renderer_.planeStride()));
  const int rows = renderer_.planeStride() / stride;  // of whole tiles: a little more than the picture has
  rowOpacity_.assign(rows, 0);
  int levels[3];
  for (int c = 0; c < 3; c++) levels[c] = static_cast<int>(config_.background[c] * 255 + 0.5f);
  const float scale = weight / (static_cast<float>(target.width) * target.height);
  pool_.ranges(rows, kClearRows, [&](int begin, int end) {
    for (int y = begin; y < end; y++) {
      float* grads = alphaGrads_.data() + static_cast<size_t>(y) * stride;
      std::fill_n(grads, stride, 0.0f);
      if (y < r.y0 || y >= r.y1) continue;
      const float* transmittance = renderer_.transmittance() + static_cast<size_t>(y) * stride;
      double opacity = 0;
      for (int x = r.x0; x < r.x1; x++) {
        bool clear = true;
        for (int c = 0; c < 3; c++) {
          const int value =
              target
                  .pixels[static_cast<size_t>(c) * target.planeStride + static_cast<size_t>(y) * target.rowStride + x];
          clear &= std::abs(value - levels[c]) <= kClearLevels;
        }
        if (!clear) continue;
        grads[x] = scale;
        opacity += 1 - transmittance[x];
      }
      rowOpacity_[y] = opacity;
    }
  });
  double total = 0;
  for (const double opacity : rowOpacity_) total += opacity;
  return scale * total;
}

// Adds the gradients of the neighbour constraint between `frame` and the frame beside it: those of `frame` to the
// gradients of the deformed centres, those of the other frame through its own deformation where parameters are shared.
void Trainer::constrainNeighbours(const BatchPlan& plan, int iteration, int frame, BatchResult& result) {
  int other = iteration / plan.neighbourInterval % 2 ? frame - 1 : frame + 1;
  if (other < plan.windowLow || other > plan.windowHigh) other = 2 * frame - other;
  if (other < plan.windowLow || other > plan.windowHigh) return;
  const int stride = gaussians_.stride();
  if (graph_.count() != gaussians_.count())
    graph_ = buildNeighbourGraph(pool_, gaussians_.plane(kMeans), gaussians_.count(), stride, kNeighbours);
  deformer().forward(gaussians_, other, 1, otherDeformed_);
  NeighbourOptions options = plan.neighbour;
  options.scale = plan.neighbourWeight;
  const bool isEarlier = other < frame, shared = deformer().sharesFrames();
  if (shared) otherGrads_.assign(static_cast<size_t>(3) * stride, 0);
  float* here = gaussians_.gradPlane(kMeans);
  float* there = shared ? otherGrads_.data() : nullptr;
  const float* means = deformed_.means.data();
  const float* otherMeans = otherDeformed_.means.data();
  const NeighbourTerm term =
      constraint_.evaluate(graph_, isEarlier ? otherMeans : means, isEarlier ? means : otherMeans, stride, options,
                           isEarlier ? there : here, isEarlier ? here : there);
  result.neighbour += term.value;
  result.loss += plan.neighbourWeight * term.value;
  constrained_++;
  if (!shared) return;
  deformer().backward(gaussians_, 1, otherGrads_.data(), nullptr, nullptr, nullptr);
  otherActive_ = true;
}

HexPlaneDeformer& Trainer::startHexPlane(const HexPlaneConfig& config) {
  hexplane_ = std::make_unique<HexPlaneDeformer>(pool_, config_.frames, config, config_.seed);
  return *hexplane_;
}

BatchResult Trainer::run(const BatchPlan& plan, const std::atomic<bool>& cancel) {
  BatchResult result;
  constrained_ = 0;
  for (size_t i = 0; i + 1 < plan.samples.size() && !cancel; i += 2)
    iterate(plan, plan.first + static_cast<int>(i / 2), plan.samples[i], plan.samples[i + 1], result);
  // What is no number is not drawn, so the loss alone does not show it.
  if (const std::string what = poison(); !what.empty())
    throw std::runtime_error(what + " is not a finite number any more: the optimisation has diverged");
  const double n = std::max(1, result.iterations);
  result.loss /= n;
  result.l1 /= n;
  result.ssim /= n;
  result.mse /= n;
  result.neighbour /= std::max(1, constrained_);
  return result;
}

std::string Trainer::poison() const {
  const std::string gaussian = gaussians_.firstPoison();
  if (!gaussian.empty()) return gaussian;
  if (hexplane_ && !hexplane_->isFinite()) return "the deformation network";
  return nodes_.isFinite() ? "" : "a control node";
}

void Trainer::reportPoison(int view, int frame, const char* otherwise) const {
  const std::string what = poison();
  throw std::runtime_error("the loss of view " + std::to_string(view) + ", frame " + std::to_string(frame) +
                           " is not a finite number: " + (what.empty() ? otherwise : what) + " has diverged");
}

PictureQuality Trainer::measure(int view, int frame, bool deform) {
  const TargetImage target = clip_.target(view, frame, 0);
  renderer_.forward(cameraAt(view, 0), deformed(frame, deform), config_.background, false);
  const ImageLossResult loss =
      loss_.compute(renderer_.rgb(), renderer_.rowStride(), renderer_.planeStride(), target, renderer_.touched(), 1.0f);
  constexpr float kThreshold = 5.0f, kCoveringOpacity = 0.5f;
  double squared = 0;
  int64_t pixels = 0, missing = 0, both = 0, either = 0;
  for (int y = 0; y < target.height; y++)
    for (int x = 0; x < target.width; x++) {
      const size_t at = static_cast<size_t>(y) * renderer_.rowStride() + x;
      bool foreground = false, visible = false;
      double here = 0;
      for (int c = 0; c < 3; c++) {
        const float truth =
            target.pixels[static_cast<size_t>(c) * target.planeStride + static_cast<size_t>(y) * target.rowStride + x];
        const float value =
            std::min(std::max(renderer_.rgb()[static_cast<size_t>(c) * renderer_.planeStride() + at], 0.0f), 1.0f);
        const float background = config_.background[c] * 255.0f;
        foreground |= std::fabs(truth - background) > kThreshold;
        // Rounded as in a picture of 8 bits, which is what the threshold is for.
        visible |= std::fabs(std::floor(value * 255.0f + 0.5f) - background) > kThreshold;
        const double d = value - truth / 255.0;
        here += d * d;
      }
      both += foreground && visible;
      either += foreground || visible;
      if (!foreground) continue;
      squared += here;
      pixels++;
      missing += !visible && 1 - renderer_.transmittance()[at] < kCoveringOpacity;
    }
  const double count = static_cast<double>(std::max<int64_t>(pixels, 1));
  return {loss.mse, loss.ssim, pixels > 0 ? squared / (3.0 * count) : -1.0,
          either > 0 ? static_cast<double>(both) / static_cast<double>(either) : 1.0,
          static_cast<double>(missing) / count};
}

DensifyResult Trainer::densify(const DensifyOptions& options) {
  return gaussians_.densify(options, random_, static_cast<uint32_t>(densifications_++),
                            [&](const std::vector<int32_t>& source) {
                              if (nodes_.count() > 0) nodes_.inherit(source);
                              graph_ = {};
                            });
}

namespace {
// Points that the canonical cloud is thinned to before it is registered: about 7 around an arm.
constexpr int kRegisteredPoints = 1000;
// Opacity logit below which a Gaussian is too faint to be registered (opacity 0.5).
constexpr float kSolid = 0.0f;
// Uncovered points that must lie together before Gaussians are born there: fewer are haze of a short fit.
constexpr int kBirthCluster = 4;
constexpr int kBirthGrain = 64;
constexpr float kSh0 = 0.28209479f;
}  // namespace

std::vector<RegistrationResult> Trainer::registerFrame(const std::vector<float>& target,
                                                       std::vector<std::vector<float>>& starts,
                                                       const RegistrationOptions& options) {
  std::vector<float> points;
  std::vector<int32_t> from;
  for (int i = 0; i < gaussians_.count(); i++) {
    if (gaussians_.plane(kOpacity)[i] < kSolid) continue;
    from.push_back(i);
    for (int c = 0; c < 3; c++) points.push_back(gaussians_.plane(kMeans + c)[i]);
    for (int c = 0; c < 3; c++) points.push_back(0.5f + kSh0 * gaussians_.plane(kSh + c)[i]);
  }
  NodeBoundCloud cloud;
  cloud.rest = nodes_.positions();
  cloud.edges = nodes_.edges();
  float cell = options.sigmaEnd;
  std::vector<int32_t> representative;
  for (int attempt = 0; attempt < 4; attempt++) {
    cloud.points = thinCloud(points, cell, representative);
    if (attempt < 3) cell *= std::sqrt(std::max(1.0f, static_cast<float>(cloud.count())) / kRegisteredPoints);
  }
  for (int k = 0; k < cloud.count(); k++) {
    const int i = from[representative[k]];
    // A mean of several Gaussians moves as the nearest of them.
    for (int f = 0; f < kNodesPerGaussian; f++) {
      cloud.neighbours.push_back(nodes_.neighbours()[static_cast<size_t>(i) * kNodesPerGaussian + f]);
      cloud.weights.push_back(nodes_.weights()[static_cast<size_t>(i) * kNodesPerGaussian + f]);
    }
  }
  const std::vector<float> thinned = thinCloud(target, cell, representative);
  std::vector<RegistrationResult> results(starts.size());
  pool_.each(static_cast<int>(starts.size()), [&](int s) {
    results[s] = registerCloud(cloud, thinned, nodes_.poseOf(starts[s].data()), options);
    nodes_.setPose(results[s].pose, starts[s].data());
  });
  return results;
}

int Trainer::bear(int frame, const std::vector<float>& cloud, float reach, int limit) {
  if (nodes_.count() == 0 || gaussians_.count() == 0) return 0;
  nodes_.forward(gaussians_, frame, 0, deformed_);
  const int stride = gaussians_.stride(), count = gaussians_.count();
  const int points = static_cast<int>(cloud.size() / kMatchFields);
  auto squaredDistance = [](const float* a, const float* b) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]);
  };
  // Nearest solid Gaussian of each point, where the frame puts it.
  std::vector<int32_t> nearest(points, -1);
  std::vector<float> distance(points, 1e30f);
  pool_.ranges(points, kBirthGrain, [&](int begin, int end) {
    for (int j = begin; j < end; j++)
      for (int i = 0; i < count; i++) {
        if (gaussians_.plane(kOpacity)[i] < kSolid) continue;
        const float at[3] = {deformed_.means[i], deformed_.means[stride + i], deformed_.means[2 * stride + i]};
        const float d = squaredDistance(at, cloud.data() + static_cast<size_t>(j) * kMatchFields);
        if (d >= distance[j]) continue;
        distance[j] = d;
        nearest[j] = i;
      }
  });
  std::vector<int32_t> bare, born, source;
  for (int j = 0; j < points; j++)
    if (nearest[j] >= 0 && distance[j] > reach * reach) bare.push_back(j);
  for (const int32_t j : bare) {
    int together = 0;
    for (const int32_t k : bare)
      together += squaredDistance(cloud.data() + static_cast<size_t>(j) * kMatchFields,
                                  cloud.data() + static_cast<size_t>(k) * kMatchFields) < 4 * reach * reach;
    if (together > kBirthCluster && static_cast<int>(born.size()) < limit) born.push_back(j);
  }
  if (born.empty()) return 0;
  struct Birth {
    float place[3], color[3];
  };
  std::vector<Birth> births;
  for (const int32_t j : born) {
    const float* point = cloud.data() + static_cast<size_t>(j) * kMatchFields;
    const int i = nearest[j];
    float q[4], offset[3], away[3], back[3];
    nodes_.blendOf(i, q, offset);
    for (int c = 0; c < 3; c++) away[c] = point[c] - deformed_.means[static_cast<size_t>(c) * stride + i];
    // R^T v by the conjugate quaternion.
    const float u[3] = {-q[1], -q[2], -q[3]};
    const float x[3] = {u[1] * away[2] - u[2] * away[1], u[2] * away[0] - u[0] * away[2],
                        u[0] * away[1] - u[1] * away[0]};
    const float y[3] = {u[1] * x[2] - u[2] * x[1], u[2] * x[0] - u[0] * x[2], u[0] * x[1] - u[1] * x[0]};
    Birth birth;
    for (int c = 0; c < 3; c++) {
      back[c] = away[c] + 2 * (q[0] * x[c] + y[c]);
      birth.place[c] = gaussians_.plane(kMeans + c)[i] + back[c];
      birth.color[c] = (point[3 + c] - offset[c] - 0.5f) / kSh0;
    }
    births.push_back(birth);
    source.push_back(i);
  }
  gaussians_.append(source);
  std::vector<int32_t> lineage(count);
  for (int i = 0; i < count; i++) lineage[i] = i;
  lineage.insert(lineage.end(), source.begin(), source.end());
  nodes_.inherit(lineage);
  graph_ = {};
  for (size_t k = 0; k < births.size(); k++) {
    const int i = count + static_cast<int>(k);
    for (int c = 0; c < 3; c++) {
      gaussians_.plane(kMeans + c)[i] = births[k].place[c];
      gaussians_.plane(kLogScales + c)[i] = std::log(0.4f * reach);
      for (int p = kSh + c; p < planeCount(gaussians_.shDegree()); p += 3) gaussians_.plane(p)[i] = 0;
      gaussians_.plane(kSh + c)[i] = births[k].color[c];
    }
    for (int c = 0; c < 4; c++) gaussians_.plane(kQuats + c)[i] = c == 0 ? 1.0f : 0.0f;
    gaussians_.plane(kOpacity)[i] = kSolid;
  }
  return static_cast<int>(births.size());
}

void Trainer::visit(StateVisitor& visitor) {
  std::vector<int32_t> header = {densifications_};
  visitor.ints("trainer.header", header);
  expectState("trainer.header", header.size() == 1);
  densifications_ = header[0];
  // The neighbour graph is a function of the centres at its making, so it is part of the state.
  visitor.ints("trainer.graphOffsets", graph_.offsets);
  visitor.ints("trainer.graphIndices", graph_.indices);
  gaussians_.visit(visitor);
  nodes_.visit(visitor);
  const int count = gaussians_.count();
  expectState("trainer.graphOffsets", isSound(graph_, count));
  expectState("nodes.header",
              nodes_.frames() == config_.frames && (nodes_.count() == 0 || nodes_.gaussians() == count));
  if (hexplane_) hexplane_->visit(visitor);
}

size_t Trainer::bytes() const { return clip_.bytes() + gaussians_.bytes() + renderer_.bytes(); }

}  // namespace charactershot
