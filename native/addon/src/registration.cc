#include "registration.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>

namespace charactershot {

namespace {

constexpr int kBlock = 6;  // turn and displacement of a node
constexpr int kBlockSize = kBlock * kBlock;
// More steps or digits of the solver change nothing that the next correspondences would not change again.
constexpr int kSolverSteps = 60;
constexpr float kSolverTolerance = 1e-3f;
// Rounds of balancing a set of correspondences; after 5 the shares still move by some percent, which does not matter.
constexpr int kBalanceSteps = 5;
// Levenberg's damping against the weight of one point.
constexpr float kDamping = 0.5f;
// Strain above which an edge is taken for a joint and lets go.
constexpr float kStrain = 0.5f;

void rotate(const float q[4], const float v[3], float out[3]) {
  const float x[3] = {q[2] * v[2] - q[3] * v[1], q[3] * v[0] - q[1] * v[2], q[1] * v[1] - q[2] * v[0]};
  const float y[3] = {q[2] * x[2] - q[3] * x[1], q[3] * x[0] - q[1] * x[2], q[1] * x[1] - q[2] * x[0]};
  for (int c = 0; c < 3; c++) out[c] = v[c] + 2 * (q[0] * x[c] + y[c]);
}

// Sparse symmetric system of 6 x 6 blocks, conjugate gradients with the blocks of the diagonal as preconditioner.
class BlockSystem {
 public:
  explicit BlockSystem(const NodeBoundCloud& cloud)
      : nodes_(cloud.nodes()), slot_(static_cast<size_t>(nodes_) * nodes_, -1) {
    auto add = [&](int a, int b) {
      if (a > b) std::swap(a, b);
      int32_t& slot = slot_[static_cast<size_t>(a) * nodes_ + b];
      if (slot >= 0) return;
      slot = static_cast<int32_t>(pairs_.size());
      pairs_.push_back({a, b});
    };
    for (int n = 0; n < nodes_; n++) add(n, n);
    for (const NodeEdge& e : cloud.edges) add(e.a, e.b);
    for (int i = 0; i < cloud.count(); i++)
      for (int k = 0; k < kNodesPerGaussian; k++)
        for (int l = k + 1; l < kNodesPerGaussian; l++)
          add(cloud.neighbours[i * kNodesPerGaussian + k], cloud.neighbours[i * kNodesPerGaussian + l]);
    blocks_.resize(pairs_.size() * kBlockSize);
    right.resize(static_cast<size_t>(nodes_) * kBlock);
  }

  void clear() {
    std::fill(blocks_.begin(), blocks_.end(), 0.0f);
    std::fill(right.begin(), right.end(), 0.0f);
  }

  // Block of the pair (a, b), a <= b, rows of a.
  float* block(int a, int b) {
    return blocks_.data() + static_cast<size_t>(slot_[static_cast<size_t>(a) * nodes_ + b]) * kBlockSize;
  }

  std::vector<float> solve() {
    const size_t n = right.size();
    factor();
    std::vector<float> x(n, 0), r = right, z(n), p, ap(n);
    precondition(r, z);
    p = z;
    double rz = dot(r, z);
    const double stop = rz * kSolverTolerance * kSolverTolerance;
    for (int step = 0; step < kSolverSteps && rz > stop && rz > 0; step++) {
      multiply(p, ap);
      const double curvature = dot(p, ap);
      if (!(curvature > 0)) break;
      const float alpha = static_cast<float>(rz / curvature);
      for (size_t i = 0; i < n; i++) {
        x[i] += alpha * p[i];
        r[i] -= alpha * ap[i];
      }
      precondition(r, z);
      const double next = dot(r, z);
      const float beta = static_cast<float>(next / rz);
      rz = next;
      for (size_t i = 0; i < n; i++) p[i] = z[i] + beta * p[i];
    }
    return x;
  }

  std::vector<float> right;

 private:
  static double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double total = 0;
    for (size_t i = 0; i < a.size(); i++) total += static_cast<double>(a[i]) * b[i];
    return total;
  }

  void multiply(const std::vector<float>& x, std::vector<float>& out) const {
    std::fill(out.begin(), out.end(), 0.0f);
    for (size_t k = 0; k < pairs_.size(); k++) {
      const float* m = blocks_.data() + k * kBlockSize;
      const int a = pairs_[k].first * kBlock, b = pairs_[k].second * kBlock;
      for (int r = 0; r < kBlock; r++)
        for (int c = 0; c < kBlock; c++) out[a + r] += m[r * kBlock + c] * x[b + c];
      if (a == b) continue;
      for (int r = 0; r < kBlock; r++)
        for (int c = 0; c < kBlock; c++) out[b + c] += m[r * kBlock + c] * x[a + r];
    }
  }

  // Cholesky factors of the diagonal blocks.
  void factor() {
    factors_.assign(static_cast<size_t>(nodes_) * kBlockSize, 0);
    for (int n = 0; n < nodes_; n++) {
      const float* m = block(n, n);
      float* l = factors_.data() + static_cast<size_t>(n) * kBlockSize;
      for (int r = 0; r < kBlock; r++)
        for (int c = 0; c <= r; c++) {
          double total = m[r * kBlock + c];
          for (int k = 0; k < c; k++) total -= static_cast<double>(l[r * kBlock + k]) * l[c * kBlock + k];
          l[r * kBlock + c] = static_cast<float>(r == c ? std::sqrt(std::max(total, 1e-9)) : total / l[c * kBlock + c]);
        }
    }
  }
  void precondition(const std::vector<float>& r, std::vector<float>& z) const {
    for (int n = 0; n < nodes_; n++) {
      const float* l = factors_.data() + static_cast<size_t>(n) * kBlockSize;
      const float* in = r.data() + static_cast<size_t>(n) * kBlock;
      float* out = z.data() + static_cast<size_t>(n) * kBlock;
      for (int i = 0; i < kBlock; i++) {
        float total = in[i];
        for (int k = 0; k < i; k++) total -= l[i * kBlock + k] * out[k];
        out[i] = total / l[i * kBlock + i];
      }
      for (int i = kBlock - 1; i >= 0; i--) {
        float total = out[i];
        for (int k = i + 1; k < kBlock; k++) total -= l[k * kBlock + i] * out[k];
        out[i] = total / l[i * kBlock + i];
      }
    }
  }

  int nodes_;
  std::vector<int32_t> slot_;
  std::vector<std::pair<int32_t, int32_t>> pairs_;
  std::vector<float> blocks_, factors_;
};

class Registration {
 public:
  Registration(const NodeBoundCloud& cloud, const std::vector<float>& target, const NodePose& start,
               const RegistrationOptions& options)
      : cloud_(cloud), options_(options), pose_(start) {
    const int count = static_cast<int>(target.size() / kMatchFields);
    targets_ = count;
    stride_ = (count + kPlaneAlign - 1) / kPlaneAlign * kPlaneAlign;
    columns_.assign(static_cast<size_t>(kMatchFields) * stride_, 1e4f);
    for (int j = 0; j < count; j++)
      for (int f = 0; f < kMatchFields; f++)
        columns_[static_cast<size_t>(f) * stride_ + j] = target[j * kMatchFields + f];
    rows_ = cloud.points;
    arms_.resize(static_cast<size_t>(cloud.count()) * kNodesPerGaussian * 3);
    matched_.resize(static_cast<size_t>(cloud.count()) * 4);
    for (int n = 0; n < cloud.nodes(); n++) {
      float* q = pose_.quats.data() + 4 * n;
      const float norm = std::sqrt(std::max(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3], 1e-12f));
      for (int c = 0; c < 4; c++) q[c] /= norm;
    }
  }

  RegistrationResult run() {
    place();
    // A start that is only judged needs neither.
    if (options_.steps > 0) {
      system_ = std::make_unique<BlockSystem>(cloud_);
      kernel_.resize(static_cast<size_t>(cloud_.count()) * stride_);
    }
    for (int step = 0; step < options_.steps; step++) {
      const float part = options_.steps > 1 ? static_cast<float>(step) / (options_.steps - 1) : 1.0f;
      const float sigma = options_.sigmaStart * std::pow(options_.sigmaEnd / options_.sigmaStart, part);
      match(sigma);
      for (int k = 0; k < options_.newton; k++) {
        improve(1 / (sigma * sigma));
        place();
      }
    }
    return judge();
  }

 private:
  MatchArgs matchArgs(float sigma) {
    return {rows_.data(),
            columns_.data(),
            stride_,
            -0.5f / (sigma * sigma),
            -0.5f / (options_.colorSigma * options_.colorSigma),
            kernel_.data()};
  }

  // Where the nodes put the cloud; arms_ keep R (x - p) of each (point, node).
  void place() {
    for (int i = 0; i < cloud_.count(); i++) {
      float at[3] = {};
      for (int k = 0; k < kNodesPerGaussian; k++) {
        const int place = i * kNodesPerGaussian + k, node = cloud_.neighbours[place];
        float rest[3], *arm = arms_.data() + static_cast<size_t>(place) * 3;
        for (int c = 0; c < 3; c++) rest[c] = cloud_.points[i * kMatchFields + c] - cloud_.rest[node * 3 + c];
        rotate(pose_.quats.data() + 4 * node, rest, arm);
        for (int c = 0; c < 3; c++) at[c] += cloud_.weights[place] * (pose_.centres[3 * node + c] + arm[c]);
      }
      std::copy(at, at + 3, rows_.data() + static_cast<size_t>(i) * kMatchFields);
    }
  }

  // matched_[i]: weight and place that point i is drawn to.
  void match(float sigma) {
    const Kernels& k = kernels();
    const MatchArgs args = matchArgs(sigma);
    const int count = cloud_.count();
    k.matchKernel(args, 0, count);
    rowFactor_.assign(count, 1);
    columnFactor_.assign(stride_, 0);
    for (int step = 0; step <= kBalanceSteps; step++) {
      std::vector<float> sums(stride_, 0);
      k.matchColumnSums(args, rowFactor_.data(), sums.data(), 0, count);
      for (int j = 0; j < targets_; j++) columnFactor_[j] = 1 / (sums[j] + options_.outliers);
      k.matchRowMeans(args, columnFactor_.data(), matched_.data(), 0, count);
      if (step == kBalanceSteps) break;
      // A point that gets less than its share asks for more, and the other way round.
      const float share = static_cast<float>(targets_) / count;
      for (int i = 0; i < count; i++) {
        const float mass = std::max(rowFactor_[i] * matched_[i * 4], 1e-6f);
        rowFactor_[i] *= std::clamp(std::pow(share / mass, options_.balance), 0.1f, 10.0f);
      }
    }
    for (int i = 0; i < count; i++) {
      float* m = matched_.data() + static_cast<size_t>(i) * 4;
      const float mass = m[0];
      if (mass > 1e-12f)
        for (int c = 1; c < 4; c++) m[c] /= mass;
      m[0] = mass > 1e-12f ? rowFactor_[i] * mass : 0;
    }
  }

  void improve(float precision) {
    system_->clear();
    for (int i = 0; i < cloud_.count(); i++) {
      const float* m = matched_.data() + static_cast<size_t>(i) * 4;
      if (m[0] <= 1e-6f) continue;
      const float weight = std::min(m[0], 3.0f) * precision;
      float r[3];
      for (int c = 0; c < 3; c++) r[c] = m[c + 1] - rows_[static_cast<size_t>(i) * kMatchFields + c];
      for (int k = 0; k < kNodesPerGaussian; k++) {
        const int pk = i * kNodesPerGaussian + k, a = cloud_.neighbours[pk];
        const float wk = cloud_.weights[pk];
        if (wk < 1e-3f) continue;
        const float* u = arms_.data() + static_cast<size_t>(pk) * 3;
        float* right = system_->right.data() + static_cast<size_t>(a) * kBlock;
        const float s = weight * wk;
        right[0] += s * (u[1] * r[2] - u[2] * r[1]);
        right[1] += s * (u[2] * r[0] - u[0] * r[2]);
        right[2] += s * (u[0] * r[1] - u[1] * r[0]);
        for (int c = 0; c < 3; c++) right[3 + c] += s * r[c];
        for (int l = 0; l < kNodesPerGaussian; l++) {
          const int pl = i * kNodesPerGaussian + l, b = cloud_.neighbours[pl];
          if (a > b || (a == b && k != l)) continue;
          const float t = s * cloud_.weights[pl];
          if (t < 1e-3f * weight) continue;
          addArms(system_->block(a, b), u, arms_.data() + static_cast<size_t>(pl) * 3, t);
        }
      }
    }
    for (const NodeEdge& edge : cloud_.edges)
      for (int side = 0; side < 2; side++) addEdge(side ? edge.b : edge.a, side ? edge.a : edge.b, edge.weight);
    const float damping = kDamping * precision;
    for (int n = 0; n < cloud_.nodes(); n++)
      for (int c = 0; c < kBlock; c++) system_->block(n, n)[c * kBlock + c] += c < 3 ? 0.02f * damping : damping;
    const std::vector<float> x = system_->solve();
    for (int n = 0; n < cloud_.nodes(); n++) move(n, x.data() + static_cast<size_t>(n) * kBlock);
  }

  // t * J_u^T J_v with J_u = [-[u]x | I].
  static void addArms(float* m, const float* u, const float* v, float t) {
    const float along = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    for (int r = 0; r < 3; r++) {
      for (int c = 0; c < 3; c++) m[r * kBlock + c] += t * ((r == c ? along : 0) - v[r] * u[c]);
      m[(3 + r) * kBlock + 3 + r] += t;
    }
    // [u]x in the upper right, -[v]x in the lower left.
    m[0 * kBlock + 4] -= t * u[2];
    m[0 * kBlock + 5] += t * u[1];
    m[1 * kBlock + 3] += t * u[2];
    m[1 * kBlock + 5] -= t * u[0];
    m[2 * kBlock + 3] -= t * u[1];
    m[2 * kBlock + 4] += t * u[0];
    m[3 * kBlock + 1] += t * v[2];
    m[3 * kBlock + 2] -= t * v[1];
    m[4 * kBlock + 0] -= t * v[2];
    m[4 * kBlock + 2] += t * v[0];
    m[5 * kBlock + 0] += t * v[1];
    m[5 * kBlock + 1] -= t * v[0];
  }

  // e = (q_b - q_a) - v with v = R_a (p_b - p_a): d e = tau_b - tau_a + [v]x omega_a.
  void addEdge(int a, int b, float edgeWeight) {
    float rest[3], v[3], e[3], length2 = 0, size2 = 0;
    for (int c = 0; c < 3; c++) rest[c] = cloud_.rest[b * 3 + c] - cloud_.rest[a * 3 + c];
    rotate(pose_.quats.data() + 4 * a, rest, v);
    for (int c = 0; c < 3; c++) {
      e[c] = pose_.centres[3 * b + c] - pose_.centres[3 * a + c] - v[c];
      length2 += v[c] * v[c];
      size2 += e[c] * e[c];
    }
    const float strain2 = size2 / std::max(length2, 1e-9f);
    const float robust = kStrain * kStrain / (kStrain * kStrain + strain2);
    const float t = options_.rigidity * edgeWeight * robust * robust;
    float* ra = system_->right.data() + static_cast<size_t>(a) * kBlock;
    float* rb = system_->right.data() + static_cast<size_t>(b) * kBlock;
    // -J_a^T e with J_a = [[v]x | -I] (and [v]x^T e = -(v x e)), -J_b^T e with J_b = [0 | I].
    ra[0] += t * (v[1] * e[2] - v[2] * e[1]);
    ra[1] += t * (v[2] * e[0] - v[0] * e[2]);
    ra[2] += t * (v[0] * e[1] - v[1] * e[0]);
    for (int c = 0; c < 3; c++) {
      ra[3 + c] += t * e[c];
      rb[3 + c] -= t * e[c];
    }
    // J_a = -[-[v]x | I], so J_a^T J_a is that of the arm v.
    addArms(system_->block(a, a), v, v, t);
    for (int c = 0; c < 3; c++) system_->block(b, b)[(3 + c) * kBlock + 3 + c] += t;
    // J_a^T J_b = [[v]x^T ; -I] in the columns of tau_b; rows of a.
    const float cross[9] = {0, v[2], -v[1], -v[2], 0, v[0], v[1], -v[0], 0};  // [v]x^T
    float* m = system_->block(std::min(a, b), std::max(a, b));
    for (int r = 0; r < 3; r++) {
      for (int c = 0; c < 3; c++) {
        if (a < b)
          m[r * kBlock + 3 + c] += t * cross[r * 3 + c];
        else
          m[(3 + c) * kBlock + r] += t * cross[r * 3 + c];
      }
      m[(3 + r) * kBlock + 3 + r] -= t;
    }
  }

  void move(int node, const float* x) {
    float* q = pose_.quats.data() + 4 * node;
    float angle = std::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    const float shrink = angle > 1.0f ? 1.0f / angle : 1.0f;  // at most a radian a step
    angle *= shrink;
    const float half = 0.5f * angle;
    const float s = (angle > 1e-6f ? std::sin(half) / angle : 0.5f) * shrink, w = std::cos(half);
    const float d[4] = {w, s * x[0], s * x[1], s * x[2]};
    const float p[4] = {
        d[0] * q[0] - d[1] * q[1] - d[2] * q[2] - d[3] * q[3], d[0] * q[1] + d[1] * q[0] + d[2] * q[3] - d[3] * q[2],
        d[0] * q[2] - d[1] * q[3] + d[2] * q[0] + d[3] * q[1], d[0] * q[3] + d[1] * q[2] - d[2] * q[1] + d[3] * q[0]};
    const float norm = std::sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2] + p[3] * p[3]);
    for (int c = 0; c < 4; c++) q[c] = p[c] / norm;
    for (int c = 0; c < 3; c++) pose_.centres[3 * node + c] += x[3 + c];
  }

  RegistrationResult judge() {
    RegistrationResult result;
    const int count = cloud_.count();
    const float limit = options_.tolerance * options_.tolerance;
    // A colour that is off by colorSigma weighs like half the tolerance.
    const float colorWeight = 0.25f * limit / (options_.colorSigma * options_.colorSigma);
    std::vector<float> rowMin(count), columnMin(stride_, 1e30f);
    kernels().matchNearest(matchArgs(1), colorWeight, rowMin.data(), columnMin.data(), 0, count);
    double forth = 0, back = 0;
    for (int i = 0; i < count; i++) {
      forth += std::min(rowMin[i], limit) / limit;
      result.astray += rowMin[i] > limit;
    }
    for (int j = 0; j < targets_; j++) {
      back += std::min(columnMin[j], limit) / limit;
      result.uncovered += columnMin[j] > limit;
    }
    double weights = 0;
    for (const NodeEdge& edge : cloud_.edges) {
      float rest[3], v[3], length2 = 0, size2 = 0;
      for (int c = 0; c < 3; c++) rest[c] = cloud_.rest[edge.b * 3 + c] - cloud_.rest[edge.a * 3 + c];
      rotate(pose_.quats.data() + 4 * edge.a, rest, v);
      for (int c = 0; c < 3; c++) {
        const float e = pose_.centres[3 * edge.b + c] - pose_.centres[3 * edge.a + c] - v[c];
        length2 += v[c] * v[c];
        size2 += e * e;
      }
      result.bending += edge.weight * std::min(1.0f, size2 / std::max(length2, 1e-9f));
      weights += edge.weight;
    }
    result.bending /= std::max(weights, 1e-9);
    result.astray /= std::max(1, count);
    result.uncovered /= std::max(1, targets_);
    result.cost = forth / std::max(1, count) + back / std::max(1, targets_) + result.bending;
    result.pose = std::move(pose_);
    return result;
  }

  const NodeBoundCloud& cloud_;
  RegistrationOptions options_;
  NodePose pose_;
  std::unique_ptr<BlockSystem> system_;
  int targets_ = 0, stride_ = 0;
  std::vector<float> columns_, rows_, arms_, kernel_, matched_, rowFactor_, columnFactor_;
};

}  // namespace

RegistrationResult registerCloud(const NodeBoundCloud& cloud, const std::vector<float>& target, const NodePose& start,
                                 const RegistrationOptions& options) {
  return Registration(cloud, target, start, options).run();
}

std::vector<float> thinCloud(const std::vector<float>& points, float cell, std::vector<int32_t>& representative) {
  const int count = static_cast<int>(points.size() / kMatchFields);
  std::unordered_map<int64_t, int32_t> index;
  std::vector<float> sums, counts;
  std::vector<int32_t> home(count);
  for (int i = 0; i < count; i++) {
    int64_t key = 0;
    for (int c = 0; c < 3; c++)
      key = key * 2097152 + (static_cast<int64_t>(std::floor(points[i * kMatchFields + c] / cell)) & 2097151);
    const auto [entry, isNew] = index.try_emplace(key, static_cast<int32_t>(counts.size()));
    if (isNew) {
      counts.push_back(0);
      sums.resize(sums.size() + kMatchFields, 0);
    }
    home[i] = entry->second;
    counts[home[i]] += 1;
    for (int f = 0; f < kMatchFields; f++) sums[home[i] * kMatchFields + f] += points[i * kMatchFields + f];
  }
  for (size_t k = 0; k < counts.size(); k++)
    for (int f = 0; f < kMatchFields; f++) sums[k * kMatchFields + f] /= counts[k];
  representative.assign(counts.size(), -1);
  std::vector<float> nearest(counts.size(), 1e30f);
  for (int i = 0; i < count; i++) {
    float d = 0;
    for (int c = 0; c < 3; c++) {
      const float e = points[i * kMatchFields + c] - sums[home[i] * kMatchFields + c];
      d += e * e;
    }
    if (d < nearest[home[i]]) {
      nearest[home[i]] = d;
      representative[home[i]] = i;
    }
  }
  return sums;
}

}  // namespace charactershot
