#include "splat_renderer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "stopwatch.h"

namespace charactershot {

namespace {

constexpr int kProjectGrain = 512;
constexpr int kTileGrain = 4;
// Splats are binned in this many chunks at once; the result does not depend on it.
constexpr int kBinChunks = 16;
// A cloud that has blown up (every Gaussian over the whole picture) must fail with a sentence, not with the machine's
// memory.
constexpr int64_t kMaxPairs = int64_t{1} << 27;

}  // namespace

void SplatRenderer::forward(const CameraArgs& camera, const GaussianInput& in, const float background[3], bool depth) {
  const Kernels& k = kernels();
  Stopwatch watch;
  count_ = in.count;
  const int tilesX = (camera.width + kTile - 1) / kTile, tilesY = (camera.height + kTile - 1) / kTile;
  splats_.resize(paddedCount(count_));
  tiles_.resize(count_);
  project_ = {camera, in.planes, in.stride, in.shDegree, splats_.data(), tilesX, tilesY, tiles_.data()};
  pool_.ranges(count_, kProjectGrain, [&](int begin, int end) { k.projectForward(project_, begin, end); });
  timings_.project = watch.lap();

  rowStride_ = tilesX * kTile;
  planeStride_ = rowStride_ * tilesY * kTile;
  raster_.tilesX = tilesX;
  raster_.tilesY = tilesY;
  sortByDepth(count_);
  binTiles(count_);
  timings_.bin = watch.lap();

  // Rows may be read a vector past the last pixel.
  rgb_.resize(3 * planeStride_ + kPlaneAlign);
  transmittance_.resize(planeStride_);
  last_.resize(planeStride_);
  if (depth) depth_.resize(planeStride_);
  raster_.splats = splats_.data();
  raster_.entries = entries_.data();
  raster_.tileStart = tileStart_.data();
  drawnCount_.resize(tilesX * tilesY);
  drawn_.resize(entries_.size());
  raster_.drawnCount = drawnCount_.data();
  raster_.drawn = drawn_.data();
  raster_.rowStride = rowStride_;
  raster_.planeStride = planeStride_;
  std::copy(background, background + 3, raster_.background);
  raster_.rgb = rgb_.data();
  raster_.transmittance = transmittance_.data();
  raster_.depth = depth ? depth_.data() : nullptr;
  raster_.last = last_.data();
  pool_.ranges(tilesX * tilesY, kTileGrain, [&](int begin, int end) { k.rasterizeForward(raster_, begin, end); });
  timings_.rasterize = watch.lap();
}

// Order of the splats that cover a tile by camera depth, ties by index: a least-significant-digit radix sort of the
// float bits, whose order is that of the numbers because depths are positive. Counted from the nearest splat, the bits
// of a figure's depths fill two digits instead of three.
void SplatRenderer::sortByDepth(int count) {
  constexpr int kDigitBits = 12, kDigits = 1 << kDigitBits, kMaxPasses = 3;
  keys_.resize(count);
  keysScratch_.resize(count);
  uint32_t nearest = ~0u, farthest = 0;
  int n = 0;
  for (int i = 0; i < count; i++) {
    if (tiles_[i].x1 == 0) continue;
    uint32_t bits;
    std::memcpy(&bits, &splats_[i].depth, 4);
    nearest = std::min(nearest, bits);
    farthest = std::max(farthest, bits);
    keys_[n++] = {bits, i};
  }
  int passes = 0;
  while (n > 0 && passes < kMaxPasses && (farthest - nearest) >> (passes * kDigitBits)) passes++;
  int32_t start[kMaxPasses][kDigits] = {};
  for (int i = 0; i < n; i++) {
    keys_[i].depth -= nearest;
    for (int p = 0; p < passes; p++) start[p][keys_[i].depth >> (p * kDigitBits) & (kDigits - 1)]++;
  }
  for (int p = 0; p < passes; p++) {
    int32_t next = 0;
    for (int32_t& slot : start[p]) {
      const int32_t here = slot;
      slot = next;
      next += here;
    }
    for (int i = 0; i < n; i++) keysScratch_[start[p][keys_[i].depth >> (p * kDigitBits) & (kDigits - 1)]++] = keys_[i];
    keys_.swap(keysScratch_);
  }
  order_.resize(n);
  for (int i = 0; i < n; i++) order_[i] = keys_[i].splat;
}

// Tile lists in depth order by a counting sort: count per (chunk of the order, tile), prefix sums tile by tile, fill.
void SplatRenderer::binTiles(int count) {
  const int tilesX = raster_.tilesX, tilesY = raster_.tilesY, tiles = tilesX * tilesY;
  const int visible = static_cast<int>(order_.size());
  const int perChunk = (visible + kBinChunks - 1) / kBinChunks;

  pairStart_.resize(count + 1);
  int64_t pairs = 0;
  for (int i = 0; i < count; i++) {
    pairStart_[i] = static_cast<int32_t>(pairs);
    const TileRect r = tiles_[i];
    pairs += (r.x1 - r.x0) * (r.y1 - r.y0);
    if (pairs > kMaxPairs)
      throw std::runtime_error("the Gaussians have grown over the whole picture; the optimisation diverged");
  }
  pairStart_[count] = static_cast<int32_t>(pairs);

  chunkTileCount_.assign(static_cast<size_t>(kBinChunks) * tiles, 0);
  auto eachOfChunk = [&](int chunk, auto&& visit) {
    for (int k = chunk * perChunk; k < std::min(visible, (chunk + 1) * perChunk); k++) {
      const int i = order_[k];
      const TileRect r = tiles_[i];
      int32_t pair = pairStart_[i];
      for (int y = r.y0; y < r.y1; y++)
        for (int x = r.x0; x < r.x1; x++) visit(y * tilesX + x, i, pair++);
    }
  };
  pool_.each(kBinChunks, [&](int chunk) {
    int32_t* counts = chunkTileCount_.data() + static_cast<size_t>(chunk) * tiles;
    eachOfChunk(chunk, [&](int tile, int, int32_t) { counts[tile]++; });
  });
  tileStart_.resize(tiles + 1);
  int32_t start = 0;
  touched_ = {tilesX, tilesY, 0, 0};
  for (int tile = 0; tile < tiles; tile++) {
    tileStart_[tile] = start;
    for (int chunk = 0; chunk < kBinChunks; chunk++) {
      int32_t& slot = chunkTileCount_[static_cast<size_t>(chunk) * tiles + tile];
      const int32_t here = slot;
      slot = start;
      start += here;
    }
    if (start == tileStart_[tile]) continue;
    const int x = tile % tilesX, y = tile / tilesX;
    touched_ = {std::min(touched_.x0, x), std::min(touched_.y0, y), std::max(touched_.x1, x + 1),
                std::max(touched_.y1, y + 1)};
  }
  tileStart_[tiles] = start;
  entries_.resize(start);
  pool_.each(kBinChunks, [&](int chunk) {
    int32_t* next = chunkTileCount_.data() + static_cast<size_t>(chunk) * tiles;
    eachOfChunk(chunk, [&](int tile, int i, int32_t pair) { entries_[next[tile]++] = {i, pair}; });
  });
  touched_ = {touched_.x0 * kTile, touched_.y0 * kTile, std::min(touched_.x1 * kTile, project_.camera.width),
              std::min(touched_.y1 * kTile, project_.camera.height)};
  if (start == 0) touched_ = {0, 0, 0, 0};
}

void SplatRenderer::backward(const float* gradRgb, const float* gradAlpha, const float* gradDepth,
                             const GaussianGradients& out) {
  const Kernels& k = kernels();
  Stopwatch watch;
  pairGrads_.resize(entries_.size() * kSplatGrad);
  splatGrads_.resize(static_cast<size_t>(paddedCount(count_)) * kSplatGrad);
  const RasterBackwardArgs args = {raster_, gradRgb, gradAlpha, gradDepth, pairGrads_.data()};
  pool_.ranges(raster_.tilesX * raster_.tilesY, kTileGrain,
               [&](int begin, int end) { k.rasterizeBackward(args, begin, end); });
  timings_.rasterizeBackward = watch.lap();
  const ProjectBackwardArgs project = {project_, splatGrads_.data(), out.means, out.logScales, out.quats, out.opacity,
                                       out.sh,   out.colorOffset,    out.mean2d};
  pool_.ranges(count_, kProjectGrain, [&](int begin, int end) {
    k.sumPairGradients(pairGrads_.data(), pairStart_.data(), splatGrads_.data(), begin, end);
    k.projectBackward(project, begin, end);
  });
  timings_.projectBackward = watch.lap();
}

size_t SplatRenderer::bytes() const {
  return splats_.capacity() * sizeof(Splat) + entries_.capacity() * sizeof(TileEntry) +
         drawn_.capacity() * sizeof(DrawnVectors) + 2 * keys_.capacity() * sizeof(DepthKey) +
         4 * (order_.capacity() + pairStart_.capacity() + chunkTileCount_.capacity() + rgb_.capacity() +
              transmittance_.capacity() + depth_.capacity() + pairGrads_.capacity() + splatGrads_.capacity() +
              last_.capacity());
}

}  // namespace charactershot
