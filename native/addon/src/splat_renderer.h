// Host side of rendering one camera: projection, depth order, tile lists, compositing, and all of it backwards.
#pragma once

#include <vector>

#include "kernels.h"
#include "thread_pool.h"

namespace charactershot {

inline int paddedCount(int n) { return (n + kPlaneAlign - 1) / kPlaneAlign * kPlaneAlign; }

// Where the gradients of Gaussian parameters go; planar, same stride as the parameters, overwritten.
struct GaussianGradients {
  float *means, *logScales, *quats, *opacity, *sh, *colorOffset, *mean2d;
};

// Milliseconds of the last forward() and backward().
struct RenderTimings {
  double project = 0, bin = 0, rasterize = 0, rasterizeBackward = 0, projectBackward = 0;
};

struct GaussianInput {
  GaussianPlanes planes;
  int count, stride, shDegree;
};

class SplatRenderer {
 public:
  explicit SplatRenderer(ThreadPool& pool) : pool_(pool) {}

  // Renders rgb and transmittance, and depth when asked. Buffers stay valid until the next call.
  void forward(const CameraArgs& camera, const GaussianInput& in, const float background[3], bool depth);

  // After forward(), with the same parameters. Gradient images are planar with rowStride() and planeStride();
  // alpha and depth may be null. Culled Gaussians get zeros.
  void backward(const float* gradRgb, const float* gradAlpha, const float* gradDepth, const GaussianGradients& out);

  int rowStride() const { return rowStride_; }
  int planeStride() const { return planeStride_; }
  const float* rgb() const { return rgb_.data(); }
  const float* transmittance() const { return transmittance_.data(); }
  const float* depth() const { return depth_.data(); }
  const Splat* splats() const { return splats_.data(); }
  const float* splatGradients() const { return splatGrads_.data(); }
  int64_t pairs() const { return static_cast<int64_t>(entries_.size()); }
  // Bounding rectangle, in pixels of the picture, of the tiles that hold a splat; empty when there is none.
  Rect touched() const { return touched_; }
  const RenderTimings& timings() const { return timings_; }
  // Resident size of the buffers, for the memory report.
  size_t bytes() const;

 private:
  void sortByDepth(int count);
  void binTiles(int count);

  ThreadPool& pool_;
  ProjectArgs project_{};
  RasterArgs raster_{};
  int count_ = 0, rowStride_ = 0, planeStride_ = 0;
  Rect touched_{};
  RenderTimings timings_;
  std::vector<Splat> splats_;
  std::vector<TileRect> tiles_;
  struct DepthKey {
    uint32_t depth;
    int32_t splat;
  };
  std::vector<DepthKey> keys_, keysScratch_;
  std::vector<int32_t> order_;
  std::vector<int32_t> pairStart_, chunkTileCount_, tileStart_;
  std::vector<TileEntry> entries_;
  std::vector<int32_t> drawnCount_;
  std::vector<DrawnVectors> drawn_;
  std::vector<float> rgb_, transmittance_, depth_, pairGrads_, splatGrads_;
  std::vector<int32_t> last_;
};

}  // namespace charactershot
