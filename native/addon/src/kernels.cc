// All compute passes of one variant; binding.gyp compiles this file once per instruction set.
#include "kernels.h"

#include "passes/adam.h"
#include "passes/hexplane.h"
#ifndef CS_WIDE_VARIANT
#include "passes/image_loss.h"
#endif
#include "passes/linear.h"
#include "passes/plane_regularisers.h"
#include "passes/project.h"
#include "passes/blend_nodes.h"
#include "passes/rasterize.h"
#include "passes/soft_match.h"

#define CS_STRING_(x) #x
#define CS_STRING(x) CS_STRING_(x)

namespace charactershot {
namespace CS_VARIANT {

static const HexPlaneKernels kHexPlane = {locate, sample, sampleBackward, scatter, matmul, regularise};

const Kernels& table() {
  static const Kernels kTable = {
      CS_STRING(CS_VARIANT),
      kLanes,
      projectForward,
      projectBackward,
      blendNodesForward,
      blendNodesBackward,
      gatherNodeGradients,
      softmaxRows,
      rasterizeForward,
      rasterizeBackward,
      sumPairGradients,
#ifdef CS_WIDE_VARIANT
      CS_WIDE_VARIANT::lossBand,
#else
      lossBand,
#endif
      matchKernel,
      matchColumnSums,
      matchRowMeans,
      matchNearest,
      adam,
      &kHexPlane,
  };
  return kTable;
}

}  // namespace CS_VARIANT
}  // namespace charactershot
