// Front-to-back compositing of splats over one 16x16 tile, and its derivative.
//
// A splat touches the rows its box reaches; in a row it takes as many whole vectors as its box needs, placed freely
// (not on multiples of the vector), because most splats are narrower than half a tile. Decisions that live here: alpha
// below 1/255 or a positive power is skipped, alpha is capped at 0.99, and a pixel stops BEFORE the splat that would
// take its transmittance below 1e-4. Inputs are finite (projection culls the rest).
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

constexpr int kTilePixels = kTile * kTile;

// The part of a splat's box inside a tile, in whole vectors: rows [y0, y1], columns from x0, `vectors` of them.
struct TileBox {
  int x0, vectors, y0, y1;
  float u, v;  // centre relative to the tile
};

static inline int floorInt(float x) {
  const int i = (int)x;
  return i > x ? i - 1 : i;
}

static inline bool boxInTile(const Splat& s, int originX, int originY, TileBox& box) {
  box.u = s.u - originX;
  box.v = s.v - originY;
  // Pixel i is inside when |i + 0.5 - centre| <= extent.
  const float left = box.u - s.extentX - 0.5f, right = box.u + s.extentX - 0.5f;
  const float top = box.v - s.extentY - 0.5f, bottom = box.v + s.extentY - 0.5f;
  int x0 = left > 0.0f ? -floorInt(-left) : 0;
  const int x1 = right < kTile - 1 ? floorInt(right) : kTile - 1;
  box.y0 = top > 0.0f ? -floorInt(-top) : 0;
  box.y1 = bottom < kTile - 1 ? floorInt(bottom) : kTile - 1;
  if (x1 < x0 || box.y1 < box.y0) return false;
  box.vectors = (x1 - x0) / kLanes + 1;
  const int lastStart = kTile - box.vectors * kLanes;
  box.x0 = x0 < lastStart ? x0 : lastStart;
  return true;
}

static inline vf pixelCentres(int x0) {
  vf v;
  for (int i = 0; i < kLanes; i++) v[i] = x0 + i + 0.5f;
  return v;
}

struct TileState {
  alignas(64) float transmittance[kTilePixels];  // negative once the pixel has stopped
  alignas(64) float color[3][kTilePixels];
  alignas(64) float depth[kTilePixels];
  alignas(64) int32_t last[kTilePixels];
};

template <bool kDepth>
static void compositeTile(const RasterArgs& a, int tile, TileState& t) {
  const int originX = (tile % a.tilesX) * kTile, originY = (tile / a.tilesX) * kTile;
  const int begin = a.tileStart[tile], end = a.tileStart[tile + 1];
  for (int e = begin; e < end; e++) {
    // Whole tiles hidden behind opaque splats are common inside a body; looking costs 16 vectors, so not every time.
    if (((e - begin) & 31) == 31) {
      vf most = splat(-1.0f);
      for (int k = 0; k < kTilePixels; k += kLanes) most = vmax(most, load(t.transmittance + k));
      if (!anyLane(most > 0.0f)) break;
    }
    const Splat& s = a.splats[a.entries[e].splat];
    TileBox box;
    if (!boxInTile(s, originX, originY, box)) continue;
    const float xx = -0.5f * s.conic[0], yy = -0.5f * s.conic[2];
    for (int k = 0; k < box.vectors; k++) {
      const int x = box.x0 + k * kLanes;
      const vf dx = box.u - pixelCentres(x);
      for (int y = box.y0; y <= box.y1; y++) {
        const float dy = box.v - (y + 0.5f);
        const int p = y * kTile + x;
        const vf power = dx * (xx * dx - s.conic[1] * dy) + yy * dy * dy;
        const vf alpha = vmin(s.opacity * vexpNegative(power), splat(kMaxAlpha));
        const vf before = load(t.transmittance + p);
        const vi drawn = (power <= 0.0f) & (alpha >= kMinAlpha) & (before > 0.0f);
        const vf drawnAlpha = keep(drawn, alpha);
        vf weight = drawnAlpha * before;
        // Not before - weight: behind an alpha of 0.99 the difference would have lost two digits.
        vf after = before * (1.0f - drawnAlpha);
        const vi stops = drawn & (after < kMinTransmittance);
        if (anyLane(stops)) {
          weight = keep(~stops, weight);
          after = select(stops, -before, after);
          storei(t.last + p, selecti(stops, splati(e - begin), loadi(t.last + p)));
        }
        store(t.transmittance + p, after);
        for (int c = 0; c < 3; c++) store(t.color[c] + p, load(t.color[c] + p) + weight * s.color[c]);
        if (kDepth) store(t.depth + p, load(t.depth + p) + weight * s.depth);
      }
    }
  }
}

void rasterizeForward(const RasterArgs& a, int tileBegin, int tileEnd) {
  for (int tile = tileBegin; tile < tileEnd; tile++) {
    TileState t;
    for (int k = 0; k < kTilePixels; k += kLanes) {
      store(t.transmittance + k, splat(1.0f));
      for (int c = 0; c < 3; c++) store(t.color[c] + k, vf{});
      store(t.depth + k, vf{});
      storei(t.last + k, splati(a.tileStart[tile + 1] - a.tileStart[tile]));
    }
    if (a.depth)
      compositeTile<true>(a, tile, t);
    else
      compositeTile<false>(a, tile, t);
    const int originX = (tile % a.tilesX) * kTile, originY = (tile / a.tilesX) * kTile;
    for (int y = 0; y < kTile; y++)
      for (int x = 0; x < kTile; x += kLanes) {
        const int p = y * kTile + x, out = (originY + y) * a.rowStride + originX + x;
        const vf rest = vabs(load(t.transmittance + p));
        store(a.transmittance + out, rest);
        storei(a.last + out, loadi(t.last + p));
        for (int c = 0; c < 3; c++)
          store(a.rgb + c * a.planeStride + out, load(t.color[c] + p) + rest * a.background[c]);
        if (a.depth) store(a.depth + out, load(t.depth + p));
      }
  }
}

// Sums of neighbouring lanes, x's in the lower half of the result and y's in the upper.
static inline vf pairSums(vf x, vf y) {
#if CS_LANES == 8
  return __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15);
#else
  return __builtin_shufflevector(x, y, 0, 2, 4, 6) + __builtin_shufflevector(x, y, 1, 3, 5, 7);
#endif
}

// out[i] = sum over the lanes of acc[i], for as many sums as a vector has lanes: a tree of pair sums does them all with
// the work of three.
static inline void storeSums(float* out, const vf acc[kLanes]) {
  vf level[kLanes];
  for (int i = 0; i < kLanes; i++) level[i] = acc[i];
  for (int count = kLanes; count > 1; count /= 2)
    for (int i = 0; i < count / 2; i++) level[i] = pairSums(level[2 * i], level[2 * i + 1]);
  store(out, level[0]);
}

struct TileGradState {
  alignas(64) float transmittance[kTilePixels];  // before the splats already visited, back to front
  alignas(64) float behind[kTilePixels];         // what lies behind, dotted with the pixel's gradient, per unit T
  alignas(64) float grad[3][kTilePixels];
  alignas(64) float gradAlpha[kTilePixels];
  alignas(64) float gradDepth[kTilePixels];
  alignas(64) int32_t last[kTilePixels];
};

// Back to front. For pixel p let c_i . g be splat i's colour dotted with dL/dpixel (depth and alpha count as two more
// channels). With B_i the same dot product of everything behind i per unit of transmittance,
//   dL/dalpha_i = T_i (c_i . g - B_i),   B_(i-1) = alpha_i c_i . g + (1 - alpha_i) B_i,   B_n = background . g,
// so one number a pixel is carried instead of three channels.
template <bool kExtra>
static void compositeTileBackward(const RasterBackwardArgs& b, int tile, TileGradState& t) {
  const RasterArgs& a = b.forward;
  const int originX = (tile % a.tilesX) * kTile, originY = (tile / a.tilesX) * kTile;
  const int begin = a.tileStart[tile], end = a.tileStart[tile + 1];
  vi deepest = vi{};
  for (int k = 0; k < kTilePixels; k += kLanes) {
    const vi last = loadi(t.last + k);
    deepest = selecti(last > deepest, last, deepest);
  }
  int visited = 0;
  for (int i = 0; i < kLanes; i++) visited = deepest[i] > visited ? deepest[i] : visited;
  for (int e = begin + visited; e < end; e++)
    for (int k = 0; k < kSplatGrad; k++) b.pairGrads[a.entries[e].pair * kSplatGrad + k] = 0.0f;

  for (int e = begin + visited - 1; e >= begin; e--) {
    const Splat& s = a.splats[a.entries[e].splat];
    float* out = b.pairGrads + a.entries[e].pair * kSplatGrad;
    vf acc[kSplatGrad];
    for (int k = 0; k < kSplatGrad; k++) acc[k] = vf{};
    TileBox box;
    if (boxInTile(s, originX, originY, box)) {
      const float xx = -0.5f * s.conic[0], yy = -0.5f * s.conic[2];
      const vi rank = splati(e - begin + 1);
      for (int k = 0; k < box.vectors; k++) {
        const int x = box.x0 + k * kLanes;
        const vf dx = box.u - pixelCentres(x);
        for (int y = box.y0; y <= box.y1; y++) {
          const float dy = box.v - (y + 0.5f);
          const int p = y * kTile + x;
          const vf power = dx * (xx * dx - s.conic[1] * dy) + yy * dy * dy;
          const vf raw = s.opacity * vexpNegative(power);
          const vi added = (power <= 0.0f) & (raw >= kMinAlpha) & (loadi(t.last + p) >= rank);
          const vf alpha = keep(added, vmin(raw, splat(kMaxAlpha)));
          const vf rest = 1.0f - alpha;
          const vf before = load(t.transmittance + p) / rest;
          store(t.transmittance + p, before);
          const vf weight = alpha * before;
          vf dot = vf{};
          for (int c = 0; c < 3; c++) {
            const vf g = load(t.grad[c] + p);
            dot += s.color[c] * g;
            acc[kGradColor + c] += weight * g;
          }
          if (kExtra) {
            const vf g = load(t.gradDepth + p);
            dot += s.depth * g + load(t.gradAlpha + p);
            acc[kGradDepth] += weight * g;
          }
          const vf behind = load(t.behind + p);
          const vf lift = dot - behind;
          store(t.behind + p, behind + alpha * lift);
          // alpha = opacity exp(power): d/dpower = alpha, and nothing where the cap holds.
          const vf gradPower = keep(raw < kMaxAlpha, weight * lift);
          const vf gradX = gradPower * dx;
          acc[kGradPower] += gradPower;
          acc[kGradX] += gradX;
          acc[kGradY] += gradPower * dy;
          acc[kGradXX] += gradX * dx;
          acc[kGradXY] += gradX * dy;
          acc[kGradYY] += gradPower * (dy * dy);
        }
      }
    }
    // kGradDepth and what pads the record come last, one by one.
    constexpr int kTogether = kSplatGrad / kLanes * kLanes;
    for (int k = 0; k < kTogether; k += kLanes) storeSums(out + k, acc + k);
    for (int k = kTogether; k <= kGradDepth; k++) out[k] = sum(acc[k]);
  }
}

void rasterizeBackward(const RasterBackwardArgs& b, int tileBegin, int tileEnd) {
  const RasterArgs& a = b.forward;
  const bool extra = b.gradAlpha || b.gradDepth;
  for (int tile = tileBegin; tile < tileEnd; tile++) {
    if (a.tileStart[tile] == a.tileStart[tile + 1]) continue;
    const int originX = (tile % a.tilesX) * kTile, originY = (tile / a.tilesX) * kTile;
    TileGradState t;
    for (int y = 0; y < kTile; y++)
      for (int x = 0; x < kTile; x += kLanes) {
        const int p = y * kTile + x, in = (originY + y) * a.rowStride + originX + x;
        vf background = vf{};
        for (int c = 0; c < 3; c++) {
          const vf g = load(b.gradRgb + c * a.planeStride + in);
          store(t.grad[c] + p, g);
          background += a.background[c] * g;
        }
        store(t.behind + p, background);
        store(t.transmittance + p, load(a.transmittance + in));
        storei(t.last + p, loadi(a.last + in));
        if (extra) {
          store(t.gradAlpha + p, b.gradAlpha ? load(b.gradAlpha + in) : vf{});
          store(t.gradDepth + p, b.gradDepth ? load(b.gradDepth + in) : vf{});
        }
      }
    if (extra)
      compositeTileBackward<true>(b, tile, t);
    else
      compositeTileBackward<false>(b, tile, t);
  }
}

// The gradients of a splat are the sum over its tiles, whose slots are contiguous.
void sumPairGradients(const float* pairGrads, const int32_t* pairStart, float* splatGrads, int begin, int end) {
  for (int i = begin; i < end; i++) {
    float total[kSplatGrad] = {};
    for (int pair = pairStart[i]; pair < pairStart[i + 1]; pair++)
      for (int k = 0; k < kSplatGrad; k++) total[k] += pairGrads[pair * kSplatGrad + k];
    for (int k = 0; k < kSplatGrad; k++) splatGrads[i * kSplatGrad + k] = total[k];
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
