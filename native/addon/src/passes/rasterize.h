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

// Without a branch, which for boxes at random places the processor would guess wrong every other time.
static inline bool boxInTile(const Splat& s, int originX, int originY, TileBox& box) {
  box.u = s.u - originX;
  box.v = s.v - originY;
  // Pixel i is inside when |i + 0.5 - centre| <= extent. A pixel more, by rounding, does no harm: alpha decides.
  auto firstOf = [](float side) {
    const float from = side > 0.0f ? side : 0.0f;
    const int i = (int)from;
    return i + (i < from);
  };
  auto lastOf = [](float side) {
    const float to = side < kTile - 1 ? side : kTile - 1;
    return (int)((to > -1.0f ? to : -1.0f) + 1.0f) - 1;
  };
  const float u = box.u - 0.5f, v = box.v - 0.5f;
  const int x0 = firstOf(u - s.extentX), x1 = lastOf(u + s.extentX);
  box.y0 = firstOf(v - s.extentY);
  box.y1 = lastOf(v + s.extentY);
  box.vectors = (x1 - x0) / kLanes + 1;
  const int lastStart = kTile - box.vectors * kLanes;
  box.x0 = x0 < lastStart ? x0 : lastStart;
  return (x0 <= x1) & (box.y0 <= box.y1);
}

static inline vf pixelCentres(int x0) {
  vf v;
  for (int i = 0; i < kLanes; i++) v[i] = x0 + i + 0.5f;
  return v;
}

// Opacity falls off as 2^power with power = xx dx^2 + xy dx dy + yy dy^2.
struct Falloff {
  float xx, xy, yy;
};
static inline Falloff falloffOf(const Splat& s) {
  constexpr float kLog2e = 1.44269504f;
  return {-0.5f * kLog2e * s.conic[0], -kLog2e * s.conic[1], -0.5f * kLog2e * s.conic[2]};
}

struct TileState {
  alignas(64) float transmittance[kTilePixels];  // negative once the pixel has stopped
  alignas(64) float color[3][kTilePixels];
  alignas(64) float depth[kTilePixels];
  alignas(64) int32_t last[kTilePixels];
};

// Splats lie in memory in the order of their Gaussians and are read in the order of depth. Asked for this many ahead
// they are there when their turn comes: 2 % less time with 30,000 of them, no difference with 10,000.
constexpr int kPrefetch = 4;

// Returns how many splats drew something; they come first in the tile's list, in their order.
template <bool kDepth>
static int compositeTile(const RasterArgs& a, int tile, TileState& t) {
  const int originX = (tile % a.tilesX) * kTile, originY = (tile / a.tilesX) * kTile;
  const int begin = a.tileStart[tile], end = a.tileStart[tile + 1];
  int drawnCount = 0, alive = kTilePixels;
  for (int e = begin; e < end && alive > 0; e++) {
    if (e + kPrefetch < end) __builtin_prefetch(&a.splats[a.entries[e + kPrefetch].splat]);
    const Splat& s = a.splats[a.entries[e].splat];
    TileBox box;
    if (!boxInTile(s, originX, originY, box)) continue;
    const Falloff f = falloffOf(s);
    DrawnVectors drew = 0;
    for (int k = 0; k < box.vectors; k++) {
      const int x = box.x0 + k * kLanes;
      const vf dx = box.u - pixelCentres(x);
      vi rows = vi{}, row = splati(1 << box.y0);
      for (int y = box.y0; y <= box.y1; y++, row += row) {
        const int p = y * kTile + x;
        const vf before = load(t.transmittance + p);
        // Pixels that have stopped lie side by side and stay so. A branch on whether the splat draws here is guessed
        // wrong so often that it costs more than it saves (a tenth of this pass).
        if (!anyLane(before > 0.0f)) continue;
        const float dy = box.v - (y + 0.5f);
        const vf power = dx * (f.xx * dx + f.xy * dy) + f.yy * dy * dy;
        const vf alpha = vmin(s.opacity * vexp2Negative(power), splat(kMaxAlpha));
        const vi drawn = (power <= 0.0f) & (alpha >= kMinAlpha) & (before > 0.0f);
        const vf drawnAlpha = keep(drawn, alpha);
        vf weight = drawnAlpha * before;
        // Not before - weight: behind an alpha of 0.99 the difference would have lost two digits.
        vf after = before * (1.0f - drawnAlpha);
        const vi stops = drawn & (after < kMinTransmittance);
        rows |= drawn & row;
        if (anyLane(stops)) {
          weight = keep(~stops, weight);
          after = select(stops, -before, after);
          storei(t.last + p, selecti(stops, splati(drawnCount), loadi(t.last + p)));
          alive -= __builtin_popcount(laneBits(stops));
        }
        store(t.transmittance + p, after);
        for (int c = 0; c < 3; c++) store(t.color[c] + p, load(t.color[c] + p) + weight * s.color[c]);
        if (kDepth) store(t.depth + p, load(t.depth + p) + weight * s.depth);
      }
      drew |= (DrawnVectors)orLanes(rows) << (k * kTile);
    }
    if (!drew) continue;
    const int to = begin + drawnCount++;
    a.drawn[to] = drew;
    const TileEntry entry = a.entries[e];
    a.entries[e] = a.entries[to];
    a.entries[to] = entry;
  }
  return drawnCount;
}

void rasterizeForward(const RasterArgs& a, int tileBegin, int tileEnd) {
  for (int tile = tileBegin; tile < tileEnd; tile++) {
    TileState t;
    for (int k = 0; k < kTilePixels; k += kLanes) {
      store(t.transmittance + k, splat(1.0f));
      for (int c = 0; c < 3; c++) store(t.color[c] + k, vf{});
      store(t.depth + k, vf{});
      storei(t.last + k, splati(a.tileStart[tile + 1] - a.tileStart[tile]));  // above every rank
    }
    a.drawnCount[tile] = a.depth ? compositeTile<true>(a, tile, t) : compositeTile<false>(a, tile, t);
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
  const int drawnEnd = begin + a.drawnCount[tile];
  for (int e = drawnEnd; e < end; e++)
    for (int k = 0; k < kSplatGrad; k++) b.pairGrads[a.entries[e].pair * kSplatGrad + k] = 0.0f;

  for (int e = drawnEnd - 1; e >= begin; e--) {
    if (e - kPrefetch >= begin) __builtin_prefetch(&a.splats[a.entries[e - kPrefetch].splat]);
    const Splat& s = a.splats[a.entries[e].splat];
    float* out = b.pairGrads + a.entries[e].pair * kSplatGrad;
    vf acc[kSplatGrad];
    for (int k = 0; k < kSplatGrad; k++) acc[k] = vf{};
    TileBox box;
    boxInTile(s, originX, originY, box);
    const Falloff f = falloffOf(s);
    const vi rank = splati(e - begin + 1);
    for (DrawnVectors drew = a.drawn[e]; drew; drew &= drew - 1) {
      const int bit = __builtin_ctzll(drew), x = box.x0 + bit / kTile * kLanes, y = bit % kTile;
      const vf dx = box.u - pixelCentres(x);
      const float dy = box.v - (y + 0.5f);
      const int p = y * kTile + x;
      const vf power = dx * (f.xx * dx + f.xy * dy) + f.yy * dy * dy;
      const vf raw = s.opacity * vexp2Negative(power);
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
    constexpr int kTogether = kSplatGrad / kLanes * kLanes;
    for (int k = 0; k < kTogether; k += kLanes) store(out + k, sums(acc + k));
    // kGradDepth and what pads the record come last, beside zeros that cost nothing.
    vf tail[kLanes] = {};
    for (int k = kTogether; k <= kGradDepth; k++) tail[k - kTogether] = acc[k];
    const vf tailSums = sums(tail);
    for (int k = kTogether; k <= kGradDepth; k++) out[k] = tailSums[k - kTogether];
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
