#include "node_field.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace charactershot {

namespace {
constexpr int kGrain = 512;
constexpr int kNodeGrain = 32;
// Neighbours of a node in the rigidity graph.
constexpr int kEdgesPerNode = 8;
}  // namespace

void NodeField::reset(int count, const float* positions, int gaussians, const int32_t* neighbours,
                      const float* logits) {
  count_ = count;
  gaussians_ = gaussians;
  positions_.assign(positions, positions + 3 * count);
  const size_t total = static_cast<size_t>(frames_) * kValues * count;
  value_.assign(total, 0);
  for (int frame = 0; frame < frames_; frame++) std::fill_n(value_.begin() + at(frame, kRotation), count, 1.0f);
  grad_.assign(total, 0);
  m_.assign(total, 0);
  v_.assign(total, 0);
  frameSteps_.assign(frames_, 0);
  touched_.clear();
  const size_t places = static_cast<size_t>(gaussians) * kNodesPerGaussian;
  neighbours_.assign(neighbours, neighbours + places);
  logits_.assign(logits, logits + places);
  logitGrad_.assign(places, 0);
  logitM_.assign(places, 0);
  logitV_.assign(places, 0);
  logitSteps_ = 0;
  buildEdges();
  buildUsers();
  refreshWeights();
}

// Each node with its nearest nodes, both ways once; weight falls with the distance relative to the typical spacing.
void NodeField::buildEdges() {
  edges_.clear();
  std::vector<std::pair<float, int32_t>> byDistance(count_);
  std::vector<std::pair<int32_t, int32_t>> pairs;
  std::vector<float> distances;
  for (int a = 0; a < count_; a++) {
    for (int b = 0; b < count_; b++) {
      float d = 0;
      for (int c = 0; c < 3; c++)
        d += (positions_[a * 3 + c] - positions_[b * 3 + c]) * (positions_[a * 3 + c] - positions_[b * 3 + c]);
      byDistance[b] = {d, b};
    }
    const int take = std::min(count_ - 1, kEdgesPerNode);
    std::partial_sort(byDistance.begin(), byDistance.begin() + take + 1, byDistance.end());
    for (int k = 0, taken = 0; taken < take; k++) {
      const int b = byDistance[k].second;
      if (b == a) continue;
      taken++;
      pairs.push_back({std::min(a, b), std::max(a, b)});
    }
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  for (const auto& [a, b] : pairs) {
    float d = 0;
    for (int c = 0; c < 3; c++)
      d += (positions_[a * 3 + c] - positions_[b * 3 + c]) * (positions_[a * 3 + c] - positions_[b * 3 + c]);
    distances.push_back(d);
  }
  double mean = distances.empty() ? 1 : std::accumulate(distances.begin(), distances.end(), 0.0) / distances.size();
  for (size_t e = 0; e < pairs.size(); e++)
    edges_.push_back({pairs[e].first, pairs[e].second, std::exp(-0.5f * distances[e] / static_cast<float>(mean))});
}

void NodeField::buildUsers() {
  userStart_.assign(count_ + 1, 0);
  for (const int32_t node : neighbours_) userStart_[node + 1]++;
  std::partial_sum(userStart_.begin(), userStart_.end(), userStart_.begin());
  users_.resize(neighbours_.size());
  std::vector<int32_t> next(userStart_.begin(), userStart_.end() - 1);
  for (size_t place = 0; place < neighbours_.size(); place++)
    users_[next[neighbours_[place]]++] = static_cast<int32_t>(place);
}

// weights = softmax of the logits, row by row.
void NodeField::refreshWeights() {
  weights_.resize(logits_.size());
  pool_.ranges(gaussians_, kGrain,
               [&](int begin, int end) { kernels().softmaxRows(logits_.data(), weights_.data(), begin, end); });
}

void NodeField::extrapolate(int before, int from, int to, float momentum) {
  std::vector<float> values = frameValues(from);
  for (int c = 0; c < kColor; c++)
    for (int n = 0; n < count_; n++)
      values[static_cast<size_t>(c) * count_ + n] += momentum * (value_[at(from, c) + n] - value_[at(before, c) + n]);
  setFrameValues(to, values.data());
}

std::vector<float> NodeField::frameValues(int frame) const {
  return {value_.begin() + at(frame, 0), value_.begin() + at(frame, kValues)};
}

void NodeField::setFrameValues(int frame, const float* values) {
  const size_t count = static_cast<size_t>(kValues) * count_;
  std::copy_n(values, count, value_.begin() + at(frame, 0));
  std::fill_n(m_.begin() + at(frame, 0), count, 0.0f);
  std::fill_n(v_.begin() + at(frame, 0), count, 0.0f);
  frameSteps_[frame] = 0;
}

NodePose NodeField::poseOf(const float* values) const {
  NodePose pose;
  pose.quats.resize(static_cast<size_t>(4) * count_);
  pose.centres.resize(static_cast<size_t>(3) * count_);
  for (int n = 0; n < count_; n++) {
    for (int c = 0; c < 4; c++) pose.quats[4 * n + c] = values[static_cast<size_t>(kRotation + c) * count_ + n];
    for (int c = 0; c < 3; c++)
      pose.centres[3 * n + c] = positions_[3 * n + c] + values[static_cast<size_t>(kTranslation + c) * count_ + n];
  }
  return pose;
}

void NodeField::setPose(const NodePose& pose, float* values) const {
  for (int n = 0; n < count_; n++) {
    for (int c = 0; c < 4; c++) values[static_cast<size_t>(kRotation + c) * count_ + n] = pose.quats[4 * n + c];
    for (int c = 0; c < 3; c++)
      values[static_cast<size_t>(kTranslation + c) * count_ + n] = pose.centres[3 * n + c] - positions_[3 * n + c];
  }
}

void NodeField::blendOf(int i, float rotation[4], float color[3]) const {
  float blended[kNodeFloats] = {};
  for (int k = 0; k < kNodesPerGaussian; k++) {
    const size_t place = static_cast<size_t>(i) * kNodesPerGaussian + k;
    const float* node = slots_[0].nodes.data() + static_cast<size_t>(neighbours_[place]) * kNodeFloats;
    for (int f = 0; f < kNodeFloats; f++) blended[f] += weights_[place] * node[f];
  }
  float norm2 = 0;
  for (int c = 0; c < 4; c++) norm2 += blended[kNodeRotation + c] * blended[kNodeRotation + c];
  const float inverse = norm2 > 1e-12f ? 1 / std::sqrt(norm2) : 0;
  for (int c = 0; c < 4; c++) rotation[c] = inverse > 0 ? blended[kNodeRotation + c] * inverse : (c == 0 ? 1.0f : 0.0f);
  for (int c = 0; c < 3; c++) color[c] = blended[kNodeColor + c];
}

void NodeField::touch(int frame) {
  if (std::find(touched_.begin(), touched_.end(), frame) == touched_.end()) touched_.push_back(frame);
}

void NodeField::forward(const GaussianStore& gaussians, int frame, int slot, DeformedPlanes& out) {
  Slot& s = slots_[slot];
  s.frame = frame;
  s.nodes.assign(static_cast<size_t>(count_) * kNodeFloats, 0);
  for (int n = 0; n < count_; n++) {
    float* node = s.nodes.data() + static_cast<size_t>(n) * kNodeFloats;
    for (int c = 0; c < 4; c++) node[kNodeRotation + c] = value_[at(frame, kRotation + c) + n];
    for (int c = 0; c < 3; c++) {
      node[kNodeRest + c] = positions_[n * 3 + c];
      node[kNodeTarget + c] = positions_[n * 3 + c] + value_[at(frame, kTranslation + c) + n];
      node[kNodeColor + c] = value_[at(frame, kColor + c) + n];
    }
  }
  const int stride = gaussians.stride();
  out.resize(stride);
  s.blended.resize(static_cast<size_t>(stride) * kBlendKept);
  s.args = {stride,           gaussians.plane(kMeans), gaussians.plane(kQuats), neighbours_.data(),
            weights_.data(),  s.nodes.data(),          s.blended.data(),        out.means.data(),
            out.quats.data(), out.colorOffset.data()};
  const float* logScales = gaussians.plane(kLogScales);
  pool_.ranges(gaussians.count(), kGrain, [&](int begin, int end) {
    kernels().blendNodesForward(s.args, begin, end);
    for (int c = 0; c < 3; c++)
      std::copy(logScales + static_cast<size_t>(c) * stride + begin, logScales + static_cast<size_t>(c) * stride + end,
                out.logScales.data() + static_cast<size_t>(c) * stride + begin);
  });
}

void NodeField::backward(const GaussianStore& gaussians, int slot, float* means, float*, float* quats,
                         const float* colors) {
  Slot& s = slots_[slot];
  const int count = gaussians.count();
  s.blendedGrads.resize(static_cast<size_t>(gaussians.stride()) * kNodeFloats);
  s.nodeGrads.resize(static_cast<size_t>(count_) * kNodeFloats);
  const NodeBackwardArgs args = {s.args, means, quats, colors, s.blendedGrads.data(), logitGrad_.data()};
  pool_.ranges(count, kGrain, [&](int begin, int end) { kernels().blendNodesBackward(args, begin, end); });
  pool_.ranges(count_, kNodeGrain, [&](int begin, int end) {
    kernels().gatherNodeGradients(args, userStart_.data(), users_.data(), s.nodeGrads.data(), begin, end);
    for (int n = begin; n < end; n++) {
      const float* g = s.nodeGrads.data() + static_cast<size_t>(n) * kNodeFloats;
      for (int c = 0; c < 4; c++) grad_[at(s.frame, kRotation + c) + n] += g[kNodeRotation + c];
      for (int c = 0; c < 3; c++) grad_[at(s.frame, kTranslation + c) + n] += g[kNodeTarget + c];
      for (int c = 0; c < 3; c++) grad_[at(s.frame, kColor + c) + n] += g[kNodeColor + c];
    }
  });
  touch(s.frame);
}

// Per frame f, means over the edges (a, b) or nodes:
//   rigidity        w |(p'_b - p'_a) - R_a (p_b - p_a)|^2 + w |(p'_a - p'_b) - R_b (p_a - p_b)|^2
//   rotationSmooth  w |q_a - q_b|^2
//   acceleration    |x_(f-1) - 2 x_f + x_(f+1)|^2 for displacement and rotation, the three terms that hold x_f
//   colorSmooth     w |c_a - c_b|^2 + |c_f - c_(f+-1)|^2 + 0.1 |c|^2
// Gradients go to frame f only: its neighbours in time get theirs when their turn comes.
double NodeField::regularise(int frame, int low, int high, const DeformWeights& weights) {
  if (count_ == 0) return 0;
  const float* value = value_.data() + at(frame, 0);
  float* grad = grad_.data() + at(frame, 0);
  auto v = [&](int c, int n) { return value[static_cast<size_t>(c) * count_ + n]; };
  auto g = [&](int c, int n) -> float& { return grad[static_cast<size_t>(c) * count_ + n]; };
  double total = 0;
  const float perEdge = 1.0f / std::max<size_t>(1, edges_.size()), perNode = 1.0f / count_;

  for (const NodeEdge& edge : edges_) {
    for (int side = 0; weights.rigidity > 0 && side < 2; side++) {
      const int a = side ? edge.b : edge.a, b = side ? edge.a : edge.b;
      float q[4], norm2 = 0, rest[3], e[3];
      for (int c = 0; c < 4; c++) {
        q[c] = v(kRotation + c, a);
        norm2 += q[c] * q[c];
      }
      const float inv = 1 / std::max(norm2, 1e-12f);
      for (int c = 0; c < 3; c++) rest[c] = positions_[b * 3 + c] - positions_[a * 3 + c];
      // R rest = rest + 2 (w (u x rest) + u x (u x rest)) / |q|^2
      const float* u = q + 1;
      const float x1[3] = {u[1] * rest[2] - u[2] * rest[1], u[2] * rest[0] - u[0] * rest[2],
                           u[0] * rest[1] - u[1] * rest[0]};
      const float x2[3] = {u[1] * x1[2] - u[2] * x1[1], u[2] * x1[0] - u[0] * x1[2], u[0] * x1[1] - u[1] * x1[0]};
      for (int c = 0; c < 3; c++) {
        const float turned = rest[c] + 2 * inv * (q[0] * x1[c] + x2[c]);
        e[c] = rest[c] + v(kTranslation + c, b) - v(kTranslation + c, a) - turned;
      }
      const float scale = weights.rigidity * edge.weight * perEdge;
      total += scale * (e[0] * e[0] + e[1] * e[1] + e[2] * e[2]);
      for (int c = 0; c < 3; c++) {
        g(kTranslation + c, b) += 2 * scale * e[c];
        g(kTranslation + c, a) -= 2 * scale * e[c];
      }
      // d(-2 scale e . R rest)/dq, with the |q|^2 in the denominator.
      const float k = -4 * scale * inv;
      const float ex[3] = {rest[1] * e[2] - rest[2] * e[1], rest[2] * e[0] - rest[0] * e[2],
                           rest[0] * e[1] - rest[1] * e[0]};
      const float ue = u[0] * e[0] + u[1] * e[1] + u[2] * e[2], ur = u[0] * rest[0] + u[1] * rest[1] + u[2] * rest[2];
      const float re = rest[0] * e[0] + rest[1] * e[1] + rest[2] * e[2];
      const float inner =
          q[0] * (e[0] * x1[0] + e[1] * x1[1] + e[2] * x1[2]) + e[0] * x2[0] + e[1] * x2[1] + e[2] * x2[2];
      float dq[4];
      dq[0] = e[0] * x1[0] + e[1] * x1[1] + e[2] * x1[2];
      for (int c = 0; c < 3; c++) dq[1 + c] = q[0] * ex[c] + ue * rest[c] + ur * e[c] - 2 * re * u[c];
      for (int c = 0; c < 4; c++) g(kRotation + c, a) += k * (dq[c] - 2 * inv * inner * q[c]);
    }
    auto pull = [&](int first, int components, float weight) {
      if (weight <= 0) return;
      const float scale = weight * edge.weight * perEdge;
      for (int c = first; c < first + components; c++) {
        const float d = v(c, edge.a) - v(c, edge.b);
        total += scale * d * d;
        g(c, edge.a) += 2 * scale * d;
        g(c, edge.b) -= 2 * scale * d;
      }
    };
    pull(kRotation, 4, weights.rotationSmooth);
    pull(kColor, 3, weights.colorSmooth);
  }

  auto other = [&](int f, int c, int n) { return value_[at(f, c) + n]; };
  if (weights.acceleration > 0)
    for (int centre = frame - 1; centre <= frame + 1; centre++) {
      if (centre - 1 < low || centre + 1 > high) continue;
      const float share = centre == frame ? -2.0f : 1.0f;
      const float scale = weights.acceleration * perNode;
      for (int c = 0; c < kColor; c++)
        for (int n = 0; n < count_; n++) {
          const float second = other(centre - 1, c, n) - 2 * other(centre, c, n) + other(centre + 1, c, n);
          total += scale * second * second;
          g(c, n) += 2 * scale * share * second;
        }
    }
  if (weights.colorSmooth > 0)
    for (int c = kColor; c < kValues; c++)
      for (int n = 0; n < count_; n++) {
        const float scale = weights.colorSmooth * perNode, here = v(c, n);
        total += 0.1f * scale * here * here;
        g(c, n) += 0.2f * scale * here;
        for (const int f : {frame - 1, frame + 1}) {
          if (f < low || f > high) continue;
          const float change = here - other(f, c, n);
          total += scale * change * change;
          g(c, n) += 2 * scale * change;
        }
      }
  touch(frame);
  return total;
}

void NodeField::step(const DeformRates& rates) {
  auto corrections = [](int steps, float& first, float& second) {
    first = static_cast<float>(1 / (1 - std::pow(static_cast<double>(kAdamBeta1), steps)));
    second = static_cast<float>(1 / std::sqrt(1 - std::pow(static_cast<double>(kAdamBeta2), steps)));
  };
  float first, second;
  for (const int frame : touched_) {
    corrections(++frameSteps_[frame], first, second);
    for (int c = 0; c < kValues; c++) {
      const float rate = c < kTranslation ? rates.nodeRotation : c < kColor ? rates.nodeTranslation : rates.nodeColor;
      const size_t o = at(frame, c);
      if (rate > 0)
        kernels().adam({value_.data() + o, grad_.data() + o, m_.data() + o, v_.data() + o, rate * first, second}, 0,
                       count_);
    }
    std::fill_n(grad_.begin() + at(frame, 0), static_cast<size_t>(kValues) * count_, 0.0f);
  }
  touched_.clear();
  if (rates.blendWeight > 0) {
    corrections(++logitSteps_, first, second);
    const AdamArgs args = {logits_.data(), logitGrad_.data(),         logitM_.data(),
                           logitV_.data(), rates.blendWeight * first, second};
    pool_.ranges(static_cast<int>(logits_.size()), 4 * kGrain,
                 [&](int begin, int end) { kernels().adam(args, begin, end); });
    refreshWeights();
  }
  std::fill(logitGrad_.begin(), logitGrad_.end(), 0.0f);
}

void NodeField::inherit(const std::vector<int32_t>& source) {
  auto follow = [&](auto& rows) {
    std::decay_t<decltype(rows)> old;
    old.swap(rows);
    rows.resize(source.size() * kNodesPerGaussian);
    for (size_t i = 0; i < source.size(); i++)
      for (int k = 0; k < kNodesPerGaussian; k++)
        rows[i * kNodesPerGaussian + k] = old[static_cast<size_t>(source[i]) * kNodesPerGaussian + k];
  };
  follow(neighbours_);
  follow(logits_);
  follow(logitM_);
  follow(logitV_);
  gaussians_ = static_cast<int>(source.size());
  logitGrad_.assign(logits_.size(), 0);
  buildUsers();
  refreshWeights();
}

bool NodeField::isFinite() const {
  auto finite = [](const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
  };
  return finite(value_) && finite(logits_);
}

void NodeField::visit(StateVisitor& visitor) {
  std::vector<int32_t> header = {frames_, count_, gaussians_, logitSteps_};
  visitor.ints("nodes.header", header);
  expectState("nodes.header",
              header.size() == 4 && header[0] > 0 && header[1] >= 0 && header[2] >= 0 && header[3] >= 0);
  frames_ = header[0];
  count_ = header[1];
  gaussians_ = header[2];
  logitSteps_ = header[3];
  visitor.floats("nodes.positions", positions_);
  visitor.floats("nodes.value", value_);
  visitor.floats("nodes.m", m_);
  visitor.floats("nodes.v", v_);
  visitor.ints("nodes.frameSteps", frameSteps_);
  visitor.ints("nodes.neighbours", neighbours_);
  visitor.floats("nodes.logits", logits_);
  visitor.floats("nodes.logitM", logitM_);
  visitor.floats("nodes.logitV", logitV_);
  const size_t values = static_cast<size_t>(frames_) * kValues * count_,
               places = static_cast<size_t>(gaussians_) * kNodesPerGaussian;
  expectState("nodes.positions", positions_.size() == static_cast<size_t>(3) * count_);
  expectState("nodes.value", value_.size() == values);
  expectState("nodes.m", m_.size() == values);
  expectState("nodes.v", v_.size() == values);
  expectState("nodes.frameSteps", static_cast<int>(frameSteps_.size()) == (count_ > 0 ? frames_ : 0));
  expectState("nodes.neighbours",
              neighbours_.size() == places &&
                  std::all_of(neighbours_.begin(), neighbours_.end(), [&](int32_t n) { return n >= 0 && n < count_; }));
  expectState("nodes.logits", logits_.size() == places);
  expectState("nodes.logitM", logitM_.size() == places);
  expectState("nodes.logitV", logitV_.size() == places);
  grad_.assign(value_.size(), 0);
  logitGrad_.assign(logits_.size(), 0);
  touched_.clear();
  buildEdges();
  buildUsers();
  refreshWeights();
}

}  // namespace charactershot
