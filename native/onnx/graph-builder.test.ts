import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/helpers/temporary-folder.ts';
import { GraphBuilder } from './graph-builder.ts';
import { openNetwork } from './session.ts';
import { floatTensor } from './tensor.ts';

const run = async (model: Uint8Array | string, values: readonly number[]): Promise<number[]> => {
  const network = await openNetwork(model, 'test', { threads: 1 });
  const results = await network.run({ data: Float32Array.from(values), dims: [1, values.length] });
  await network.dispose();
  return [...(results.get('y') ?? [])];
};

test('a graph computes what was written, attributes of all kinds included', async () => {
  const graph = new GraphBuilder('test');
  const x = graph.input('x', 'float32', [1, 'length']);
  const scaled = graph.within('first', () => graph.op('Mul', [x, graph.float(2)]));
  const leaky = graph.op('LeakyRelu', [scaled], { alpha: { float: 0.5 } });
  const [left = '', right = ''] = graph.ops('Split', [leaky], { axis: 1, num_outputs: 2 }, 2);
  const swapped = graph.op('Concat', [right, left], { axis: 1 });
  const padded = graph.op('Pad', [swapped, graph.ints([0, 1, 0, 0])], { mode: 'edge' });
  graph.output('y', padded, 'float32', [1, 'padded']);
  expect(await run(graph.encode(), [1, -2, 3, -4])).toEqual([6, 6, -4, 2, -2]);
});

test('weights may lie in another file, at an offset', async () => {
  const folder = await temporaryFolder();
  const stored = floatTensor([0, 0, 10, 20, 30], [5]);
  await writeFile(join(folder, 'weights.bin'), stored.bytes);
  const graph = new GraphBuilder('test');
  const x = graph.input('x', 'float32', [1, 3]);
  const place = { location: 'weights.bin', offset: 8 };
  graph.output(
    'y',
    graph.op('Add', [x, graph.externalWeights('w', { type: 'float32', dims: [3], ...place })]),
    'float32',
  );
  await writeFile(join(folder, 'graph.onnx'), graph.encode());
  expect(await run(join(folder, 'graph.onnx'), [1, 2, 3])).toEqual([11, 22, 33]);
});

test('the same constant is stored once', () => {
  const graph = new GraphBuilder('test');
  expect(graph.ints([1, 2])).toBe(graph.ints([1, 2]));
  expect(graph.ints([1, 2])).not.toBe(graph.ints([2, 1]));
});

test('a float where a whole number belongs, and a name given twice, are refused by name', () => {
  const graph = new GraphBuilder('test');
  graph.input('x', 'float32', [1]);
  expect(() => graph.op('Gather', ['x'], { axis: 0.5 })).toThrow(/attribute axis is given as 0.5/);
  expect(() => graph.input('x', 'float32', [1])).toThrow(/two values named x/);
});

test('bytes that are no model are told in one sentence', async () => {
  await expect(openNetwork(new Uint8Array([1, 2, 3]), 'broken.onnx')).rejects.toThrow(
    /^The model broken.onnx cannot be loaded; fetch or install it again\.$/,
  );
});
