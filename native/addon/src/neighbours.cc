#include "neighbours.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace charactershot {

namespace {

// Points a leaf: fewer make more boxes to test, more make more distances; 8 to 16 measured alike.
constexpr int kLeaf = 12;
constexpr int kGrain = 512;

struct Node {
  float low[3], high[3];  // box of its points
  int32_t begin, end;     // its points, in tree order
  int32_t left = -1;      // children left and left + 1; -1 for a leaf
};

// Squared distances are doubles: seen from a far outlier, the differences between near points are lost in floats.
struct Candidate {
  double distance;
  int32_t index;
  bool operator<(const Candidate& other) const {
    return distance < other.distance || (distance == other.distance && index < other.index);
  }
};

class KdTree {
 public:
  KdTree(const float* positions, int count, int stride) {
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), 0);
    nodes_.reserve(static_cast<size_t>(count) / kLeaf * 4 + 1);
    nodes_.emplace_back();
    build(0, 0, count, positions, stride);
    points_.resize(static_cast<size_t>(count) * 3);
    for (int i = 0; i < count; i++)
      for (int axis = 0; axis < 3; axis++)
        points_[3 * static_cast<size_t>(i) + axis] = positions[axis * stride + order_[i]];
  }

  // Point at a place of the tree order: neighbours in that order search the same branches.
  int32_t point(int place) const { return order_[place]; }

  // The k nearest of the point at `place`, itself excluded, in ascending order; `best` has k + 1 entries.
  int nearest(int place, int k, Candidate* best) const {
    Search search{&points_[3 * static_cast<size_t>(place)], order_[place], k, 0, best};
    visit(0, search);
    return search.found;
  }

 private:
  struct Search {
    const float* at;
    int32_t self;
    int k, found;
    Candidate* best;
  };

  void build(int node, int begin, int end, const float* positions, int stride) {
    Node box;
    box.begin = begin;
    box.end = end;
    int widest = 0;
    for (int axis = 0; axis < 3; axis++) {
      float low = INFINITY, high = -INFINITY;
      for (int i = begin; i < end; i++) {
        const float x = positions[axis * stride + order_[i]];
        low = std::min(low, x);
        high = std::max(high, x);
      }
      box.low[axis] = low;
      box.high[axis] = high;
      if (high - low > box.high[widest] - box.low[widest]) widest = axis;
    }
    if (end - begin > kLeaf) {
      const int middle = (begin + end) / 2;
      const float* axis = positions + widest * stride;
      std::nth_element(order_.begin() + begin, order_.begin() + middle, order_.begin() + end,
                       [&](int32_t a, int32_t b) { return axis[a] < axis[b] || (axis[a] == axis[b] && a < b); });
      box.left = static_cast<int32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_.emplace_back();
      build(box.left, begin, middle, positions, stride);
      build(box.left + 1, middle, end, positions, stride);
    }
    nodes_[node] = box;
  }

  // Squared distance to the box: each rounding is monotonic, so that it never exceeds that of a point inside.
  static double boxDistance(const Node& node, const float* at) {
    double sum = 0;
    for (int axis = 0; axis < 3; axis++) {
      const double x = at[axis], d = std::max(0.0, std::max(node.low[axis] - x, x - node.high[axis]));
      sum += d * d;
    }
    return sum;
  }

  void visit(int index, Search& s) const {
    const Node& node = nodes_[index];
    if (node.left < 0) {
      for (int i = node.begin; i < node.end; i++) consider(i, s);
      return;
    }
    double near = boxDistance(nodes_[node.left], s.at), far = boxDistance(nodes_[node.left + 1], s.at);
    int first = node.left, second = node.left + 1;
    if (far < near) {
      std::swap(near, far);
      std::swap(first, second);
    }
    if (within(near, s)) visit(first, s);
    if (within(far, s)) visit(second, s);
  }

  // A box at the very distance of the k-th candidate may still hold a tie of lower index.
  static bool within(double distance, const Search& s) { return s.found < s.k || distance <= s.best[s.k - 1].distance; }

  void consider(int place, Search& s) const {
    const float* p = &points_[3 * static_cast<size_t>(place)];
    double distance = 0;
    for (int axis = 0; axis < 3; axis++) {
      const double d = static_cast<double>(p[axis]) - s.at[axis];
      distance += d * d;
    }
    const Candidate candidate{distance, order_[place]};
    if (candidate.index == s.self || (s.found == s.k && !(candidate < s.best[s.k - 1]))) return;
    int at = s.found < s.k ? s.found++ : s.k - 1;
    for (; at > 0 && candidate < s.best[at - 1]; at--) s.best[at] = s.best[at - 1];
    s.best[at] = candidate;
  }

  std::vector<int32_t> order_;
  std::vector<Node> nodes_;
  std::vector<float> points_;
};

}  // namespace

NeighbourGraph buildNeighbourGraph(ThreadPool& pool, const float* positions, int count, int stride, int k) {
  for (int axis = 0; axis < 3; axis++)
    for (int i = 0; i < count; i++)
      if (!std::isfinite(positions[axis * stride + i]))
        throw std::invalid_argument(std::string("positions: ") + "xyz"[axis] + " of point " + std::to_string(i) +
                                    " is " + std::to_string(positions[axis * stride + i]) + ", not a finite number");
  if (k < 1) throw std::invalid_argument("k: expected at least 1, got " + std::to_string(k));
  NeighbourGraph graph;
  graph.offsets.assign(count + 1, 0);
  k = std::min(k, count - 1);
  if (count < 2) return graph;

  const KdTree tree(positions, count, stride);
  std::vector<int32_t> nearest(static_cast<size_t>(count) * k);
  pool.ranges(count, kGrain, [&](int begin, int end) {
    std::vector<Candidate> best(k);
    for (int place = begin; place < end; place++) {
      const int32_t i = tree.point(place);
      tree.nearest(place, k, best.data());
      for (int j = 0; j < k; j++) nearest[static_cast<size_t>(i) * k + j] = best[j].index;
    }
  });

  // Both directions of each edge, then each row sorted and without duplicates.
  std::vector<int32_t> rowEnd(count + 1, k);
  rowEnd[count] = 0;
  for (const int32_t j : nearest) rowEnd[j]++;
  std::vector<int32_t> rowBegin(count + 1);
  int32_t total = 0;
  for (int i = 0; i <= count; i++) {
    rowBegin[i] = total;
    total += rowEnd[i];
    rowEnd[i] = rowBegin[i];
  }
  std::vector<int32_t> both(total);
  for (int i = 0; i < count; i++)
    for (int j = 0; j < k; j++) {
      const int32_t other = nearest[static_cast<size_t>(i) * k + j];
      both[rowEnd[i]++] = other;
      both[rowEnd[other]++] = i;
    }
  pool.ranges(count, kGrain, [&](int begin, int end) {
    for (int i = begin; i < end; i++) {
      const auto row = both.begin() + rowBegin[i];
      std::sort(row, both.begin() + rowEnd[i]);
      rowEnd[i] = static_cast<int32_t>(std::unique(row, both.begin() + rowEnd[i]) - both.begin());
    }
  });
  for (int i = 0; i < count; i++) graph.offsets[i + 1] = graph.offsets[i] + rowEnd[i] - rowBegin[i];
  graph.indices.resize(graph.offsets[count]);
  pool.ranges(count, kGrain, [&](int begin, int end) {
    for (int i = begin; i < end; i++)
      std::copy(both.begin() + rowBegin[i], both.begin() + rowEnd[i], graph.indices.begin() + graph.offsets[i]);
  });
  return graph;
}

double neighbourTimeWeight(double base, double earlierTime, double laterTime, const NeighbourTerm& term) {
  return base / (100 * std::abs(laterTime - earlierTime) + 1) * term.meanSigmoid;
}

NeighbourTerm NeighbourConstraint::evaluate(const NeighbourGraph& graph, const float* earlier, const float* later,
                                            int stride, const NeighbourOptions& options, float* earlierGrads,
                                            float* laterGrads) {
  const int count = graph.count();
  NeighbourTerm total;
  if (count == 0) return total;
  points_.resize(count);
  forces_.resize(count);
  const int chunks = (count + kGrain - 1) / kGrain;
  std::vector<NeighbourTerm> parts(chunks);

  pool_.ranges(count, kGrain, [&](int begin, int end) {
    double sigmoids = 0;
    for (int i = begin; i < end; i++) {
      Point& p = points_[i];
      float squared = 0;
      for (int axis = 0; axis < 3; axis++) {
        p.position[axis] = earlier[axis * stride + i];
        p.change[axis] = later[axis * stride + i] - p.position[axis];
        squared += p.change[axis] * p.change[axis];
      }
      p.displacement = std::sqrt(squared);
      p.active = !options.gated || p.displacement > options.threshold ? 1.0f : 0.0f;
      sigmoids += 1 / (1 + std::exp(-p.displacement));
    }
    parts[begin / kGrain].meanSigmoid = sigmoids;
  });

  // The change of the offset x - mean(neighbours) is the same combination of the points' own changes.
  pool_.ranges(count, kGrain, [&](int begin, int end) {
    NeighbourTerm& part = parts[begin / kGrain];
    for (int i = begin; i < end; i++) {
      const Point& p = points_[i];
      Force& force = forces_[i];
      force = {};
      const int first = graph.offsets[i], last = graph.offsets[i + 1];
      if (p.active == 0 || first == last) continue;
      float sum[3] = {}, weights = 0, active = 0;
      for (int e = first; e < last; e++) {
        const Point& q = points_[graph.indices[e]];
        float squared = 0;
        for (int axis = 0; axis < 3; axis++) {
          const float d = p.position[axis] - q.position[axis];
          squared += d * d;
          sum[axis] += q.change[axis];
        }
        weights += q.active * std::max(options.minWeight, std::sqrt(squared));
        active += q.active;
      }
      const float inverse = 1.0f / static_cast<float>(last - first);
      for (int axis = 0; axis < 3; axis++) {
        const float change = p.change[axis] - sum[axis] * inverse;
        force.squared += change * change;
        force.spread[axis] = 2 * weights * change * inverse;
      }
      part.value += static_cast<double>(weights) * force.squared;
      part.activeEdges += static_cast<int64_t>(active);
    }
  });
  for (const NeighbourTerm& part : parts) {
    total.value += part.value;
    total.activeEdges += part.activeEdges;
    total.meanSigmoid += part.meanSigmoid;
  }
  const double divisor = static_cast<double>(total.activeEdges) + 1e-6;
  total.value /= divisor;
  total.meanSigmoid /= count;
  if (!earlierGrads && !laterGrads) return total;

  // A gather: the graph is symmetric, so the points that read i are those that i reads.
  const float scale = static_cast<float>(options.scale / divisor);
  const bool ofWeights = earlierGrads && options.weightGradient;
  pool_.ranges(count, kGrain, [&](int begin, int end) {
    for (int i = begin; i < end; i++) {
      const Point& p = points_[i];
      const Force& own = forces_[i];
      const int first = graph.offsets[i], last = graph.offsets[i + 1];
      const float degree = static_cast<float>(last - first);
      float change[3], ofWeight[3] = {};
      for (int axis = 0; axis < 3; axis++) change[axis] = own.spread[axis] * degree;
      for (int e = first; e < last; e++) {
        const int32_t j = graph.indices[e];
        const Force& other = forces_[j];
        for (int axis = 0; axis < 3; axis++) change[axis] -= other.spread[axis];
        if (!ofWeights) continue;
        const Point& q = points_[j];
        float d[3], squared = 0;
        for (int axis = 0; axis < 3; axis++) {
          d[axis] = p.position[axis] - q.position[axis];
          squared += d[axis] * d[axis];
        }
        const float length = std::sqrt(squared);
        if (!(length > options.minWeight)) continue;  // clamped
        const float factor = p.active * q.active * (own.squared + other.squared) / length;
        for (int axis = 0; axis < 3; axis++) ofWeight[axis] += factor * d[axis];
      }
      for (int axis = 0; axis < 3; axis++) {
        if (laterGrads) laterGrads[axis * stride + i] += scale * change[axis];
        if (earlierGrads) earlierGrads[axis * stride + i] += scale * (ofWeight[axis] - change[axis]);
      }
    }
  });
  return total;
}

}  // namespace charactershot
