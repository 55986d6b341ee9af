// Projection of Gaussians to splats: EWA covariance with the 0.3 px low-pass, opacity, spherical harmonics.
// Decides what is culled: behind the near plane, degenerate, or too faint to reach alpha = 1/255 anywhere.
// A Gaussian with a NaN fails every comparison and is culled; the trainer reports NaN parameters by name.
#pragma once

#include "../kernel_args.h"
#include "sh_basis.h"

namespace charactershot {
namespace CS_VARIANT {

// What the forward pass computes and the backward pass needs again, for one vector of Gaussians.
struct Projection {
  vf x, y, z, invZ;  // camera space
  vf rot[9];         // rotation matrix of the unit quaternion
  vf scale[3];
  vf quat[4], invNorm;  // unit quaternion; 1 / length of the raw one
  vf jx, jy;            // x and y as used in the Jacobian, clamped to the field of view
  vi clampedX, clampedY;
  vf m[6];  // Jacobian times view rotation, 2x3
  vf n[6];  // m times rot, 2x3
  vf covXX, covXY, covYY, det;
};

static inline void rotationMatrix(const vf q[4], vf r[9]) {
  const vf w = q[0], x = q[1], y = q[2], z = q[3];
  r[0] = 1.0f - 2.0f * (y * y + z * z);
  r[1] = 2.0f * (x * y - w * z);
  r[2] = 2.0f * (x * z + w * y);
  r[3] = 2.0f * (x * y + w * z);
  r[4] = 1.0f - 2.0f * (x * x + z * z);
  r[5] = 2.0f * (y * z - w * x);
  r[6] = 2.0f * (x * z - w * y);
  r[7] = 2.0f * (y * z + w * x);
  r[8] = 1.0f - 2.0f * (x * x + y * y);
}

static inline void projectGeometry(const ProjectArgs& a, int i, Projection& p) {
  const float* view = a.camera.view;
  const int s = a.stride;
  const vf mx = load(a.in.means + i), my = load(a.in.means + s + i), mz = load(a.in.means + 2 * s + i);
  p.x = view[0] * mx + view[1] * my + view[2] * mz + view[3];
  p.y = view[4] * mx + view[5] * my + view[6] * mz + view[7];
  p.z = view[8] * mx + view[9] * my + view[10] * mz + view[11];
  p.invZ = 1.0f / p.z;

  vf norm2 = vf{};
  for (int c = 0; c < 4; c++) {
    p.quat[c] = load(a.in.quats + c * s + i);
    norm2 += p.quat[c] * p.quat[c];
  }
  p.invNorm = 1.0f / vsqrt(norm2);
  for (int c = 0; c < 4; c++) p.quat[c] *= p.invNorm;
  rotationMatrix(p.quat, p.rot);
  for (int c = 0; c < 3; c++) p.scale[c] = vexp(load(a.in.logScales + c * s + i));

  // Only the Jacobian sees the clamped position: far outside the picture the linearisation would blow up.
  const float limitX = kFovMargin * a.camera.width / (2.0f * a.camera.fx);
  const float limitY = kFovMargin * a.camera.height / (2.0f * a.camera.fy);
  const vf rx = p.x * p.invZ, ry = p.y * p.invZ;
  p.clampedX = (rx < -limitX) | (rx > limitX);
  p.clampedY = (ry < -limitY) | (ry > limitY);
  p.jx = vmin(vmax(rx, splat(-limitX)), splat(limitX)) * p.z;
  p.jy = vmin(vmax(ry, splat(-limitY)), splat(limitY)) * p.z;
  const vf j00 = a.camera.fx * p.invZ, j02 = -j00 * p.jx * p.invZ;
  const vf j11 = a.camera.fy * p.invZ, j12 = -j11 * p.jy * p.invZ;
  for (int c = 0; c < 3; c++) {
    p.m[c] = j00 * view[c] + j02 * view[8 + c];
    p.m[3 + c] = j11 * view[4 + c] + j12 * view[8 + c];
  }
  vf v[6];
  for (int row = 0; row < 2; row++)
    for (int c = 0; c < 3; c++) {
      const vf* m = p.m + row * 3;
      p.n[row * 3 + c] = m[0] * p.rot[c] + m[1] * p.rot[3 + c] + m[2] * p.rot[6 + c];
      v[row * 3 + c] = p.n[row * 3 + c] * p.scale[c];
    }
  const vf xx = v[0] * v[0] + v[1] * v[1] + v[2] * v[2], yy = v[3] * v[3] + v[4] * v[4] + v[5] * v[5];
  p.covXX = xx + a.camera.lowPass;
  p.covXY = v[0] * v[3] + v[1] * v[4] + v[2] * v[5];
  p.covYY = yy + a.camera.lowPass;
  // xx yy - xy^2 of the part without the low-pass is the squared cross product of the rows of V; the textbook
  // determinant loses all digits on long thin splats.
  const vf cross[3] = {v[1] * v[5] - v[2] * v[4], v[2] * v[3] - v[0] * v[5], v[0] * v[4] - v[1] * v[3]};
  p.det =
      cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2] + a.camera.lowPass * (xx + yy + a.camera.lowPass);
}

// Unit vector from the camera to the Gaussian, and its inverse length.
static inline vf viewDirection(const ProjectArgs& a, int i, vf d[3]) {
  vf norm2 = vf{};
  for (int c = 0; c < 3; c++) {
    d[c] = load(a.in.means + c * a.stride + i) - a.camera.position[c];
    norm2 += d[c] * d[c];
  }
  const vf invLength = 1.0f / vsqrt(norm2);
  for (int c = 0; c < 3; c++) d[c] *= invLength;
  return invLength;
}

// Colours before the clamp.
template <int kDegree>
static inline void shColor(const ProjectArgs& a, int i, const vf d[3], vf color[3]) {
  vf basis[kMaxShCoefficients];
  shBasis<kDegree>(d, basis);
  for (int c = 0; c < 3; c++) {
    vf sum = vf{};
    for (int k = 0; k < (kDegree + 1) * (kDegree + 1); k++)
      sum += basis[k] * load(a.in.sh + (k * 3 + c) * a.stride + i);
    color[c] = sum + 0.5f;
    if (a.in.colorOffset) color[c] += load(a.in.colorOffset + c * a.stride + i);
  }
}

static inline void shColorOfDegree(const ProjectArgs& a, int i, vf color[3]) {
  vf d[3] = {};
  if (a.shDegree > 0) viewDirection(a, i, d);
  switch (a.shDegree) {
    case 0: shColor<0>(a, i, d, color); break;
    case 1: shColor<1>(a, i, d, color); break;
    case 2: shColor<2>(a, i, d, color); break;
    default: shColor<3>(a, i, d, color); break;
  }
}

static inline vf sigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }

// The tile whose pixel centres `side` of a box falls among, floor((side - 0.5) / 16), plus `more` (1 for the end of a
// range), within [0, tiles]. Clamped as a float, so that huge splats do not overflow.
static inline vf tileBorder(vf side, int more, int tiles) {
  const vf scaled = (side - 0.5f) * (1.0f / kTile);
  const vf clamped = vmin(vmax(scaled, splat(-1.0f)), splat((float)tiles));
  // Truncation is floor for what is not negative.
  const vf floored = __builtin_convertvector(__builtin_convertvector(clamped + 1.0f, vi), vf) - 1.0f + (float)more;
  return vmin(vmax(floored, vf{}), splat((float)tiles));
}

void projectForward(const ProjectArgs& a, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    Projection p;
    projectGeometry(a, i, p);
    const vf invDet = 1.0f / p.det;
    const vf opacity = sigmoid(load(a.in.opacity + i));
    vf color[3];
    shColorOfDegree(a, i, color);

    // alpha >= 1/255 inside the ellipse power >= -log(255 opacity); its bounding box has these half sizes. The slack
    // of 1e-3 covers the rounding of the logarithm: the rasteriser tests alpha itself.
    const vf reach = 2.0f * vlog(opacity * 255.0f) + 1e-3f;
    const vi visible = (p.z > kNearPlane) & (p.det > 0.0f) & (reach > 0.0f);
    const vf u = a.camera.fx * p.x * p.invZ + a.camera.cx, v = a.camera.fy * p.y * p.invZ + a.camera.cy;
    const vf extentX = vsqrt(keep(visible, reach * p.covXX)), extentY = vsqrt(keep(visible, reach * p.covYY));
    const vf conicXX = p.covYY * invDet, conicXY = -p.covXY * invDet, conicYY = p.covXX * invDet;

    const vf x0 = tileBorder(u - extentX, 0, a.tilesX), x1 = tileBorder(u + extentX, 1, a.tilesX);
    const vf y0 = tileBorder(v - extentY, 0, a.tilesY), y1 = tileBorder(v + extentY, 1, a.tilesY);

    const int count = end - i < kLanes ? end - i : kLanes;
    for (int lane = 0; lane < count; lane++) {
      TileRect& tiles = a.tiles[i + lane];
      tiles = {(int16_t)x0[lane], (int16_t)y0[lane], (int16_t)x1[lane], (int16_t)y1[lane]};
      if (!visible[lane] || tiles.x1 <= tiles.x0 || tiles.y1 <= tiles.y0) tiles = {0, 0, 0, 0};
    }
    // The fields of Splat in their order, turned into rows.
    constexpr int kFields = sizeof(Splat) / sizeof(float);
    const vf hidden = splat(-1.0f), zero = vf{};
    vf fields[kFields] = {u,
                          v,
                          conicXX,
                          conicXY,
                          conicYY,
                          opacity,
                          vmax(color[0], zero),
                          vmax(color[1], zero),
                          vmax(color[2], zero),
                          p.z,
                          select(visible, extentX, hidden),
                          select(visible, extentY, hidden),
                          p.covXX,
                          p.covXY,
                          p.covYY,
                          zero};
    for (int first = 0; first < kFields; first += kLanes) {
      transpose(fields + first);
      for (int lane = 0; lane < kLanes; lane++) store((float*)(a.splats + i + lane) + first, fields[first + lane]);
    }
  }
}

// dL/d(unit quaternion) from dL/d(rotation matrix), for the formulas in rotationMatrix.
static inline void rotationMatrixBackward(const vf q[4], const vf g[9], vf dq[4]) {
  const vf w = q[0], x = q[1], y = q[2], z = q[3];
  dq[0] = 2.0f * (z * (g[3] - g[1]) + y * (g[2] - g[6]) + x * (g[7] - g[5]));
  dq[1] = 2.0f * (y * (g[1] + g[3]) + z * (g[2] + g[6]) + w * (g[7] - g[5])) - 4.0f * x * (g[4] + g[8]);
  dq[2] = 2.0f * (x * (g[1] + g[3]) + z * (g[5] + g[7]) + w * (g[2] - g[6])) - 4.0f * y * (g[0] + g[8]);
  dq[3] = 2.0f * (x * (g[2] + g[6]) + y * (g[5] + g[7]) + w * (g[3] - g[1])) - 4.0f * z * (g[0] + g[4]);
}

// Gradients of the columns v_j of V (cov = sum v_j v_j^T + low-pass) from the moments S of dL/dpower. As
// power = -1/2 d^T K d with K = cov^-1, dL/dcov = 1/2 K S K, so with w_j = K v_j:
//   dL/dv_j = K S w_j,   dL/dlog(scale_j) = v_j . dL/dv_j = w_j^T S w_j.
// For a long thin splat K v_j is a small difference of large numbers; written with the cross products of the columns,
//   det K v_j = sum_k (v_j x v_k) (v_ky, -v_kx) + low-pass v_j,
// it keeps its digits.
static inline void covarianceBackward(float lowPass, const vf v[6], vf invDet, const vf conic[3], vf sxx, vf sxy,
                                      vf syy, vf dLogScale[3], vf dv[6]) {
  for (int j = 0; j < 3; j++) {
    vf wx = lowPass * v[j], wy = lowPass * v[3 + j];
    for (int k = 0; k < 3; k++) {
      const vf cross = v[j] * v[3 + k] - v[3 + j] * v[k];
      wx += cross * v[3 + k];
      wy -= cross * v[k];
    }
    wx *= invDet;
    wy *= invDet;
    const vf tx = sxx * wx + sxy * wy, ty = sxy * wx + syy * wy;
    dLogScale[j] = wx * tx + wy * ty;
    dv[j] = conic[0] * tx + conic[1] * ty;
    dv[3 + j] = conic[1] * tx + conic[2] * ty;
  }
}

template <int kDegree>
static inline void shBackward(const ProjectBackwardArgs& b, int i, const vf dColor[3], vf dMean[3]) {
  const ProjectArgs& a = b.forward;
  vf d[3], basis[kMaxShCoefficients];
  const vf invLength = kDegree > 0 ? viewDirection(a, i, d) : vf{};
  shBasis<kDegree>(d, basis);
  vf dBasis[kMaxShCoefficients];
  for (int k = 0; k < (kDegree + 1) * (kDegree + 1); k++) {
    dBasis[k] = vf{};
    for (int c = 0; c < 3; c++) {
      const int plane = (k * 3 + c) * a.stride + i;
      dBasis[k] += load(a.in.sh + plane) * dColor[c];
      store(b.sh + plane, basis[k] * dColor[c]);
    }
  }
  if (kDegree == 0) return;
  vf g[3];
  shBasisBackward<kDegree>(d, dBasis, g);
  const vf along = d[0] * g[0] + d[1] * g[1] + d[2] * g[2];
  for (int c = 0; c < 3; c++) dMean[c] += (g[c] - d[c] * along) * invLength;
}

// Stores `value` in the lanes of splats that were drawn, 0 elsewhere: culled ones hold infinities.
static inline void storeKept(float* out, vi drawn, vf value) { store(out, keep(drawn, value)); }

void projectBackward(const ProjectBackwardArgs& b, int begin, int end) {
  const ProjectArgs& a = b.forward;
  const float* view = a.camera.view;
  const int s = a.stride;
  for (int i = begin; i < end; i += kLanes) {
    constexpr int kFields = sizeof(Splat) / sizeof(float);
    vf fields[kFields];
    for (int first = 0; first < kFields; first += kLanes)
      loadColumns((const float*)(a.splats + i) + first, kFields, fields + first);
    const vf *conic = fields + 2, *color = fields + 6;
    const vf opacity = fields[5];
    vi drawn = fields[10] >= 0.0f;
    for (int lane = end - i; lane < kLanes; lane++) drawn[lane] = 0;
    vf grads[kSplatGrad];
    // Where a record is no whole number of vectors, the last one overlaps the one before.
    for (int first = 0; first < kSplatGrad; first += kLanes) {
      const int from = first + kLanes <= kSplatGrad ? first : kSplatGrad - kLanes;
      loadColumns(b.splatGrads + (int64_t)i * kSplatGrad + from, kSplatGrad, grads + from);
    }
    const vf gradPower = grads[kGradPower], gx = grads[kGradX], gy = grads[kGradY];
    Projection p;
    projectGeometry(a, i, p);

    vf v[6], dLogScale[3], dn[6];
    for (int c = 0; c < 6; c++) v[c] = p.n[c] * p.scale[c % 3];
    covarianceBackward(a.camera.lowPass, v, 1.0f / p.det, conic, grads[kGradXX], grads[kGradXY], grads[kGradYY],
                       dLogScale, dn);
    for (int c = 0; c < 3; c++) storeKept(b.logScales + c * s + i, drawn, dLogScale[c]);
    for (int c = 0; c < 6; c++) dn[c] *= p.scale[c % 3];
    // n = m R
    vf dRot[9], dm[6];
    for (int row = 0; row < 3; row++)
      for (int c = 0; c < 3; c++) dRot[row * 3 + c] = p.m[row] * dn[c] + p.m[3 + row] * dn[3 + c];
    for (int row = 0; row < 2; row++)
      for (int c = 0; c < 3; c++) {
        const vf* g = dn + row * 3;
        dm[row * 3 + c] = g[0] * p.rot[c * 3] + g[1] * p.rot[c * 3 + 1] + g[2] * p.rot[c * 3 + 2];
      }
    vf dq[4];
    rotationMatrixBackward(p.quat, dRot, dq);
    const vf along = dq[0] * p.quat[0] + dq[1] * p.quat[1] + dq[2] * p.quat[2] + dq[3] * p.quat[3];
    for (int c = 0; c < 4; c++) storeKept(b.quats + c * s + i, drawn, (dq[c] - p.quat[c] * along) * p.invNorm);

    // m = J W. On the field-of-view clamp jx = limit * z, so the entry -fx jx / z^2 = -fx limit / z.
    const vf dj00 = dm[0] * view[0] + dm[1] * view[1] + dm[2] * view[2];
    const vf dj02 = dm[0] * view[8] + dm[1] * view[9] + dm[2] * view[10];
    const vf dj11 = dm[3] * view[4] + dm[4] * view[5] + dm[5] * view[6];
    const vf dj12 = dm[3] * view[8] + dm[4] * view[9] + dm[5] * view[10];
    const vf fxz = a.camera.fx * p.invZ, fyz = a.camera.fy * p.invZ;
    const vf fxzz = fxz * p.invZ, fyzz = fyz * p.invZ;
    // power depends on the centre through d: dpower/du = -(a dx + b dy).
    const vf du = -(conic[0] * gx + conic[1] * gy), dv = -(conic[1] * gx + conic[2] * gy);
    storeKept(b.mean2d + i, drawn, du);
    storeKept(b.mean2d + s + i, drawn, dv);
    const vf one = splat(1.0f), two = splat(2.0f);
    const vf dx = du * fxz - keep(~p.clampedX, dj02 * fxzz);
    const vf dy = dv * fyz - keep(~p.clampedY, dj12 * fyzz);
    const vf dz = grads[kGradDepth] - dj00 * fxzz - dj11 * fyzz - du * fxzz * p.x - dv * fyzz * p.y +
                  select(p.clampedX, one, two) * dj02 * fxzz * p.jx * p.invZ +
                  select(p.clampedY, one, two) * dj12 * fyzz * p.jy * p.invZ;
    vf dMean[3];
    for (int c = 0; c < 3; c++) dMean[c] = view[c] * dx + view[4 + c] * dy + view[8 + c] * dz;

    vf dColor[3];
    for (int c = 0; c < 3; c++) {
      dColor[c] = keep(drawn & (color[c] > 0.0f), grads[kGradColor + c]);
      store(b.colorOffset + c * s + i, dColor[c]);
    }
    switch (a.shDegree) {
      case 0: shBackward<0>(b, i, dColor, dMean); break;
      case 1: shBackward<1>(b, i, dColor, dMean); break;
      case 2: shBackward<2>(b, i, dColor, dMean); break;
      default: shBackward<3>(b, i, dColor, dMean); break;
    }
    for (int c = 0; c < 3; c++) storeKept(b.means + c * s + i, drawn, dMean[c]);
    // alpha = opacity * exp(power): dL/dopacity = sum of dL/dpower / opacity.
    storeKept(b.opacity + i, drawn, gradPower * (1.0f - opacity));
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
