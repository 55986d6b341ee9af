// HexPlane features: six bilinear samples a level, multiplied; forward and backward.
//
// Decides where a point falls in each plane: normalised coordinates run from -1 at the box's maximum corner to +1 at
// its minimum (the published box is stored maximum first), time is used as it is, corners are aligned (index = (c + 1)
// / 2 * (resolution - 1)), and outside the box coordinates stay at the border and pass no gradient. A NaN coordinate
// falls on index 0, so that no pass reads outside a plane; it passes no gradient.
#pragma once

#include "../hexplane_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

void locate(const LocateArgs& a, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    for (int axis = 0; axis < 4; axis++) {
      vf c;
      if (axis < 3) {
        c = (load(a.positions + axis * a.positionStride + i) - a.grid.origin[axis]) * a.grid.scale[axis] - 1.0f;
      } else {
        c = a.times ? load(a.times + i) : splat(a.time);
      }
      for (int level = 0; level < a.grid.levels; level++) {
        const int last = a.grid.resolution[level][axis] - 1;
        const vf x = vmin(vmax((c + 1.0f) * 0.5f * static_cast<float>(last), vf{}), splat(static_cast<float>(last)));
        // The last cell includes its upper border, so that the upper corner always exists.
        const int lastCell = last > 0 ? last - 1 : 0;
        const vi floor = __builtin_convertvector(x, vi);
        const vi index = selecti(floor > lastCell, splati(lastCell), floor);
        const int64_t at = static_cast<int64_t>(level * 4 + axis) * a.cells.stride + i;
        storei(a.cells.index + at, index);
        store(a.cells.fraction + at, x - __builtin_convertvector(index, vf));
      }
    }
  }
}

// One plane around one point: the lower corner, the steps to the others, and the fractions.
struct PlaneCell {
  const float* corner;
  int64_t right, down;
  float u, v;
};

static inline void planeCells(const HexPlaneGrid& grid, const HexPlaneCells& cells, int level, int i,
                              PlaneCell out[kHexPlanes]) {
  int32_t index[4];
  float fraction[4];
  for (int axis = 0; axis < 4; axis++) {
    const int64_t at = static_cast<int64_t>(level * 4 + axis) * cells.stride + i;
    index[axis] = cells.index[at];
    fraction[axis] = cells.fraction[at];
  }
  const int* resolution = grid.resolution[level];
  for (int p = 0; p < kHexPlanes; p++) {
    const int a = kPlaneAxes[p][0], b = kPlaneAxes[p][1];
    const int64_t row = static_cast<int64_t>(resolution[a]) * grid.pitch;
    out[p].corner = grid.planes[level][p] + index[b] * row + static_cast<int64_t>(index[a]) * grid.pitch;
    out[p].right = resolution[a] > 1 ? grid.pitch : 0;
    out[p].down = resolution[b] > 1 ? row : 0;
    out[p].u = fraction[a];
    out[p].v = fraction[b];
  }
}

void sample(const SampleArgs& a, int begin, int end) {
  for (int i = begin; i < end; i++) {
    float* out = a.features + static_cast<int64_t>(i) * a.grid.levels * a.grid.pitch;
    for (int level = 0; level < a.grid.levels; level++, out += a.grid.pitch) {
      PlaneCell cells[kHexPlanes];
      planeCells(a.grid, a.cells, level, i, cells);
      for (int c = 0; c < a.grid.channels; c += kLanes) {
        vf product = splat(1.0f);
        for (int p = 0; p < kHexPlanes; p++) {
          const PlaneCell& cell = cells[p];
          const float* at = cell.corner + c;
          const vf v00 = load(at), v10 = load(at + cell.right);
          const vf v01 = load(at + cell.down), v11 = load(at + cell.down + cell.right);
          const vf top = v00 + cell.u * (v10 - v00), bottom = v01 + cell.u * (v11 - v01);
          product *= top + cell.v * (bottom - top);
        }
        store(out + c, product);
      }
      for (int c = (a.grid.channels + kLanes - 1) / kLanes * kLanes; c < a.grid.pitch; c++) out[c] = 0.0f;
    }
  }
}

// Samples are computed again rather than kept: they are six times as large as the features.
void sampleBackward(const SampleBackwardArgs& a, int begin, int end) {
  const int pitch = a.grid.pitch;
  for (int i = begin; i < end; i++) {
    const float* featureGrad = a.featureGrads + static_cast<int64_t>(i - begin) * a.grid.levels * pitch;
    vf total[3] = {};
    for (int level = 0; level < a.grid.levels; level++, featureGrad += pitch) {
      PlaneCell cells[kHexPlanes];
      planeCells(a.grid, a.cells, level, i, cells);
      const int64_t planeStreams = pitch / kHexPlaneAlign * a.streamFloats;
      float* streams =
          a.sampleGrads + level * kHexPlanes * planeStreams + static_cast<int64_t>(i - begin) * kHexPlaneAlign;
      vf gx = vf{}, gy = vf{}, gz = vf{};
      for (int c = 0; c < a.grid.channels; c += kLanes) {
        vf s[kHexPlanes], du[kHexPlanes], dv[kHexPlanes];
        for (int p = 0; p < kHexPlanes; p++) {
          const PlaneCell& cell = cells[p];
          const float* at = cell.corner + c;
          const vf v00 = load(at), v10 = load(at + cell.right);
          const vf v01 = load(at + cell.down), v11 = load(at + cell.down + cell.right);
          const vf topStep = v10 - v00, bottomStep = v11 - v01;
          const vf top = v00 + cell.u * topStep, bottom = v01 + cell.u * bottomStep;
          dv[p] = bottom - top;
          du[p] = topStep + cell.v * (bottomStep - topStep);
          s[p] = top + cell.v * dv[p];
        }
        // ds[p] = gradient times the product of the other five samples, without division: samples may be 0.
        vf ds[kHexPlanes];
        vf before = load(featureGrad + c);
        for (int p = 0; p < kHexPlanes; p++) {
          ds[p] = before;
          before *= s[p];
        }
        float* out = streams + c / kHexPlaneAlign * a.streamFloats + c % kHexPlaneAlign;
        vf after = splat(1.0f);
        for (int p = kHexPlanes - 1; p >= 0; p--) {
          ds[p] *= after;
          after *= s[p];
          store(out + p * planeStreams, ds[p]);
        }
        gx += ds[0] * du[0] + ds[1] * du[1] + ds[2] * du[2];
        gy += ds[0] * dv[0] + ds[3] * du[3] + ds[4] * du[4];
        gz += ds[1] * dv[1] + ds[3] * dv[3] + ds[5] * du[5];
      }
      const vf g[3] = {gx, gy, gz};
      for (int axis = 0; axis < 3; axis++) {
        const int last = a.grid.resolution[level][axis] - 1;
        const int64_t at = static_cast<int64_t>(level * 4 + axis) * a.cells.stride + i;
        // Only a clamped coordinate lies exactly on a border.
        const float x = static_cast<float>(a.cells.index[at]) + a.cells.fraction[at];
        const bool clamped = x <= 0.0f || x >= static_cast<float>(last);
        if (!clamped) total[axis] += g[axis] * (0.5f * static_cast<float>(last) * a.grid.scale[axis]);
      }
    }
    for (int axis = 0; axis < 3; axis++) a.positions[axis * a.positionStride + i] += sum(total[axis]);
  }
}

// Adds the sample gradients of points [begin, end) to one cache line of channels of one plane. Each (plane, line) is
// one task and takes the points in order, so that the sums do not depend on the number of threads.
void scatter(const ScatterArgs& a, int begin, int end) {
  const int64_t uAt = static_cast<int64_t>(a.level * 4 + kPlaneAxes[a.plane][0]) * a.cells.stride;
  const int64_t vAt = static_cast<int64_t>(a.level * 4 + kPlaneAxes[a.plane][1]) * a.cells.stride;
  const int64_t row = static_cast<int64_t>(a.widthResolution) * a.pitch;
  for (int i = begin; i < end; i++) {
    const float u = a.cells.fraction[uAt + i], v = a.cells.fraction[vAt + i];
    const float w11 = u * v, w10 = u - w11, w01 = v - w11, w00 = 1.0f - u - w01;
    float* at = a.planeGrads + a.cells.index[vAt + i] * row + static_cast<int64_t>(a.cells.index[uAt + i]) * a.pitch;
    const float* grad = a.sampleGrads + static_cast<int64_t>(i - begin) * kHexPlaneAlign;
    for (int c = 0; c < kHexPlaneAlign; c += kLanes) {
      const vf g = load(grad + c);
      store(at + c, load(at + c) + w00 * g);
      // A plane of a single column or row has no upper neighbour, and its fraction is 0.
      if (w10 != 0.0f) store(at + a.pitch + c, load(at + a.pitch + c) + w10 * g);
      if (w01 != 0.0f) store(at + row + c, load(at + row + c) + w01 * g);
      if (w11 != 0.0f) store(at + row + a.pitch + c, load(at + row + a.pitch + c) + w11 * g);
    }
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
