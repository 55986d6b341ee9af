// The table of compute passes. Each pass works on a range of items; the host code around it splits the work over the
// thread pool. The passes are compiled once per instruction set (see simd.h) and one table is chosen at load.
#pragma once

#include "kernel_args.h"

namespace charactershot {

struct Kernels {
  const char* name;
  int lanes;
  // Projection and colours of Gaussians [begin, end).
  void (*projectForward)(const ProjectArgs&, int begin, int end);
  void (*projectBackward)(const ProjectBackwardArgs&, int begin, int end);
};

// The fastest table that this processor can run.
const Kernels& kernels();

// Called once by each variant's kernels.cc; `kernels()` picks among them.
namespace baseline { const Kernels& table(); }
namespace avx2 { const Kernels& table(); }
namespace avx512 { const Kernels& table(); }

}  // namespace charactershot
