// Arguments of the compute passes: plain pointers and numbers, shared by all variants and by the host code.
//
// Gaussian parameters are PLANAR inside the engine: component c of Gaussian i is at plane[c * stride + i], so that
// passes work on whole vectors of Gaussians. `stride` is a multiple of kPlaneAlign and buffers are zero-filled up to
// it, so passes may run over the end of the last vector.
#pragma once

#include <cstdint>

namespace charactershot {

constexpr int kPlaneAlign = 16;  // the widest vector
constexpr int kTile = 16;        // pixels a tile side
constexpr int kMaxShCoefficients = 16;

// Constants of the published rasteriser (float32 roundings of these decimals matter: see the golden data's notes).
constexpr float kNearPlane = 0.2f;
constexpr float kLowPass = 0.3f;  // pixels^2, at the size of the pictures
constexpr float kFovMargin = 1.3f;
constexpr float kMinAlpha = 1.0f / 255.0f;
constexpr float kMaxAlpha = 0.99f;
constexpr float kMinTransmittance = 1e-4f;

// World to camera in OpenCV axes, 3x4 row-major, and intrinsics in pixels of width x height.
struct CameraArgs {
  float view[12];
  float position[3];  // of the camera, in the world
  float fx, fy, cx, cy;
  int width, height;
  float lowPass = kLowPass;  // added to the variances of a splat, pixels^2
};

// A projected Gaussian, one cache line, as the rasteriser reads it.
struct Splat {
  float u, v;      // centre in pixels, pixel centres at +0.5
  float conic[3];  // inverse 2D covariance: xx, xy, yy
  float opacity;
  float color[3];          // SH sum + 0.5 + offset, clamped below at 0
  float depth;             // camera z
  float extentX, extentY;  // half size of the box outside of which alpha < 1/255; negative when culled
  float cov[3];            // 2D covariance with the low-pass: xx, xy, yy
  float pad;
};
static_assert(sizeof(Splat) == 64, "one cache line");

// Tiles [x0, x1) x [y0, y1).
struct TileRect {
  int16_t x0, y0, x1, y1;
};

struct GaussianPlanes {
  const float* means;        // 3 planes
  const float* logScales;    // 3
  const float* quats;        // 4: w, x, y, z
  const float* opacity;      // 1: logit
  const float* sh;           // 3 * (degree + 1)^2, plane k * 3 + channel
  const float* colorOffset;  // 3, or null: added to the colour before the clamp
};

struct ProjectArgs {
  CameraArgs camera;
  GaussianPlanes in;
  int stride;
  int shDegree;
  Splat* splats;
  int tilesX, tilesY;
  TileRect* tiles;  // what each splat covers; empty when culled
};

// Gradients with respect to a splat, summed over the tiles it covers; kSplatGrad floats a (splat, tile) pair.
enum SplatGradient {
  kGradColor = 0,  // 3
  kGradPower = 3,  // dL/dpower summed: sum of alpha * dL/dalpha over unsaturated pixels
  kGradX = 4,      // the same times dx, dy, dx^2, dx dy, dy^2 with d = centre - pixel
  kGradY = 5,
  kGradXX = 6,
  kGradXY = 7,
  kGradYY = 8,
  kGradDepth = 9,
  kSplatGrad = 12,
};

struct ProjectBackwardArgs {
  ProjectArgs forward;
  const float* splatGrads;  // [N][kSplatGrad], already summed over tiles
  // Outputs, planar with the same stride, overwritten.
  float* means;
  float* logScales;
  float* quats;
  float* opacity;
  float* sh;
  float* colorOffset;  // dL/d(colour before the clamp), 3 planes; never null
  float* mean2d;       // 2 planes: dL/du, dL/dv per pixel unit
};

struct TileEntry {
  int32_t splat;
  int32_t pair;  // slot of this (splat, tile) pair; the slots of one splat are contiguous
};

// Which vectors of a tile a splat drew on or stopped: bit column * kTile + y for the vector at the splat's column in
// row y of the tile (rasterize.h, TileBox). Four lanes need all of the 64 bits.
using DrawnVectors = uint64_t;

// Images are planar, padded to whole tiles: channel c of pixel (x, y) is at c * planeStride + y * rowStride + x.
struct RasterArgs {
  const Splat* splats;
  TileEntry* entries;        // the forward pass moves a tile's splats that drew something to the front of its list
  const int32_t* tileStart;  // [tiles + 1]
  int32_t* drawnCount;       // [tiles]: how many those are
  DrawnVectors* drawn;       // for each of those, at its place in `entries`
  int tilesX, tilesY;
  int rowStride, planeStride;
  float background[3];
  float* rgb;            // 3 planes: the image
  float* transmittance;  // 1 plane: what is left for the background
  float* depth;          // 1 plane or null: sum of z * alpha * T
  int32_t* last;         // 1 plane: number of the tile's splats that drew before the pixel stopped, or all of them
};

struct RasterBackwardArgs {
  RasterArgs forward;
  const float* gradRgb;    // 3 planes
  const float* gradAlpha;  // 1 plane or null: of the alpha image 1 - T
  const float* gradDepth;  // 1 plane or null
  float* pairGrads;        // [pairs][kSplatGrad]
};

// Image loss (1 - lambda) * L1 + lambda * (1 - SSIM), means over all pixels and channels of the whole picture, computed
// on a part of it: outside `content` both pictures equal the background.
constexpr int kSsimRadius = 5;
constexpr int kSsimTaps = 2 * kSsimRadius + 1;
constexpr int kLossPad = 32;  // room beside a row for the window and for a vector past the end

struct Rect {
  int x0, y0, x1, y1;  // end exclusive
};

struct ImageLossArgs {
  const float* rgb;  // planar, as in RasterArgs
  int rowStride, planeStride;
  const uint8_t* target;  // planar 8-bit sRGB, channel c of (x, y) at c * targetPlane + y * targetRow + x; rows are
  int targetRow, targetPlane;  // readable kLossPad values past their end
  const float* exactTarget;    // the same picture in floats, used instead when not null
  Rect content;                // where gradients are wanted
  Rect maps;                   // content grown by the window radius: where SSIM is computed
  Rect read;                   // grown once more: what the windows read; x0 is a multiple of kPlaneAlign
  float window[kSsimTaps];
  float l1Scale, ssimScale;  // dloss/d|x - y| and dloss/dSSIM of one value
  int pitch;                 // floats in a row of scratch; column x of the picture is at x - read.x0 + kLossPad
  float* grad;               // dloss/drgb, planar like rgb, written on `content`
};

// Rows [y0, y1) of `content` in one channel. SSIM is summed over the rows [mapY0, mapY1) of `maps`, so that each of
// them counts in one band only.
struct LossBand {
  int channel, y0, y1, mapY0, mapY1;
};

// Sums over a band of |x - y|, of the squared clamped difference, of SSIM.
struct LossSums {
  double l1, squared, ssim;
};

// What is blurred: x, y, xx + yy, xy; and the derivatives of SSIM with respect to the blurred x, xx and xy.
constexpr int kLossQuantities = 4, kLossDerivatives = 3;
// Blurred rows that a band keeps: a power of two that holds the window.
constexpr int kLossRing = 16;
// Scratch of a band, in rows of `pitch` floats: the rings, and one row of each before it is blurred.
constexpr int kLossScratchRows = (kLossRing + 1) * (kLossQuantities + kLossDerivatives);

// Blending of control nodes (core/deformation/deformation.ts). A node at one time, kNodeFloats floats:
constexpr int kNodesPerGaussian = 4;
enum NodeRow {
  kNodeRotation = 0,  // w, x, y, z
  kNodeTarget = 4,    // canonical position + displacement
  kNodeRest = 8,      // canonical position
  kNodeColor = 12,    // colour offset
  kNodeFloats = 16,   // the rest is 0
};
// Blended rotation and rest position, kept for the backward pass.
constexpr int kBlendKept = 7;

struct NodeArgs {
  int stride;
  const float* means;         // canonical, 3 planes
  const float* quats;         // canonical, 4 planes
  const int32_t* neighbours;  // [N][kNodesPerGaussian]
  const float* weights;       // [N][kNodesPerGaussian]
  const float* nodes;         // [M][kNodeFloats]
  float* blended;             // [N / lanes][kBlendKept][lanes]
  float* outMeans;            // 3 planes
  float* outQuats;            // 4 planes, not normalised
  float* outColors;           // 3 planes
};

struct NodeBackwardArgs {
  NodeArgs forward;
  // Gradients of the outputs; means and quats are replaced by those of the canonical values. Quats and colors may be
  // null.
  float* means;
  float* quats;
  const float* colors;
  float* blendedGrads;  // [N][kNodeFloats]
  float* logitGrads;    // [N][kNodesPerGaussian]: of the logits whose softmax the weights are; added to
};

// Soft matching of two clouds. A point is (x, y, z, r, g, b).
constexpr int kMatchFields = 6;

struct MatchArgs {
  const float* rows;             // [rows][kMatchFields]
  const float* columns;          // kMatchFields planes of `stride`; padding lies far away
  int stride;                    // of the columns: a multiple of kPlaneAlign
  float placeScale, colorScale;  // -1 / (2 sigma^2)
  float* kernel;                 // [rows][stride]
};

struct AdamArgs {
  float* value;
  const float* grad;
  float* m;
  float* v;
  float rate;        // learning rate / (1 - beta1^t)
  float correction;  // 1 / sqrt(1 - beta2^t)
};
constexpr float kAdamBeta1 = 0.9f;
constexpr float kAdamBeta2 = 0.999f;
constexpr float kAdamEpsilon = 1e-15f;

}  // namespace charactershot
