import { describe, expect, it, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { openNetwork } from './session.ts';
import { fromHalf, readTfjsModel } from './tfjs-model.ts';
import { convertTfjsModel } from './tfjs-to-onnx.ts';

interface Weight {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype?: 'float32' | 'int32' | 'float16';
}

interface Graph {
  readonly input: readonly number[];
  readonly nodes: readonly { name: string; op: string; input: readonly string[]; attr?: object }[];
  readonly weights?: Readonly<Record<string, Weight>>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (value: string): object => ({ s: base64(value) });
const texts = (...values: string[]): object => ({ list: { s: values.map(base64) } });
const ints = (...values: number[]): object => ({ list: { i: values.map(String) } });
const WINDOW = { data_format: text('NHWC'), dilations: ints(1, 1, 1, 1) };

/** A graph in the files' own form: the JSON and the weights behind it. The last node is the result. */
function tfjsFiles({ input, nodes, weights = {} }: Graph): { json: Uint8Array; bin: Uint8Array } {
  const entries = Object.entries(weights);
  const manifest = entries.map(([name, { shape, dtype = 'float32' }]) =>
    dtype === 'float16'
      ? { name, shape, dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } }
      : { name, shape, dtype },
  );
  const bytes = entries.map(([, { values, dtype = 'float32' }]) => {
    if (dtype === 'float16') return Buffer.from(Uint16Array.from(values).buffer);
    return Buffer.from((dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)).buffer);
  });
  const shape = { shape: { dim: input.map((size) => ({ size: String(size) })) } };
  const placeholder = { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape } };
  const constants = entries.map(([name]) => ({ name, op: 'Const' }));
  const signature = { outputs: { y: { name: `${nodes.at(-1)?.name ?? ''}:0` } } };
  const root = {
    format: 'graph-model',
    signature,
    modelTopology: { node: [...[...nodes].reverse(), ...constants, placeholder] },
    weightsManifest: [{ paths: ['model.bin'], weights: manifest }],
  };
  return { json: Buffer.from(JSON.stringify(root)), bin: Buffer.concat(bytes) };
}

/** Converts and runs it on the numbers 1, 2, 3, ... */
async function compute(graph: Graph): Promise<number[]> {
  const { json, bin } = tfjsFiles(graph);
  const network = await openNetwork(convertTfjsModel(readTfjsModel(json, bin, 'test'), 'test'), 'test', { threads: 1 });
  const dims = graph.input.map((size) => Math.max(1, size));
  const count = dims.reduce((product, size) => product * size, 1);
  const results = await network.run({ data: Float32Array.from({ length: count }, (_, i) => i + 1), dims });
  await network.dispose();
  return [...(results.get('y') ?? [])];
}

describe('convolutions', () => {
  const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

  it('pad as TensorFlow does: with stride 2 the odd pixel goes to the right and below', async () => {
    const attr = { ...WINDOW, padding: text('SAME'), strides: ints(1, 2, 2, 1) };
    const nodes = [{ name: 'c', op: 'Conv2D', input: ['x', 'w'], attr }];
    // 4x4 picture, 3x3 sums: the window of the first result starts at the first pixel
    const weights = { w: { shape: [3, 3, 1, 1], values: ones(9) } };
    expect(await compute({ input: [-1, 4, 4, 1], nodes, weights })).toEqual([54, 45, 72, 54]);
  });

  it('mix channels as the weights say, with bias and a limit', async () => {
    const attr = {
      ...WINDOW,
      padding: text('VALID'),
      strides: ints(1, 1, 1, 1),
      fused_ops: texts('BiasAdd', 'Relu6'),
    };
    const nodes = [{ name: 'c', op: '_FusedConv2D', input: ['x', 'w', 'b'], attr }];
    // two pixels of two channels, three results each: a, b - a, 10 a + b
    const weights = {
      w: { shape: [1, 1, 2, 3], values: [1, -1, 10, 0, 1, 1] },
      b: { shape: [3], values: [0.5, -2, -8] },
    };
    expect(await compute({ input: [1, 1, 2, 2], nodes, weights })).toEqual([1.5, 0, 4, 3.5, 0, 6]);
  });

  it('treat channels alone when depthwise', async () => {
    const attr = { ...WINDOW, padding: text('SAME'), strides: ints(1, 1, 1, 1) };
    const nodes = [{ name: 'd', op: 'DepthwiseConv2dNative', input: ['x', 'w'], attr }];
    // row of three pixels with two channels: the first sums its neighbours, the second is negated
    const weights = { w: { shape: [1, 3, 2, 1], values: [1, 0, 1, -1, 1, 0] } };
    expect(await compute({ input: [1, 1, 3, 2], nodes, weights })).toEqual([4, -2, 9, -4, 8, -6]);
  });

  it('spread pixels when transposed', async () => {
    const attr = { ...WINDOW, padding: text('SAME'), strides: ints(1, 2, 2, 1) };
    const nodes = [{ name: 't', op: 'Conv2DBackpropInput', input: ['size', 'w', 'x'], attr }];
    const weights = {
      size: { shape: [4], values: [1, 2, 4, 1], dtype: 'int32' },
      w: { shape: [2, 2, 1, 1], values: [1, 2, 3, 4] },
    } as const;
    expect(await compute({ input: [1, 1, 2, 1], nodes, weights })).toEqual([1, 2, 2, 4, 3, 4, 6, 8]);
  });
});

test('pictures are scaled with half-pixel centres', async () => {
  const attr = { align_corners: { b: false }, half_pixel_centers: { b: true } };
  const nodes = [{ name: 'r', op: 'ResizeBilinear', input: ['x', 'size'], attr }];
  const weights = { size: { shape: [2], values: [1, 4], dtype: 'int32' } } as const;
  expect(await compute({ input: [1, 1, 2, 1], nodes, weights })).toEqual([1, 1.25, 1.75, 2]);
});

test('stacks are taken apart and put together', async () => {
  const nodes = [
    { name: 'u', op: 'Unpack', input: ['x'], attr: { axis: { i: '0' }, num: { i: '2' } } },
    { name: 'p', op: 'Pack', input: ['u:1', 'u'], attr: { axis: { i: '1' } } },
  ];
  expect(await compute({ input: [2, 3], nodes })).toEqual([4, 1, 5, 2, 6, 3]);
});

test('whole numbers are divided downwards, below 0 too', async () => {
  const cast = (from: string, to: string): object => ({ SrcT: { type: from }, DstT: { type: to } });
  const nodes = [
    { name: 'i', op: 'Cast', input: ['x'], attr: cast('DT_FLOAT', 'DT_INT32') },
    { name: 's', op: 'Sub', input: ['i', 'four'] },
    { name: 'f', op: 'FloorDiv', input: ['s', 'two'] },
    { name: 'y', op: 'Cast', input: ['f'], attr: cast('DT_INT32', 'DT_FLOAT') },
  ];
  const number = (value: number) => ({ shape: [], values: [value], dtype: 'int32' }) as const;
  const weights = { four: number(4), two: number(2) };
  expect(await compute({ input: [6], nodes, weights })).toEqual([-2, -1, -1, 0, 0, 1]);
});

test('weights of half precision are read', async () => {
  const nodes = [{ name: 'm', op: 'Mul', input: ['x', 'h'] }];
  const weights = { h: { shape: [3], values: [0x3c00, 0xc100, 0x0001], dtype: 'float16' } } as const;
  expect(await compute({ input: [3], nodes, weights })).toEqual([1, -5, 3 * 2 ** -24]);
  expect([0x7bff, 0x7c00, 0x8000].map(fromHalf)).toEqual([65_504, Infinity, -0]);
  expect(fromHalf(0x7e00)).toBeNaN();
});

describe('a model that is not what it should be', () => {
  const nodes = [{ name: 'm', op: 'Mul', input: ['x', 'h'] }];
  const weights = { h: { shape: [3], values: [1, 2, 3] } };

  it('is refused when an operation is not known', async () => {
    const unknown = [{ name: 'm', op: 'NonMaxSuppressionV5', input: ['x'] }];
    await expect(compute({ input: [3], nodes: unknown })).rejects.toThrow(/NonMaxSuppressionV5 is not known/);
  });

  it.each([
    ['weights end early', (bin: Uint8Array) => bin.subarray(4), /damaged \(its weights are incomplete\)/],
    ['weights are of another model', (bin: Uint8Array) => Buffer.concat([bin, bin]), /do not belong to it/],
  ])('is refused when %s', (_, change, message) => {
    const { json, bin } = tfjsFiles({ input: [3], nodes, weights });
    expect(() => readTfjsModel(json, change(bin), 'test')).toThrow(AppError);
    expect(() => readTfjsModel(json, change(bin), 'test')).toThrow(message);
  });

  it('is refused when it is no graph', () => {
    expect(() => readTfjsModel(Buffer.from('{"format":"layers-model"}'), new Uint8Array(), 'test')).toThrow(/no graph/);
  });
});
