// The neighbour constraint (paper, section 3.4): the offset of each Gaussian to the centre of its neighbours must keep
// its configuration between two times. The published code turns this loss into a plain number, so that it has no
// gradient there; this one carries it.
#pragma once

#include <cstdint>
#include <vector>

#include "thread_pool.h"

namespace charactershot {

// A symmetric graph in rows: the neighbours of i are indices[offsets[i]] .. indices[offsets[i + 1] - 1], ascending.
struct NeighbourGraph {
  std::vector<int32_t> offsets;
  std::vector<int32_t> indices;
  int count() const { return offsets.empty() ? 0 : static_cast<int>(offsets.size()) - 1; }
};

// Edges (i, j) and (j, i) for each j among the k nearest of i (all others when there are fewer); exact, ties by index.
// Positions are planar with `stride` and must be finite.
NeighbourGraph buildNeighbourGraph(ThreadPool& pool, const float* positions, int count, int stride, int k);

struct NeighbourOptions {
  bool gated = true;  // only edges whose two ends both moved further than `threshold` count
  float threshold = 0.01f;
  float minWeight = 1e-3f;     // edge weight = max(minWeight, length at the earlier time)
  bool weightGradient = true;  // the weight depends on the earlier positions; false takes it as a constant
  float scale = 1;             // factor on the gradients (not on the value)
};

struct NeighbourTerm {
  double value = 0;  // sum over active edges of weight * |offset change|^2 / (active edges + 1e-6)
  int64_t activeEdges = 0;
  double meanSigmoid = 0;  // mean over points of sigmoid(displacement): the varying part of the time weight
};

// timeWeight = base / (100 |t1 - t0| + 1) * meanSigmoid; a plain number.
double neighbourTimeWeight(double base, double earlierTime, double laterTime, const NeighbourTerm& term);

class NeighbourConstraint {
 public:
  explicit NeighbourConstraint(ThreadPool& pool) : pool_(pool) {}

  // Value and gradients for positions at an earlier and a later time, planar with `stride`. Gradients are ADDED, times
  // options.scale, to earlierGrads and laterGrads; either may be null.
  NeighbourTerm evaluate(const NeighbourGraph& graph, const float* earlier, const float* later, int stride,
                         const NeighbourOptions& options, float* earlierGrads, float* laterGrads);

  // Of the last evaluate(): how far each point moved, and whether it passed the threshold.
  float displacement(int i) const { return points_[i].displacement; }
  bool moved(int i) const { return points_[i].active; }

 private:
  // A gathered point in half a cache line; and what the gradient gathers.
  struct Point {
    float position[3];  // earlier
    float active;       // 1 or 0
    float change[3];    // later - earlier
    float displacement;
  };
  struct Force {
    float spread[3];  // gradient of the offset change, divided by the number of neighbours
    float squared;    // |offset change|^2 where active, else 0
  };

  ThreadPool& pool_;
  std::vector<Point> points_;
  std::vector<Force> forces_;
};

}  // namespace charactershot
