// Soft matching of two point clouds (registration.h): a matrix of Gaussian kernels over place and colour, and the sums
// over its columns and rows that balance it.
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

constexpr float kLog2E = 1.44269504f;

// Rows [begin, end): kernel[i][j] = exp(-(|x_i - y_j|^2 / sigma^2 + |c_i - d_j|^2 / colorSigma^2) / 2).
void matchKernel(const MatchArgs& a, int begin, int end) {
  for (int i = begin; i < end; i++) {
    const float* row = a.rows + (int64_t)i * kMatchFields;
    float* out = a.kernel + (int64_t)i * a.stride;
    for (int j = 0; j < a.stride; j += kLanes) {
      vf place = vf{}, color = vf{};
      for (int c = 0; c < 3; c++) {
        const vf d = load(a.columns + c * a.stride + j) - row[c];
        const vf e = load(a.columns + (c + 3) * a.stride + j) - row[c + 3];
        place += d * d;
        color += e * e;
      }
      const vf power = kLog2E * (a.placeScale * place + a.colorScale * color);
      store(out + j, keep(power > -40.0f, vexp2Negative(power)));
    }
  }
}

// Adds to sums[j], for rows [begin, end), rowFactor[i] * kernel[i][j].
void matchColumnSums(const MatchArgs& a, const float* rowFactor, float* sums, int begin, int end) {
  for (int i = begin; i < end; i++) {
    const float* row = a.kernel + (int64_t)i * a.stride;
    const vf factor = splat(rowFactor[i]);
    for (int j = 0; j < a.stride; j += kLanes) store(sums + j, load(sums + j) + factor * load(row + j));
  }
}

// For rows [begin, end): out[i] = (w, w x, w y, w z) summed over columns with w = kernel[i][j] * columnFactor[j].
void matchRowMeans(const MatchArgs& a, const float* columnFactor, float* out, int begin, int end) {
  for (int i = begin; i < end; i++) {
    const float* row = a.kernel + (int64_t)i * a.stride;
    vf total[4] = {};
    for (int j = 0; j < a.stride; j += kLanes) {
      const vf w = load(row + j) * load(columnFactor + j);
      total[0] += w;
      for (int c = 0; c < 3; c++) total[c + 1] += w * load(a.columns + c * a.stride + j);
    }
    for (int c = 0; c < 4; c++) out[(int64_t)i * 4 + c] = sum(total[c]);
  }
}

// Smallest weighted squared distance of each row to the columns, and of each column to the rows (minima are merged into
// `columnMin`).
void matchNearest(const MatchArgs& a, float colorWeight, float* rowMin, float* columnMin, int begin, int end) {
  for (int i = begin; i < end; i++) {
    const float* row = a.rows + (int64_t)i * kMatchFields;
    vf best = splat(1e30f);
    for (int j = 0; j < a.stride; j += kLanes) {
      vf place = vf{}, color = vf{};
      for (int c = 0; c < 3; c++) {
        const vf d = load(a.columns + c * a.stride + j) - row[c];
        const vf e = load(a.columns + (c + 3) * a.stride + j) - row[c + 3];
        place += d * d;
        color += e * e;
      }
      const vf distance = place + colorWeight * color;
      best = vmin(best, distance);
      store(columnMin + j, vmin(load(columnMin + j), distance));
    }
    float least = best[0];
    for (int lane = 1; lane < kLanes; lane++) least = best[lane] < least ? best[lane] : least;
    rowMin[i] = least;
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
