// The part of the kernel table that belongs to the HexPlane deformation (see kernels.h).
#pragma once

#include "hexplane_args.h"

namespace charactershot {

struct HexPlaneKernels {
  // Points [begin, end). locate may write up to the next multiple of kHexPlaneAlign after `end`.
  void (*locate)(const LocateArgs&, int begin, int end);
  void (*sample)(const SampleArgs&, int begin, int end);
  void (*sampleBackward)(const SampleBackwardArgs&, int begin, int end);
  void (*scatter)(const ScatterArgs&, int begin, int end);
  void (*matmul)(const MatMulArgs&);
  // Rows [begin, end) of one plane; returns their part of the value.
  double (*regularise)(const RegulariseArgs&, int begin, int end);
};

}  // namespace charactershot
