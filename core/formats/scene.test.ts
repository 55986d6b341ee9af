import { expect, test } from 'vitest';
import type { Deformation, HexPlaneConfig, Scene } from '../deformation/deformation.ts';
import { hexPlaneShapes } from '../deformation/hexplane-shapes.ts';
import { AppError } from '../errors.ts';
import { allocateGaussians } from '../gaussians.ts';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.ts';
import { readScene, writeScene } from './scene.ts';

const COUNT = 5;
const NODES = 3;
const FRAMES = 4;

const floats = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed * 100 + i));

const nodes: Deformation = {
  kind: 'nodes',
  frames: FRAMES,
  nodes: floats(NODES * 3, 1),
  rotations: floats(FRAMES * NODES * 4, 2),
  translations: floats(FRAMES * NODES * 3, 3),
  colours: floats(FRAMES * NODES * 3, 4),
  neighbours: Int32Array.from({ length: COUNT * 4 }, (_, i) => i % NODES),
  weights: new Float32Array(COUNT * 4).fill(0.25),
};

const config: HexPlaneConfig = {
  multires: [1, 2],
  channels: 2,
  resolution: [3, 4, 5, 6],
  width: 7,
  depth: 2,
  heads: { position: true, scale: true, rotation: true, opacity: false, sh: false },
  aabb: [
    [1, 1, 2],
    [-1, -1, 0],
  ],
};

const hexplane: Deformation = {
  kind: 'hexplane',
  config,
  parameters: new Map(
    [...hexPlaneShapes(config)].map(([name, shape], i) => {
      return [
        name,
        {
          shape,
          data: floats(
            shape.reduce((a, b) => a * b, 1),
            i,
          ),
        },
      ];
    }),
  ),
};

function sceneWith(deformation: Deformation): Scene {
  const gaussians = allocateGaussians(COUNT, 1);
  for (const values of [gaussians.means, gaussians.logScales, gaussians.quats, gaussians.opacityLogits, gaussians.sh]) {
    values.set(floats(values.length, values.length));
  }
  return { gaussians, deformation, fps: 12.5, frames: FRAMES, background: [1, 0.5, 0] };
}

test.each<[string, Deformation]>([
  ['static', { kind: 'static' }],
  ['nodes', nodes],
  ['hexplane', hexplane],
])('a scene with the %s deformation is read back as it was', (_, deformation) => {
  const scene = sceneWith(deformation);
  expect(readScene(writeScene(scene), 'a.4dgs')).toEqual(scene);
});

test('the tensors carry the published names and shapes', () => {
  const { tensors, metadata } = readSafetensors(writeScene(sceneWith(hexplane)));
  expect(tensors.get('deformation_net.grid.grids.1.2')?.shape).toEqual([1, 2, 6, 6]);
  expect(tensors.get('deformation_net.feature_out.0.weight')?.shape).toEqual([7, 4]);
  expect(tensors.get('sh')?.shape).toEqual([COUNT, 4, 3]);
  expect(metadata.get('format')).toBe('charactershot-4dgs');
});

/** A scene file after `change` had its way with its tensors and metadata. */
function changed(change: (tensors: Map<string, Tensor>, metadata: Map<string, string>) => void): Uint8Array {
  const file = readSafetensors(writeScene(sceneWith(nodes)));
  const [tensors, metadata] = [new Map(file.tensors), new Map(file.metadata)];
  change(tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

const f32 = (shape: number[], fill = 0): Tensor => ({
  dtype: 'F32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
});

test.each<[string, Uint8Array, RegExp]>([
  ['any other safetensors file', changed((_, m) => m.delete('format')), /^a\.4dgs lacks "format"/],
  ['no frames', changed((_, m) => m.set('frames', '0')), /impossible frames "0"/],
  ['half a frame', changed((_, m) => m.set('frames', '2.5')), /impossible frames/],
  ['an empty rate', changed((_, m) => m.set('fps', '')), /impossible fps/],
  ['a strange background', changed((_, m) => m.set('background', '[1,2,3]')), /background/],
  ['an unknown deformation', changed((_, m) => m.set('deformation', 'toString')), /deformation "toString"/],
  ['a missing tensor', changed((t) => t.delete('quats')), /lacks the tensor "quats"/],
  ['sizes that differ', changed((t) => t.set('quats', f32([4, 4]))), /"quats" as \[4, 4\] instead of \[5, 4\]/],
  ['odd harmonics', changed((t) => t.set('sh', f32([5, 2, 3]))), /2 coefficients/],
  ['other frames', changed((_, m) => m.set('frames', '3')), /nodes\.rotations/],
  ['NaN', changed((t) => t.set('log_scales', f32([5, 3], NaN))), /element 0 of "log_scales"/],
  [
    'a node that is not there',
    changed((t) => t.set('nodes.neighbours', { dtype: 'I32', shape: [5, 4], data: new Int32Array(20).fill(3) })),
    /outside the 3 nodes/,
  ],
  ['indices as floats', changed((t) => t.set('nodes.neighbours', f32([5, 4]))), /as F32 instead of I32/],
  [
    'a made-up network',
    changed((_, m) => m.set('deformation', 'hexplane').set('hexplane', '{"multires":[1e9]}')),
    /impossible HexPlane/,
  ],
])('refused: %s', (_, bytes, message) => {
  expect(() => readScene(bytes, 'a.4dgs')).toThrow(message);
  expect(() => readScene(bytes, 'a.4dgs')).toThrow(AppError);
});

test('a file of a newer version says to update, in one sentence', () => {
  const bytes = changed((tensors, metadata) => {
    metadata.set('version', '2');
    tensors.delete('means');
  });
  expect(() => readScene(bytes, 'a.4dgs')).toThrow(
    new AppError('newer-version', 'a.4dgs was written by a newer version; update CharacterShot Studio to open it.'),
  );
});
