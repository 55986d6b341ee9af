import { expect, it } from 'vitest';
import { rotaryTable } from '../../native/inference/graphs/rotary.ts';
import { timeProjection } from '../../native/inference/graphs/time-projection.ts';
import { asRecord } from './golden.ts';
import { GoldenCase, GoldenErrors, goldenJson } from './inference-golden.ts';

const errors = new GoldenErrors('tables of the transformer');
const tables = new GoldenCase('dit4d/rotary_real');
/** The grid of 720 x 480 pixels, which the tables of other sizes are fitted into. */
const TRAINED = { height: 30, width: 45 };

it.each(Object.entries(asRecord(goldenJson('dit4d/rotary_real.json').cases)))('makes the table %s', (name, entry) => {
  const {
    grid,
    frames,
    rows,
    table_shape: shape,
  } = asRecord(entry) as {
    grid: [number, number];
    frames: number;
    rows: number[];
    table_shape: [number, number];
  };
  const table = rotaryTable(frames, { height: grid[0], width: grid[1] }, TRAINED, shape[1]);
  expect([table.rows, table.pairs * 2]).toEqual(shape);
  for (const kind of ['cos', 'sin'] as const) {
    // The authors store every number twice, once for each channel of a pair.
    const listed = rows.flatMap((row) =>
      Array.from({ length: shape[1] }, (_, channel) => table[kind][row * table.pairs + (channel >> 1)] ?? NaN),
    );
    errors.checkNumbers(`${name} ${kind}`, listed, tables.data(`${name}_${kind}`), 1e-5);
  }
});

it('makes the sinusoids of the time', () => {
  const golden = new GoldenCase('dit4d/timestep_embedding_real');
  const reference = golden.tensor('out_time_proj');
  const made = timeProjection([...golden.data('in_timestep')], reference.dims[1] ?? 0);
  errors.check('time_proj of width 3072', made, reference, 1e-4);
});
