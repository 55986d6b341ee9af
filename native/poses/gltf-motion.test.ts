import { describe, expect, it } from 'vitest';
import { jointAt, MOTION_JOINTS, type Motion, type Vector } from '../../core/poses/motion.ts';
import { readGltfMotion } from './gltf-motion.ts';

/** Nodes of a person in a T-pose, y up, facing z: name, VRM bone, translation, parent. */
const PERSON: readonly (readonly [name: string, bone: string, offset: Vector, parent: number])[] = [
  ['Hips', 'hips', [0, 1, 0], -1],
  ['Spine', 'spine', [0, 0.35, 0], 0],
  ['Head', 'head', [0, 0.25, 0.02], 1],
  ...(['Left', 'Right'] as const).flatMap((side, s): [string, string, Vector, number][] => {
    const [x, first, bone] = [s === 0 ? 1 : -1, 3 + s * 7, side.toLowerCase()];
    return [
      [`${side}Arm`, `${bone}UpperArm`, [0.18 * x, 0.15, 0], 1],
      [`${side}ForeArm`, `${bone}LowerArm`, [0.28 * x, 0, 0], first],
      [`${side}Hand`, `${bone}Hand`, [0.25 * x, 0, 0], first + 1],
      [`${side}UpLeg`, `${bone}UpperLeg`, [0.09 * x, -0.05, 0], 0],
      [`${side}Leg`, `${bone}LowerLeg`, [0, -0.42, 0], first + 3],
      [`${side}Foot`, `${bone}Foot`, [0, -0.41, 0], first + 4],
      [`${side}ToeBase`, `${bone}Toes`, [0, -0.07, 0.14], first + 5],
    ];
  }),
];

const LEFT_FOREARM = 4;
const half = Math.SQRT1_2;

interface Make {
  readonly rename?: (name: string, index: number) => string;
  readonly extensions?: object;
  readonly animated?: boolean;
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** A file in which the left forearm turns up by a quarter within one second. */
function gltf({ rename = (name) => name, extensions, animated = true, changes }: Make = {}): object {
  const numbers = Float32Array.of(0, 1, 0, 0, 0, 1, 0, 0, half, half);
  const uri = `data:application/octet-stream;base64,${Buffer.from(numbers.buffer).toString('base64')}`;
  const nodes = PERSON.map(([name, , translation], index) => {
    const children = PERSON.flatMap(([, , , parent], child) => (parent === index ? [child] : []));
    return { name: rename(name, index), translation, ...(children.length > 0 && { children }) };
  });
  const channels = [{ sampler: 0, target: { node: LEFT_FOREARM, path: 'rotation' } }];
  return {
    asset: { version: '2.0' },
    nodes,
    scenes: [{ nodes: [0] }],
    buffers: [{ byteLength: numbers.byteLength, uri }],
    bufferViews: [{ buffer: 0, byteOffset: 0, byteLength: numbers.byteLength }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 2, type: 'SCALAR' },
      { bufferView: 0, byteOffset: 8, componentType: 5126, count: 2, type: 'VEC4' },
    ],
    animations: animated ? [{ channels, samplers: [{ input: 0, output: 1 }] }] : [],
    ...(extensions && { extensions }),
    ...changes,
  };
}

const bytesOf = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json));
const read = (make?: Make): Promise<Motion> => readGltfMotion(bytesOf(gltf(make)), 'dance.gltf', { fps: 10 });

const at = (motion: Motion, joint: string, frame = 0): Vector =>
  jointAt(motion.frames[frame] ?? new Float64Array(), MOTION_JOINTS.indexOf(joint));

function expectForearmUp(motion: Motion): void {
  expect(motion).toMatchObject({ fps: 10 });
  expect(motion.frames).toHaveLength(11);
  expect(at(motion, 'left_wrist')[0]).toBeGreaterThan(0.5);
  expect(at(motion, 'left_wrist')[2]).toBeCloseTo(at(motion, 'left_elbow')[2]);
  expect(at(motion, 'left_wrist', 10)[0]).toBeCloseTo(at(motion, 'left_elbow', 10)[0]);
  expect(at(motion, 'left_wrist', 10)[2]).toBeGreaterThan(at(motion, 'left_elbow', 10)[2] + 0.2);
  expect(at(motion, 'right_wrist', 10)).toEqual(at(motion, 'right_wrist', 0));
  expect(at(motion, 'nose')[1]).toBeLessThan(-0.05);
  expect(at(motion, 'left_toe')[2]).toBeCloseTo(0);
}

/** The same nodes under names that mean nothing. */
const unnamed = (_: string, index: number): string => `n${index}`;

describe('readGltfMotion', () => {
  it('knows joints by their names', async () => {
    expectForearmUp(await read());
  });

  it.each([
    ['VRM 0.x', { VRM: { humanoid: { humanBones: PERSON.map(([, bone], node) => ({ bone, node })) } } }],
    ...['VRMC_vrm', 'VRMC_vrm_animation'].map((key): [string, object] => [
      key,
      { [key]: { humanoid: { humanBones: Object.fromEntries(PERSON.map(([, bone], node) => [bone, { node }])) } } },
    ]),
  ])('knows joints by what %s says', async (_, extensions) => {
    expectForearmUp(await read({ rename: () => 'bone', extensions }));
  });

  it('knows joints by the shape of the skeleton', async () => {
    expectForearmUp(await read({ rename: unnamed }));
  });

  it('reads GLB', async () => {
    const json = Buffer.from(JSON.stringify(gltf()).padEnd(4000, ' '));
    const head = Buffer.from(Uint32Array.of(0x46546c67, 2, 20 + json.length, json.length, 0x4e4f534a).buffer);
    expectForearmUp(await readGltfMotion(Buffer.concat([head, json]), 'dance.glb', { fps: 10 }));
  });

  it('does not mind surfaces that are compressed in an unknown way', async () => {
    const meshes = [{ primitives: [{ attributes: { POSITION: 99 } }] }];
    expectForearmUp(await read({ changes: { meshes, extensionsRequired: ['KHR_draco_mesh_compression'] } }));
  });

  it.each<[string, Make, string]>([
    ['no animation', { animated: false }, 'holds no animation'],
    ['no person', { changes: { nodes: PERSON.map(() => ({ name: 'cube' })) } }, 'no joint that is known'],
    ['a circle of nodes', { changes: { nodes: [{ children: [1] }, { children: [0] }] } }, 'damaged'],
    ['a node of two parents', { changes: { nodes: [{ children: [2] }, { children: [2] }, {}] } }, 'damaged'],
    ['a child that is not there', { changes: { nodes: [{ children: [7] }] } }, 'damaged'],
    [
      'a billion keys',
      { changes: { accessors: [{ componentType: 5126, count: 1e9, type: 'SCALAR' }, {}] } },
      'damaged',
    ],
    ['a buffer elsewhere', { changes: { buffers: [{ byteLength: 4, uri: '../../etc/passwd' }] } }, 'not beside it'],
    [
      'a buffer in the network',
      { changes: { buffers: [{ byteLength: 4, uri: 'https://a.b/c.bin' }] } },
      'not beside it',
    ],
    ['a buffer that is not there', { changes: { buffers: [{ byteLength: 4, uri: 'none.bin' }] } }, 'none.bin'],
    ['another version', { changes: { asset: 5 } }, 'damaged'],
  ])('refuses %s', async (_, make, message) => {
    await expect(read(make)).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses an animation of years', async () => {
    const numbers = Float32Array.of(0, 1e9, 0, 0, 0, 1, 0, 0, half, half);
    const uri = `data:application/octet-stream;base64,${Buffer.from(numbers.buffer).toString('base64')}`;
    const buffers = [{ byteLength: numbers.byteLength, uri }];
    await expect(read({ changes: { buffers } })).rejects.toThrow('too long to be read');
  });

  it('refuses damaged GLB', async () => {
    const whole = Buffer.concat([
      Buffer.from(Uint32Array.of(0x46546c67, 2, 999, 5000, 0x4e4f534a).buffer),
      bytesOf({}),
    ]);
    for (const bytes of [whole, whole.subarray(0, 12), whole.subarray(0, 19)]) {
      await expect(readGltfMotion(bytes, 'x.glb')).rejects.toThrow('x.glb is a damaged glTF file');
    }
  });

  it('refuses an animation that is not there', async () => {
    await expect(readGltfMotion(bytesOf(gltf()), 'dance.gltf', { animation: 3 })).rejects.toThrow('no animation 3');
  });
});
