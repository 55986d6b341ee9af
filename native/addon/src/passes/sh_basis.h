// Real spherical harmonics of a unit vector up to degree 3 and the derivative of their sum, in the order and with the
// signs that splat files use (golden data, "SH basis").
#pragma once

#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

constexpr float kSh0 = 0.28209479177387814f;
constexpr float kSh1 = 0.4886025119029199f;
constexpr float kSh2[5] = {1.0925484305920792f, -1.0925484305920792f, 0.31539156525252005f, -1.0925484305920792f,
                           0.5462742152960396f};
constexpr float kSh3[7] = {-0.5900435899266435f, 2.890611442640554f, -0.4570457994644658f, 0.3731763325901154f,
                           -0.4570457994644658f, 1.445305721320277f, -0.5900435899266435f};

template <int kDegree>
static inline void shBasis(const vf d[3], vf* basis) {
  basis[0] = splat(kSh0);
  if (kDegree < 1) return;
  const vf x = d[0], y = d[1], z = d[2];
  basis[1] = -kSh1 * y;
  basis[2] = kSh1 * z;
  basis[3] = -kSh1 * x;
  if (kDegree < 2) return;
  const vf xx = x * x, yy = y * y, zz = z * z;
  basis[4] = kSh2[0] * (x * y);
  basis[5] = kSh2[1] * (y * z);
  basis[6] = kSh2[2] * (2.0f * zz - xx - yy);
  basis[7] = kSh2[3] * (x * z);
  basis[8] = kSh2[4] * (xx - yy);
  if (kDegree < 3) return;
  basis[9] = kSh3[0] * y * (3.0f * xx - yy);
  basis[10] = kSh3[1] * (x * y) * z;
  basis[11] = kSh3[2] * y * (4.0f * zz - xx - yy);
  basis[12] = kSh3[3] * z * (2.0f * zz - 3.0f * xx - 3.0f * yy);
  basis[13] = kSh3[4] * x * (4.0f * zz - xx - yy);
  basis[14] = kSh3[5] * z * (xx - yy);
  basis[15] = kSh3[6] * x * (xx - 3.0f * yy);
}

// Gradient with respect to the direction of sum(w[k] * basis[k]).
template <int kDegree>
static inline void shBasisBackward(const vf d[3], const vf* w, vf g[3]) {
  const vf x = d[0], y = d[1], z = d[2];
  g[0] = -kSh1 * w[3];
  g[1] = -kSh1 * w[1];
  g[2] = kSh1 * w[2];
  if (kDegree < 2) return;
  g[0] += kSh2[0] * y * w[4] - 2.0f * kSh2[2] * x * w[6] + kSh2[3] * z * w[7] + 2.0f * kSh2[4] * x * w[8];
  g[1] += kSh2[0] * x * w[4] + kSh2[1] * z * w[5] - 2.0f * kSh2[2] * y * w[6] - 2.0f * kSh2[4] * y * w[8];
  g[2] += kSh2[1] * y * w[5] + 4.0f * kSh2[2] * z * w[6] + kSh2[3] * x * w[7];
  if (kDegree < 3) return;
  const vf xx = x * x, yy = y * y, zz = z * z, xy = x * y, yz = y * z, xz = x * z;
  g[0] += 6.0f * kSh3[0] * xy * w[9] + kSh3[1] * yz * w[10] - 2.0f * kSh3[2] * xy * w[11] -
          6.0f * kSh3[3] * xz * w[12] + kSh3[4] * (4.0f * zz - 3.0f * xx - yy) * w[13] + 2.0f * kSh3[5] * xz * w[14] +
          kSh3[6] * (3.0f * xx - 3.0f * yy) * w[15];
  g[1] += kSh3[0] * (3.0f * xx - 3.0f * yy) * w[9] + kSh3[1] * xz * w[10] +
          kSh3[2] * (4.0f * zz - xx - 3.0f * yy) * w[11] - 6.0f * kSh3[3] * yz * w[12] - 2.0f * kSh3[4] * xy * w[13] -
          2.0f * kSh3[5] * yz * w[14] - 6.0f * kSh3[6] * xy * w[15];
  g[2] += kSh3[1] * xy * w[10] + 8.0f * kSh3[2] * yz * w[11] + kSh3[3] * (6.0f * zz - 3.0f * xx - 3.0f * yy) * w[12] +
          8.0f * kSh3[4] * xz * w[13] + kSh3[5] * (xx - yy) * w[14];
}

}  // namespace CS_VARIANT
}  // namespace charactershot
