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

static_assert(kNodesPerGaussian == 4, "weights are handled in groups of four lanes");
constexpr int kRowVectors = kNodeFloats / kLanes;  // vectors in the row of a node

// A vector of Gaussians: field f of their blended nodes in fields[f]. Rows are added up whole and turned around at the
// end: GCC makes shuffles of the plain loops, at more than twice the time. Lanes from `end` on are 0.
static inline void blendRows(const NodeArgs& a, int i, int end, vf fields[kNodeFloats]) {
  for (int f = 0; f < kNodeFloats; f++) fields[f] = vf{};
  for (int lane = 0; lane < kLanes && i + lane < end; lane++) {
    const int64_t place = (int64_t)(i + lane) * kNodesPerGaussian;
    for (int k = 0; k < kNodesPerGaussian; k++) {
      const float* node = a.nodes + a.neighbours[place + k] * kNodeFloats;
      for (int r = 0; r < kRowVectors; r++) fields[r * kLanes + lane] += a.weights[place + k] * load(node + r * kLanes);
    }
  }
  for (int r = 0; r < kRowVectors; r++) transpose(fields + r * kLanes);
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

// `kept` holds the kBlendKept vectors of NodeArgs::blended for the Gaussians from i on.
static inline void loadBlend(const NodeArgs& a, int i, const float* kept, NodeBlend& b) {
  vf norm2 = vf{};
  for (int c = 0; c < 4; c++) {
    b.raw[c] = load(kept + c * kLanes);
    norm2 += b.raw[c] * b.raw[c];
  }
  // Opposite rotations can cancel; then the Gaussian keeps its orientation instead of becoming NaN.
  const vi cancelled = norm2 < 1e-12f;
  b.invNorm = 1.0f / vsqrt(select(cancelled, splat(1.0f), norm2));
  for (int c = 0; c < 4; c++) b.unit[c] = b.raw[c] * b.invNorm;
  b.unit[0] = select(cancelled, splat(1.0f), b.unit[0]);
  rotationMatrix(b.unit, b.rot);
  for (int c = 0; c < 3; c++) b.offset[c] = load(a.means + c * a.stride + i) - load(kept + (4 + c) * kLanes);
}

void blendNodesForward(const NodeArgs& a, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    vf fields[kNodeFloats];
    blendRows(a, i, end, fields);
    float* kept = a.blended + (int64_t)i * kBlendKept;
    for (int c = 0; c < 4; c++) store(kept + c * kLanes, fields[kNodeRotation + c]);
    for (int c = 0; c < 3; c++) store(kept + (4 + c) * kLanes, fields[kNodeRest + c]);
    NodeBlend b;
    loadBlend(a, i, kept, b);
    vf q[4], product[4];
    for (int c = 0; c < 4; c++) q[c] = load(a.quats + c * a.stride + i);
    quatProduct(b.raw, q, product);
    for (int c = 0; c < 4; c++) store(a.outQuats + c * a.stride + i, product[c]);
    for (int c = 0; c < 3; c++) {
      const vf* r = b.rot + c * 3;
      store(a.outMeans + c * a.stride + i,
            fields[kNodeTarget + c] + r[0] * b.offset[0] + r[1] * b.offset[1] + r[2] * b.offset[2]);
      store(a.outColors + c * a.stride + i, fields[kNodeColor + c]);
    }
  }
}

// Adds to the gradients of kLanes logits, those of whole Gaussians, from the gradients of their weights.
static inline void addLogitGrads(float* logitGrads, const float* weights, vf weightGrads) {
  const vf w = load(weights), mean = sumOfFour(w * weightGrads);
  store(logitGrads, load(logitGrads) + w * (weightGrads - mean));
}

// Hands the gradients of a vector of blended nodes, by fields, to the Gaussians from i on: as rows, and to the logits.
static inline void storeBlendGrads(const NodeBackwardArgs& back, int i, int end, vf fields[kNodeFloats]) {
  const NodeArgs& a = back.forward;
  for (int r = 0; r < kRowVectors; r++) transpose(fields + r * kLanes);
  constexpr int kTogether = kLanes / kNodesPerGaussian;  // Gaussians whose weights make one vector
  for (int first = 0; first < kLanes && i + first < end; first += kTogether) {
    vf dots[kLanes] = {};
    const int count = end - i - first < kTogether ? end - i - first : kTogether;
    for (int g = 0; g < count; g++) {
      const int lane = first + g;
      float* row = back.blendedGrads + (int64_t)(i + lane) * kNodeFloats;
      for (int r = 0; r < kRowVectors; r++) store(row + r * kLanes, fields[r * kLanes + lane]);
      const int32_t* neighbours = a.neighbours + (int64_t)(i + lane) * kNodesPerGaussian;
      for (int k = 0; k < kNodesPerGaussian; k++) {
        const float* node = a.nodes + neighbours[k] * kNodeFloats;
        for (int r = 0; r < kRowVectors; r++)
          dots[g * kNodesPerGaussian + k] += load(node + r * kLanes) * fields[r * kLanes + lane];
      }
    }
    const vf weightGrads = sums(dots);
    const int64_t place = (int64_t)(i + first) * kNodesPerGaussian;
    if (count == kTogether) {
      addLogitGrads(back.logitGrads + place, a.weights + place, weightGrads);
    } else {
      // Nothing is behind the last row; what is there is done as if it were a whole vector.
      float grads[kLanes] = {}, weights[kLanes] = {};
      const size_t bytes = count * kNodesPerGaussian * sizeof(float);
      __builtin_memcpy(grads, back.logitGrads + place, bytes);
      __builtin_memcpy(weights, a.weights + place, bytes);
      addLogitGrads(grads, weights, weightGrads);
      __builtin_memcpy(back.logitGrads + place, grads, bytes);
    }
  }
}

void blendNodesBackward(const NodeBackwardArgs& back, int begin, int end) {
  const NodeArgs& a = back.forward;
  for (int i = begin; i < end; i += kLanes) {
    NodeBlend b;
    loadBlend(a, i, a.blended + (int64_t)i * kBlendKept, b);
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
    storeBlendGrads(back, i, end, out);
  }
}

// Gradients of nodes [begin, end): users[userStart[m] .. userStart[m + 1]) are the places (Gaussian * 4 + slot) that
// name node m, in increasing order.
void gatherNodeGradients(const NodeBackwardArgs& back, const int32_t* userStart, const int32_t* users, float* nodeGrads,
                         int begin, int end) {
  for (int m = begin; m < end; m++) {
    // Two sums, so that an addition need not wait for the one before.
    vf total[2][kRowVectors] = {};
    auto add = [&](int u, vf sum[kRowVectors]) {
      const float* grads = back.blendedGrads + (int64_t)(users[u] / kNodesPerGaussian) * kNodeFloats;
      const float w = back.forward.weights[users[u]];
      for (int r = 0; r < kRowVectors; r++) sum[r] += w * load(grads + r * kLanes);
    };
    int u = userStart[m];
    for (; u + 1 < userStart[m + 1]; u += 2) {
      add(u, total[0]);
      add(u + 1, total[1]);
    }
    if (u < userStart[m + 1]) add(u, total[0]);
    for (int r = 0; r < kRowVectors; r++) store(nodeGrads + m * kNodeFloats + r * kLanes, total[0][r] + total[1][r]);
  }
}

static inline void softmaxOfFour(const float* logits, float* weights) {
  const vf x = load(logits), e = vexp(x - maxOfFour(x));
  store(weights, e / sumOfFour(e));
}

void softmaxRows(const float* logits, float* weights, int begin, int end) {
  int64_t i = (int64_t)begin * kNodesPerGaussian;
  const int64_t last = (int64_t)end * kNodesPerGaussian;
  for (; i + kLanes <= last; i += kLanes) softmaxOfFour(logits + i, weights + i);
  if (i == last) return;
  float x[kLanes] = {}, w[kLanes];
  __builtin_memcpy(x, logits + i, (last - i) * sizeof(float));
  softmaxOfFour(x, w);
  __builtin_memcpy(weights + i, w, (last - i) * sizeof(float));
}

}  // namespace CS_VARIANT
}  // namespace charactershot
