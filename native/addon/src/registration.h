// Non-rigid registration: moves control nodes so that the cloud they carry lies on another cloud, far apart as the two
// may be. Soft correspondences over place and colour (coherent point drift, Myronenko and Song 2010), balanced so that
// no part of either cloud is left out (unbalanced optimal transport, as in Shen et al. 2021), their reach shrinking
// step by step; between two steps Gauss-Newton on the nodes' rotations and displacements, as rigid as possible (Sumner
// et al. 2007, embedded deformation).
#pragma once

#include <vector>

#include "kernels.h"

namespace charactershot {

struct NodeEdge {
  int32_t a, b;
  float weight;
};

// A cloud bound to nodes; all canonical.
struct NodeBoundCloud {
  std::vector<float> rest;          // [nodes][3]
  std::vector<NodeEdge> edges;      // which nodes keep their distance
  std::vector<float> points;        // [points][kMatchFields]
  std::vector<int32_t> neighbours;  // [points][kNodesPerGaussian]
  std::vector<float> weights;       // [points][kNodesPerGaussian]
  int nodes() const { return static_cast<int>(rest.size() / 3); }
  int count() const { return static_cast<int>(points.size() / kMatchFields); }
};

// Rotation (w, x, y, z) and place of each node.
struct NodePose {
  std::vector<float> quats;    // [nodes][4]
  std::vector<float> centres;  // [nodes][3]
};

// What each is and how it was chosen: native/addon/index.ts, native/training/presets.ts.
struct RegistrationOptions {
  float sigmaStart, sigmaEnd;
  int steps, newton;
  float colorSigma, rigidity, outliers, balance, tolerance;
};

struct RegistrationResult {
  NodePose pose;
  double cost = 0;       // mean of min(distance^2, tolerance^2) / tolerance^2, both ways, plus the bending
  double uncovered = 0;  // share of the target further than `tolerance` from the cloud
  double astray = 0;     // share of the cloud further than `tolerance` from the target
  double bending = 0;    // mean squared strain of the edges
};

// One thread; deterministic. `target` is [points][kMatchFields].
RegistrationResult registerCloud(const NodeBoundCloud& cloud, const std::vector<float>& target, const NodePose& start,
                                 const RegistrationOptions& options);

// One point (mean place and colour) for each cell of a grid that holds any, in the order of their first point;
// `representative[k]` is the index of the point nearest to mean k.
std::vector<float> thinCloud(const std::vector<float>& points, float cell, std::vector<int32_t>& representative);

}  // namespace charactershot
