// A yardstick for the engine: tile rasterisation, forward and backward, written the plain way. A tile is 16x16 pixels, a
// splat is taken row by row, a row is a loop over 16 pixels that the compiler vectorises, and tiles are shared out by
// OpenMP. Projection and tile lists are made before the clock starts.
//
//   yardstick WIDTH COUNT      prints "fwd X ms" and "fwd+bwd Y ms", medians; threads from OMP_NUM_THREADS
//
// Build: g++ -O3 -march=native -ffast-math -fopenmp. The scene is that of splat-scene.ts, number by number. One shortcut: the
// backward pass does not know where a pixel stopped, so splats hidden behind 0.9999 of opacity get gradients too.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

namespace {

constexpr int kTile = 16, kPixels = kTile * kTile, kRepetitions = 15;
constexpr int kGrads = 9;  // centre 2, inverse covariance 3, opacity 1, colour 3
constexpr float kMinAlpha = 1.0f / 255, kMaxAlpha = 0.99f, kMinTransmittance = 1e-4f;
constexpr float kPixelGrad[3] = {0.1f, -0.2f, 0.3f};

struct Splat {
  float u, v, xx, xy, yy, opacity, rgb[3];
  float rowReach;  // half the height of the box in which alpha can reach kMinAlpha
  float depth;
};

struct Scene {
  int width, tilesX, tilesY;
  std::vector<Splat> splats;
  std::vector<std::vector<int>> lists;  // of each tile, front to back
};

Scene makeScene(int width, int count) {
  uint32_t state = 1;
  auto random = [&] { return (state = state * 1664525u + 1013904223u) / 4294967296.0; };
  const int tiles = (width + kTile - 1) / kTile;
  Scene scene{width, tiles, tiles, {}, std::vector<std::vector<int>>(static_cast<size_t>(tiles) * tiles)};
  for (int i = 0; i < count; i++) {
    const double longitude = random() * 6.283, latitude = std::acos(2 * random() - 1);
    const double x = width / 2.0 + width * 0.18 * std::sin(latitude) * std::cos(longitude);
    const double y = width / 2.0 + width * 0.42 * std::cos(latitude);
    const double a = width / 256.0 * (0.8 + 1.2 * random()), b = a * (0.4 + random() * 0.6), angle = random() * 3.14;
    const double opacity = 0.3 + 0.6 * random(), c = std::cos(angle), s = std::sin(angle);
    const double xx = c * c * a * a + s * s * b * b + 0.3, yy = s * s * a * a + c * c * b * b + 0.3;
    const double xy = c * s * (a * a - b * b), det = xx * yy - xy * xy;
    const double reach = 2 * std::log(opacity / kMinAlpha);
    Splat splat{float(x), float(y), float(yy / det), float(-xy / det), float(xx / det), float(opacity), {}, float(std::sqrt(reach * yy)),
                float(std::sin(latitude) * std::sin(longitude))};
    for (float& channel : splat.rgb) channel = float(random());
    scene.splats.push_back(splat);
    auto tileOf = [&](double at) { return std::clamp(int(std::floor(at / kTile)), 0, tiles - 1); };
    const double reachX = std::sqrt(reach * xx), reachY = std::sqrt(reach * yy);
    for (int ty = tileOf(y - reachY); ty <= tileOf(y + reachY); ty++)
      for (int tx = tileOf(x - reachX); tx <= tileOf(x + reachX); tx++) scene.lists[ty * tiles + tx].push_back(i);
  }
  for (auto& list : scene.lists)
    std::stable_sort(list.begin(), list.end(), [&](int i, int j) { return scene.splats[i].depth < scene.splats[j].depth; });
  return scene;
}

// exp(x) for x <= 0: 2^whole by its exponent bits, the rest by Taylor's polynomial on [-0.5, 0.5].
inline float expNegative(float x) {
  const float t = std::max(x, -80.0f) * 1.442695041f, whole = std::floor(t + 0.5f), f = t - whole;
  const float p = 1 + f * (0.6931472f + f * (0.2402265f + f * (0.0555041f + f * 0.0096181f)));
  const int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, 4);
  return scale * p;
}

struct Tile {
  int left, top;
  alignas(64) float transmittance[kPixels];
  alignas(64) float color[3][kPixels];
};

struct Rows {
  int first, last;
};

inline Rows rowsOf(const Splat& s, int top) {
  const float centre = s.v - static_cast<float>(top);
  return {std::max(0, int(std::floor(centre - s.rowReach))), std::min(kTile - 1, int(std::ceil(centre + s.rowReach)))};
}

void drawTile(const Scene& scene, const std::vector<int>& list, Tile& t) {
  std::fill_n(t.transmittance, kPixels, 1.0f);
  std::memset(t.color, 0, sizeof t.color);
  for (const int i : list) {
    const Splat s = scene.splats[i];
    const Rows rows = rowsOf(s, t.top);
    for (int y = rows.first; y <= rows.last; y++) {
      const float dy = s.v - (static_cast<float>(t.top + y) + 0.5f), dx0 = s.u - (static_cast<float>(t.left) + 0.5f);
      float *through = t.transmittance + y * kTile, *r = t.color[0] + y * kTile, *g = t.color[1] + y * kTile, *b = t.color[2] + y * kTile;
#pragma omp simd
      for (int x = 0; x < kTile; x++) {
        const float dx = dx0 - static_cast<float>(x);
        const float power = -0.5f * (s.xx * dx * dx + s.yy * dy * dy) - s.xy * dx * dy;
        const float alpha = std::min(kMaxAlpha, s.opacity * expNegative(power));
        const float drawn = alpha >= kMinAlpha && through[x] > kMinTransmittance ? alpha : 0.0f;
        const float weight = drawn * through[x];
        r[x] += weight * s.rgb[0];
        g[x] += weight * s.rgb[1];
        b[x] += weight * s.rgb[2];
        through[x] -= weight;
      }
    }
  }
}

// Back to front; `behind` is what lies behind, dotted with the pixel's gradient, for each channel on its own.
void drawTileBackward(const Scene& scene, const std::vector<int>& list, Tile& t, std::vector<float>& grads) {
  alignas(64) float behind[3][kPixels] = {};
  for (auto at = list.rbegin(); at != list.rend(); ++at) {
    const Splat s = scene.splats[*at];
    const Rows rows = rowsOf(s, t.top);
    float sum[kGrads] = {};
    for (int y = rows.first; y <= rows.last; y++) {
      const float dy = s.v - (static_cast<float>(t.top + y) + 0.5f), dx0 = s.u - (static_cast<float>(t.left) + 0.5f);
      float *through = t.transmittance + y * kTile, *r = behind[0] + y * kTile, *g = behind[1] + y * kTile, *b = behind[2] + y * kTile;
      float gu = 0, gv = 0, gxx = 0, gxy = 0, gyy = 0, gopacity = 0, gr = 0, gg = 0, gb = 0;
#pragma omp simd reduction(+ : gu, gv, gxx, gxy, gyy, gopacity, gr, gg, gb)
      for (int x = 0; x < kTile; x++) {
        const float dx = dx0 - static_cast<float>(x);
        const float power = -0.5f * (s.xx * dx * dx + s.yy * dy * dy) - s.xy * dx * dy;
        const float falloff = expNegative(power), raw = std::min(kMaxAlpha, s.opacity * falloff);
        const float alpha = raw >= kMinAlpha ? raw : 0.0f;
        const float before = through[x] / (1 - alpha), weight = alpha * before;
        through[x] = before;
        const float dr = s.rgb[0] - r[x], dg = s.rgb[1] - g[x], db = s.rgb[2] - b[x];
        const float lift = before * (kPixelGrad[0] * dr + kPixelGrad[1] * dg + kPixelGrad[2] * db);
        const float galpha = alpha > 0 ? lift : 0.0f, gpower = alpha * galpha;
        r[x] += alpha * dr;
        g[x] += alpha * dg;
        b[x] += alpha * db;
        gu -= gpower * (s.xx * dx + s.xy * dy);
        gv -= gpower * (s.yy * dy + s.xy * dx);
        gxx -= 0.5f * gpower * dx * dx;
        gxy -= gpower * dx * dy;
        gyy -= 0.5f * gpower * dy * dy;
        gopacity += falloff * galpha;
        gr += kPixelGrad[0] * weight;
        gg += kPixelGrad[1] * weight;
        gb += kPixelGrad[2] * weight;
      }
      const float row[kGrads] = {gu, gv, gxx, gxy, gyy, gopacity, gr, gg, gb};
      for (int k = 0; k < kGrads; k++) sum[k] += row[k];
    }
    float* out = grads.data() + static_cast<size_t>(*at) * kGrads;
    for (int k = 0; k < kGrads; k++) out[k] += sum[k];
  }
}

struct Output {
  std::vector<float> rgbt, grads;
};

void iterate(const Scene& scene, bool backward, Output& out) {
  std::fill(out.grads.begin(), out.grads.end(), 0.0f);
#pragma omp parallel
  {
    std::vector<float> grads(backward ? out.grads.size() : 0);
    Tile tile;
#pragma omp for schedule(dynamic, 1)
    for (int i = 0; i < scene.tilesX * scene.tilesY; i++) {
      const auto& list = scene.lists[i];
      if (list.empty()) continue;
      tile.left = i % scene.tilesX * kTile;
      tile.top = i / scene.tilesX * kTile;
      drawTile(scene, list, tile);
      for (int p = 0; p < kPixels; p++) {
        float* pixel = out.rgbt.data() + 4 * (static_cast<size_t>(tile.top + p / kTile) * scene.tilesX * kTile + tile.left + p % kTile);
        for (int c = 0; c < 3; c++) pixel[c] = tile.color[c][p];
        pixel[3] = tile.transmittance[p];
      }
      if (backward) drawTileBackward(scene, list, tile, grads);
    }
#pragma omp critical
    for (size_t k = 0; k < grads.size(); k++) out.grads[k] += grads[k];
  }
}

double medianMilliseconds(const std::function<void()>& work) {
  work();
  std::vector<double> times;
  for (int i = 0; i < kRepetitions; i++) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + kRepetitions / 2, times.end());
  return times[kRepetitions / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int width = argc == 3 ? std::atoi(argv[1]) : 0, count = argc == 3 ? std::atoi(argv[2]) : 0;
  if (width < 1 || count < 1) {
    std::fprintf(stderr, "usage: yardstick WIDTH COUNT\n");
    return 2;
  }
  const Scene scene = makeScene(width, count);
  Output out{std::vector<float>(4u * scene.tilesX * scene.tilesY * kPixels), std::vector<float>(static_cast<size_t>(count) * kGrads)};
  std::printf("fwd %.3f ms\n", medianMilliseconds([&] { iterate(scene, false, out); }));
  std::printf("fwd+bwd %.3f ms\n", medianMilliseconds([&] { iterate(scene, true, out); }));
  double sum = 0;  // keeps the work from being optimised away
  for (const float value : out.grads) sum += value;
  std::printf("sum of gradients %g\n", sum);
}
