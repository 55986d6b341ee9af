// Arguments of the passes of the HexPlane deformation: plain pointers and numbers, shared by all variants and the host.
//
// Planes are stored channel-last, [height][width][padded channels], so that one bilinear corner is one run of memory.
// Channels and layer widths are padded to kHexPlaneAlign floats; the padding of parameters is zero and stays zero,
// because its gradients are products with zero activations.
#pragma once

#include <cstdint>

namespace charactershot {

constexpr int kHexPlaneAlign = 16;  // floats: one cache line, the widest vector
constexpr int kHexPlanes = 6;
constexpr int kMaxHexLevels = 8;

// Plane p has axis kPlaneAxes[p][0] along its width and kPlaneAxes[p][1] along its height; 0..3 are x, y, z, time.
constexpr int kPlaneAxes[kHexPlanes][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
constexpr bool isTimePlane(int plane) { return kPlaneAxes[plane][1] == 3; }

struct HexPlaneGrid {
  int levels;
  int channels;
  int pitch;  // padded channels
  int resolution[kMaxHexLevels][4];
  const float* planes[kMaxHexLevels][kHexPlanes];
  // Normalised coordinate = (p - origin) * scale - 1; origin is the box's MAXIMUM corner and scale is negative.
  float origin[3];
  float scale[3];
};

// Where the points fall: for level l and axis a, entries (l * 4 + a) * stride + i hold the lower index and the
// fraction.
struct HexPlaneCells {
  int32_t* index;
  float* fraction;
  int stride;
};

struct LocateArgs {
  HexPlaneGrid grid;
  const float* positions;  // 3 planes of `positionStride`
  int positionStride;
  const float* times;  // one a point, or null: `time` for all
  float time;
  HexPlaneCells cells;
};

struct SampleArgs {
  HexPlaneGrid grid;
  HexPlaneCells cells;
  float* features;  // [N][levels * pitch]
};

struct SampleBackwardArgs {
  HexPlaneGrid grid;
  HexPlaneCells cells;
  const float* featureGrads;  // [end - begin][levels * pitch]
  // Gradients of the samples: point i's line of kHexPlaneAlign channels is at
  // ((level * kHexPlanes + plane) * pitch / kHexPlaneAlign + line) * streamFloats + (i - begin) * kHexPlaneAlign.
  float* sampleGrads;
  int64_t streamFloats;
  float* positions;  // 3 planes of positionStride: gradients, added to
  int positionStride;
};

struct ScatterArgs {
  int level, plane;
  int widthResolution;
  int pitch;
  HexPlaneCells cells;
  const float* sampleGrads;  // one stream: [end - begin][kHexPlaneAlign]
  float* planeGrads;         // the plane, at the first channel of that stream
};

// c[r][n] (+)= bias[n] + sum over k < depth of a[r * aRow + k * aDepth] * b[k * bDepth + n], for r < rows and n <
// columns rounded up to whole vectors. Then ReLU, or zero where gate[r][n] (laid out like c) is not positive.
struct MatMulArgs {
  int rows, columns, depth;
  const float* a;
  int64_t aRow, aDepth;
  const float* b;
  int64_t bDepth;
  float* c;
  int64_t cRow;
  const float* bias;  // or null
  const float* gate;  // or null
  bool relu, accumulate;
};

// One plane under the regularisers; `smooth`, `tv` and `l1` already contain the divisions by the numbers of terms.
struct RegulariseArgs {
  const float* plane;
  float* grads;  // added to
  int width, height, channels, pitch;
  float smooth;    // of squared second differences along the height
  float tvHeight;  // of squared first differences along the height
  float tvWidth;   // and along the width
  float l1;        // of |1 - x|
};

}  // namespace charactershot
