// Deformation by control nodes. For a Gaussian with centre x, rotation q and node weights w:
//   b = sum w q_k,  c = sum w p_k,  c' = sum w (p_k + t_k),  R = rotation of b / |b|
//   x' = c' + R (x - c),   q' = b (x) q,   colour offset = sum w colour_k.
// One blended rotation instead of a blend of rotated points: it costs a quarter and bends joints without the pinching
// of linear blend skinning. Node quaternions must be given on one hemisphere (the trainer grows them from the
// identity).
#pragma once

#include "../kernel_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

static inline vf blendedField(const float* blended, int i, int end, int field) {
  return gatherStrided(blended + (int64_t)i * kNodeFloats + field, kNodeFloats, end - i);
}

// Hamilton product a (x) b.
static inline void quatProduct(const vf a[4], const vf b[4], vf out[4]) {
  out[0] = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  out[1] = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  out[2] = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
  out[3] = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
}

// What both directions need of one vector of Gaussians.
struct NodeBlend {
  vf raw[4], unit[4], invNorm, rot[9], offset[3];
};

static inline void loadBlend(const NodeArgs& a, int i, int end, NodeBlend& b) {
  vf norm2 = vf{};
  for (int c = 0; c < 4; c++) {
    b.raw[c] = blendedField(a.blended, i, end, kNodeRotation + c);
    norm2 += b.raw[c] * b.raw[c];
  }
  // Opposite rotations can cancel; then the Gaussian keeps its orientation instead of becoming NaN.
  const vi cancelled = norm2 < 1e-12f;
  b.invNorm = 1.0f / vsqrt(select(cancelled, splat(1.0f), norm2));
  for (int c = 0; c < 4; c++) b.unit[c] = b.raw[c] * b.invNorm;
  b.unit[0] = select(cancelled, splat(1.0f), b.unit[0]);
  rotationMatrix(b.unit, b.rot);
  for (int c = 0; c < 3; c++)
    b.offset[c] = load(a.means + c * a.stride + i) - blendedField(a.blended, i, end, kNodeRest + c);
}

void blendNodesForward(const NodeArgs& a, int begin, int end) {
  for (int i = begin; i < end; i++) {
    float total[kNodeFloats] = {};
    for (int k = 0; k < kNodesPerGaussian; k++) {
      const float* node = a.nodes + a.neighbours[i * kNodesPerGaussian + k] * kNodeFloats;
      const float w = a.weights[i * kNodesPerGaussian + k];
      for (int f = 0; f < kNodeFloats; f++) total[f] += w * node[f];
    }
    __builtin_memcpy(a.blended + i * kNodeFloats, total, sizeof total);
  }
  for (int i = begin; i < end; i += kLanes) {
    NodeBlend b;
    loadBlend(a, i, end, b);
    vf q[4], product[4];
    for (int c = 0; c < 4; c++) q[c] = load(a.quats + c * a.stride + i);
    quatProduct(b.raw, q, product);
    for (int c = 0; c < 4; c++) store(a.outQuats + c * a.stride + i, product[c]);
    for (int c = 0; c < 3; c++) {
      const vf* r = b.rot + c * 3;
      store(a.outMeans + c * a.stride + i, blendedField(a.blended, i, end, kNodeTarget + c) + r[0] * b.offset[0] +
                                               r[1] * b.offset[1] + r[2] * b.offset[2]);
      store(a.outColors + c * a.stride + i, blendedField(a.blended, i, end, kNodeColor + c));
    }
  }
}

void blendNodesBackward(const NodeBackwardArgs& back, int begin, int end) {
  const NodeArgs& a = back.forward;
  for (int i = begin; i < end; i += kLanes) {
    NodeBlend b;
    loadBlend(a, i, end, b);
    vf g[3], gq[4], q[4], conjugate[4];
    for (int c = 0; c < 3; c++) g[c] = load(back.means + c * a.stride + i);
    for (int c = 0; c < 4; c++) gq[c] = back.quats ? load(back.quats + c * a.stride + i) : vf{};
    for (int c = 0; c < 4; c++) q[c] = load(a.quats + c * a.stride + i);

    vf dRot[9];
    for (int r = 0; r < 3; r++)
      for (int c = 0; c < 3; c++) dRot[r * 3 + c] = g[r] * b.offset[c];
    vf du[4], out[kNodeFloats];
    for (auto& field : out) field = vf{};
    rotationMatrixBackward(b.unit, dRot, du);
    const vf along = du[0] * b.unit[0] + du[1] * b.unit[1] + du[2] * b.unit[2] + du[3] * b.unit[3];
    // The product is bilinear and multiplication by a quaternion is a scaled rotation of 4-space, so its transpose is
    // multiplication by the conjugate.
    for (int c = 0; c < 4; c++) conjugate[c] = c == 0 ? q[c] : -q[c];
    vf dRaw[4], dQuat[4];
    quatProduct(gq, conjugate, dRaw);
    for (int c = 0; c < 4; c++) conjugate[c] = c == 0 ? b.raw[c] : -b.raw[c];
    quatProduct(conjugate, gq, dQuat);
    for (int c = 0; c < 4; c++) out[kNodeRotation + c] = dRaw[c] + (du[c] - b.unit[c] * along) * b.invNorm;
    for (int c = 0; c < 3; c++) {
      const vf back_ = b.rot[c] * g[0] + b.rot[3 + c] * g[1] + b.rot[6 + c] * g[2];
      out[kNodeTarget + c] = g[c];
      out[kNodeRest + c] = -back_;
      out[kNodeColor + c] = back.colors ? load(back.colors + c * a.stride + i) : vf{};
      store(back.means + c * a.stride + i, back_);
    }
    for (int c = 0; back.quats && c < 4; c++) store(back.quats + c * a.stride + i, dQuat[c]);
    for (int lane = 0; lane < kLanes && i + lane < end; lane++) {
      float* grads = back.blendedGrads + (i + lane) * kNodeFloats;
      for (int f = 0; f < kNodeFloats; f++) grads[f] = out[f][lane];
      for (int k = 0; k < kNodesPerGaussian; k++) {
        const float* node = a.nodes + a.neighbours[(i + lane) * kNodesPerGaussian + k] * kNodeFloats;
        float dot = 0.0f;
        for (int f = 0; f < kNodeFloats; f++) dot += node[f] * grads[f];
        back.weightGrads[(i + lane) * kNodesPerGaussian + k] = dot;
      }
    }
  }
}

// Gradients of nodes [begin, end): users[userStart[m] .. userStart[m + 1]) are the places (Gaussian * 4 + slot) that
// name node m, in increasing order.
void gatherNodeGradients(const NodeBackwardArgs& back, const int32_t* userStart, const int32_t* users, float* nodeGrads,
                         int begin, int end) {
  for (int m = begin; m < end; m++) {
    float total[kNodeFloats] = {};
    for (int u = userStart[m]; u < userStart[m + 1]; u++) {
      const float* grads = back.blendedGrads + (users[u] / kNodesPerGaussian) * kNodeFloats;
      const float w = back.forward.weights[users[u]];
      for (int f = 0; f < kNodeFloats; f++) total[f] += w * grads[f];
    }
    __builtin_memcpy(nodeGrads + m * kNodeFloats, total, sizeof total);
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
