// The table of compute passes. Each pass works on a range of items; the host code around it splits the work over the
// thread pool. The passes are compiled once per instruction set (see simd.h) and one table is chosen at load.
#pragma once

#include "hexplane_kernels.h"
#include "kernel_args.h"

namespace charactershot {

struct Kernels {
  const char* name;
  int lanes;
  // Gaussians [begin, end); `begin` is a multiple of kPlaneAlign.
  void (*projectForward)(const ProjectArgs&, int begin, int end);
  void (*projectBackward)(const ProjectBackwardArgs&, int begin, int end);
  void (*blendNodesForward)(const NodeArgs&, int begin, int end);
  void (*blendNodesBackward)(const NodeBackwardArgs&, int begin, int end);
  void (*gatherNodeGradients)(const NodeBackwardArgs&, const int32_t* userStart, const int32_t* users, float* nodeGrads,
                              int begin, int end);
  // weights = softmax of the logits, row by row of kNodesPerGaussian, for Gaussians [begin, end).
  void (*softmaxRows)(const float* logits, float* weights, int begin, int end);
  // Tiles [begin, end).
  void (*rasterizeForward)(const RasterArgs&, int begin, int end);
  void (*rasterizeBackward)(const RasterBackwardArgs&, int begin, int end);
  void (*sumPairGradients)(const float* pairGrads, const int32_t* pairStart, float* splatGrads, int begin, int end);
  // `scratch` holds kLossScratchRows * pitch floats and starts on a cache line.
  void (*lossBand)(const ImageLossArgs&, const LossBand&, float* scratch, LossSums&);
  // Rows [begin, end).
  void (*matchKernel)(const MatchArgs&, int begin, int end);
  void (*matchColumnSums)(const MatchArgs&, const float* rowFactor, float* sums, int begin, int end);
  void (*matchRowMeans)(const MatchArgs&, const float* columnFactor, float* out, int begin, int end);
  void (*matchNearest)(const MatchArgs&, float colorWeight, float* rowMin, float* columnMin, int begin, int end);
  // Values [begin, end).
  void (*adam)(const AdamArgs&, int begin, int end);
  const HexPlaneKernels* hexplane;
};

// The fastest table that this processor can run, or the one chosen by `chooseKernels`.
const Kernels& kernels();

// Selects a table by name ("baseline", "avx2", "avx512"), or the fastest for "". False when this processor or this
// build has no such table.
bool chooseKernels(const char* name);

// One a variant, from kernels.cc.
namespace baseline {
const Kernels& table();
}
namespace avx2 {
const Kernels& table();
}
namespace avx512 {
const Kernels& table();
}
// Passes that gain from 16 lanes, from kernels_wide.cc.
namespace avx512wide {
void lossBand(const ImageLossArgs&, const LossBand&, float* scratch, LossSums&);
}

}  // namespace charactershot
