// Small matrix products for the layers of the deformation network.
//
// One micro-kernel serves all three products of a linear layer, because it takes the strides of its left operand:
// forward Y = X W^T + b, backward dX = dY W, and dW += dY^T X. The left operand is broadcast number by number and the
// right one is read in whole vectors; all operands of one block of points fit into the second-level cache.
// NaN passes through, except that ReLU and the gate turn it into 0 (a comparison with NaN is false).
#pragma once

#include "../hexplane_args.h"
#include "../simd.h"

namespace charactershot {
namespace CS_VARIANT {

// 6 rows x 2 vectors: 12 accumulators, 2 vectors of b and 1 of a fill the 16 registers of SSE and AVX2.
constexpr int kTileRows = 6;
constexpr int kTileVectors = 2;

template <int Rows, int Vectors>
static inline void matmulTile(const MatMulArgs& m, int row, int column) {
  vf acc[Rows][Vectors];
  for (int r = 0; r < Rows; r++)
    for (int v = 0; v < Vectors; v++) acc[r][v] = m.bias ? load(m.bias + column + v * kLanes) : vf{};

  const float* a = m.a + row * m.aRow;
  const float* b = m.b + column;
  for (int k = 0; k < m.depth; k++, a += m.aDepth, b += m.bDepth) {
    vf right[Vectors];
    for (int v = 0; v < Vectors; v++) right[v] = load(b + v * kLanes);
    for (int r = 0; r < Rows; r++) {
      const vf left = splat(a[r * m.aRow]);
      for (int v = 0; v < Vectors; v++) acc[r][v] += left * right[v];
    }
  }

  // One short loop for each step: GCC unrolls these completely and keeps the accumulators in registers.
  float* c = m.c + row * m.cRow + column;
  if (m.accumulate)
    for (int r = 0; r < Rows; r++)
      for (int v = 0; v < Vectors; v++) acc[r][v] += load(c + r * m.cRow + v * kLanes);
  if (m.relu)
    for (int r = 0; r < Rows; r++)
      for (int v = 0; v < Vectors; v++) acc[r][v] = keep(acc[r][v] > 0.0f, acc[r][v]);
  if (m.gate) {
    const float* gate = m.gate + row * m.cRow + column;
    for (int r = 0; r < Rows; r++)
      for (int v = 0; v < Vectors; v++) acc[r][v] = keep(load(gate + r * m.cRow + v * kLanes) > 0.0f, acc[r][v]);
  }
  for (int r = 0; r < Rows; r++)
    for (int v = 0; v < Vectors; v++) store(c + r * m.cRow + v * kLanes, acc[r][v]);
}

template <int Rows>
static void matmulRows(const MatMulArgs& m, int row, int columnBegin, int columnEnd) {
  int column = columnBegin;
  for (; column + kTileVectors * kLanes <= columnEnd; column += kTileVectors * kLanes)
    matmulTile<Rows, kTileVectors>(m, row, column);
  for (; column < columnEnd; column += kLanes) matmulTile<Rows, 1>(m, row, column);
}

void matmul(const MatMulArgs& m) {
  const int columns = (m.columns + kLanes - 1) / kLanes * kLanes;
  // One panel of b (depth x 2 vectors) stays in the first-level cache while all rows pass over it.
  const int panel = kTileVectors * kLanes;
  for (int begin = 0; begin < columns; begin += panel) {
    const int end = begin + panel < columns ? begin + panel : columns;
    int row = 0;
    for (; row + kTileRows <= m.rows; row += kTileRows) matmulRows<kTileRows>(m, row, begin, end);
    switch (m.rows - row) {
      case 5: matmulRows<5>(m, row, begin, end); break;
      case 4: matmulRows<4>(m, row, begin, end); break;
      case 3: matmulRows<3>(m, row, begin, end); break;
      case 2: matmulRows<2>(m, row, begin, end); break;
      case 1: matmulRows<1>(m, row, begin, end); break;
      default: break;
    }
  }
}

}  // namespace CS_VARIANT
}  // namespace charactershot
