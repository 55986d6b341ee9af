import { describe, expect, it } from 'vitest';
import { jointAt, MOTION_JOINTS, type Motion, type Vector } from '../poses/motion.ts';
import { readBvh } from './bvh.ts';

type Names = Readonly<Record<string, string>>;

const PLAIN: Names = {};
const MIXAMO: Names = Object.fromEntries(
  [
    'Hips',
    'Spine',
    'Neck',
    'Head',
    ...['Left', 'Right'].flatMap((s) =>
      ['Shoulder', 'Arm', 'ForeArm', 'Hand', 'UpLeg', 'Leg', 'Foot', 'ToeBase'].map((n) => s + n),
    ),
  ].map((name) => [name, `mixamorig:${name}`]),
);
const CMU: Names = {
  ...{ LeftShoulder: 'LeftCollar', LeftArm: 'LeftShoulder', LeftForeArm: 'LeftElbow', LeftHand: 'LeftWrist' },
  ...{ RightShoulder: 'RightCollar', RightArm: 'RightShoulder', RightForeArm: 'RightElbow', RightHand: 'RightWrist' },
  ...{ LeftUpLeg: 'LeftHip', LeftLeg: 'LeftKnee', LeftFoot: 'LeftAnkle', LeftToeBase: 'LeftToe' },
  ...{ RightUpLeg: 'RightHip', RightLeg: 'RightKnee', RightFoot: 'RightAnkle', RightToeBase: 'RightToe' },
};
const BIPED: Names = {
  ...{
    LeftShoulder: 'Bip01 L Clavicle',
    LeftArm: 'Bip01 L UpperArm',
    LeftForeArm: 'Bip01 L Forearm',
    LeftHand: 'Bip01 L Hand',
  },
  ...{ RightShoulder: 'Bip01 R Clavicle', RightArm: 'Bip01 R UpperArm', RightForeArm: 'Bip01 R Forearm' },
  ...{ RightHand: 'Bip01 R Hand', LeftUpLeg: 'Bip01 L Thigh', LeftLeg: 'Bip01 L Calf', LeftFoot: 'Bip01 L Foot' },
  ...{ LeftToeBase: 'Bip01 L Toe0', RightUpLeg: 'Bip01 R Thigh', RightLeg: 'Bip01 R Calf', RightFoot: 'Bip01 R Foot' },
  ...{ RightToeBase: 'Bip01 R Toe0', Head: 'Bip01 Head', Neck: 'Bip01 Neck' },
};

/** A tree of joints: name, offset (x left, y up, z front), children. */
type Tree = readonly [name: string, offset: Vector, ...children: Tree[]];

const arm = (side: 'Left' | 'Right', x: number): Tree => [
  ...([`${side}Shoulder`, [2 * x, 8, 0]] as const),
  [
    `${side}Arm`,
    [12 * x, 0, 0],
    [`${side}ForeArm`, [28 * x, 0, 0], [`${side}Hand`, [25 * x, 0, 0], ['End', [8 * x, 0, 0]]]],
  ],
];
const leg = (side: 'Left' | 'Right', x: number): Tree => [
  ...([`${side}UpLeg`, [9 * x, -5, 0]] as const),
  [`${side}Leg`, [0, -42, 0], [`${side}Foot`, [0, -41, 0], [`${side}ToeBase`, [0, -6, 14], ['End', [0, 0, 6]]]]],
];
const PERSON: Tree = [
  ...(['Hips', [0, 0, 0]] as const),
  leg('Left', 1),
  leg('Right', -1),
  [
    'Spine',
    [0, 35, 0],
    ['Neck', [0, 15, 0], ['Head', [0, 9, 2], ['End', [0, 18, 0]]]],
    arm('Left', 1),
    arm('Right', -1),
  ],
];

/** The same person in a file whose zero pose sits with its legs stretched out to the front. */
const sittingLeg = ([name, hip, ...children]: Tree): Tree => {
  const turned = ([joint, [x, y, z], ...rest]: Tree): Tree => [joint, [x, z, -y], ...rest.map(turned)];
  return [name, hip, ...children.map(turned)];
};
const SITTING: Tree = [
  ...(['Hips', [0, 0, 0]] as const),
  sittingLeg(leg('Left', 1)),
  sittingLeg(leg('Right', -1)),
  ...(PERSON.slice(4) as Tree[]),
];

interface Make {
  readonly tree?: Tree;
  readonly names?: Names;
  /** The person's axes in the file's. */
  readonly axes?: (offset: Vector) => Vector;
  readonly order?: string;
  /** Values of a frame by channel, "LeftForeArm Zrotation". */
  readonly frames?: readonly Readonly<Record<string, number>>[];
  readonly frameTime?: string;
  readonly announced?: number;
}

function bvh({
  tree = PERSON,
  names = PLAIN,
  axes = (v) => v,
  order = 'ZXY',
  frames = [{}],
  frameTime = '0.0333333',
  announced,
}: Make = {}): string {
  const channels: string[] = [];
  const describeJoint = ([name, offset, ...children]: Tree, depth: number): string => {
    const head = name === 'End' ? 'End Site' : `${depth === 0 ? 'ROOT' : 'JOINT'} ${names[name] ?? name}`;
    const own = [
      ...(depth === 0 ? ['Xposition', 'Yposition', 'Zposition'] : []),
      ...order.split('').map((axis) => `${axis}rotation`),
    ];
    if (name !== 'End') channels.push(...own.map((channel) => `${name} ${channel}`));
    const line = name === 'End' ? '' : `CHANNELS ${own.length} ${own.join(' ')}\n`;
    return `${head}\n{\nOFFSET ${axes(offset).join(' ')}\n${line}${children.map((child) => describeJoint(child, depth + 1)).join('')}}\n`;
  };
  const hierarchy = describeJoint(tree, 0);
  const lines = frames.map((values) => channels.map((channel) => values[channel] ?? 0).join(' '));
  return `HIERARCHY\n${hierarchy}MOTION\nFrames: ${announced ?? frames.length}\nFrame Time: ${frameTime}\n${lines.join('\n')}\n`;
}

const at = (motion: Motion, joint: string, frame = 0): Vector =>
  jointAt(motion.frames[frame] ?? new Float64Array(), MOTION_JOINTS.indexOf(joint));

/** The T-pose of PERSON facing -y: left at +x, head up, toes in front. */
function expectStanding(motion: Motion): void {
  for (const side of ['left', 'right'] as const) {
    const sign = side === 'left' ? 1 : -1;
    expect(at(motion, `${side}_wrist`)[0] * sign).toBeGreaterThan(0.5);
    expect(at(motion, `${side}_toe`)[1]).toBeLessThan(at(motion, `${side}_ankle`)[1] - 0.1);
    expect(at(motion, `${side}_heel`)[1]).toBeGreaterThan(at(motion, `${side}_ankle`)[1]);
    expect(at(motion, `${side}_eye`)[0] * sign).toBeGreaterThan(0.01);
    expect(at(motion, `${side}_middle_finger`)[0] * sign).toBeGreaterThan(at(motion, `${side}_wrist`)[0] * sign);
    expect(at(motion, `${side}_toe`)[2]).toBeCloseTo(0);
  }
  expect(at(motion, 'neck')[0]).toBeCloseTo(0);
  expect(at(motion, 'neck')[2]).toBeGreaterThan(1.2);
  expect(at(motion, 'nose')[2]).toBeGreaterThan(at(motion, 'neck')[2] + 0.05);
  expect(at(motion, 'nose')[2]).toBeLessThan(1.75);
  expect(at(motion, 'nose')[1]).toBeLessThan(at(motion, 'left_ear')[1] - 0.05);
}

describe('readBvh', () => {
  it.each([
    ['MotionBuilder', PLAIN],
    ['Mixamo', MIXAMO],
    ['CMU', CMU],
    ['Biped', BIPED],
  ])('knows the names of %s', (_, names) => {
    expectStanding(readBvh(bvh({ names })));
  });

  it.each<[string, (v: Vector) => Vector]>([
    ['y up, facing z', (v) => v],
    ['y up, facing -x', ([x, y, z]) => [-z, y, x]],
    ['z up, facing -y', ([x, y, z]) => [x, -z, y]],
    ['z up, facing y', ([x, y, z]) => [-x, z, y]],
    ['x up', ([x, y, z]) => [y, z, x]],
    ['-y up', ([x, y, z]) => [-x, -y, z]],
  ])('turns what is %s', (_, axes) => {
    expectStanding(readBvh(bvh({ axes })));
  });

  it('knows joints without known names by the shape of the skeleton', () => {
    const names = Object.fromEntries([...Object.keys(MIXAMO)].map((name, i) => [name, `joint${i}`]));
    expectStanding(readBvh(bvh({ names })));
  });

  it('does not depend on a rest pose that stands', () => {
    const down = { 'LeftUpLeg Xrotation': 90, 'RightUpLeg Xrotation': 90 };
    expectStanding(readBvh(bvh({ tree: SITTING, frames: [down, down] })));
  });

  it('applies rotations in the order of the channels', () => {
    // First about z, then about the turned x: the forearm goes up by the first, and the second does not move it.
    const values = { 'LeftForeArm Zrotation': 90, 'LeftForeArm Yrotation': 90 };
    const up = readBvh(bvh({ frames: [{}, { 'LeftForeArm Zrotation': 90 }] }));
    expect(at(up, 'left_wrist', 1)[2] - at(up, 'left_elbow', 1)[2]).toBeGreaterThan(0.2);
    const zy = readBvh(bvh({ order: 'ZYX', frames: [{}, values] }));
    const yz = readBvh(bvh({ order: 'YZX', frames: [{}, values] }));
    // z then y about the turned axes: (1,0,0) -> y -> -z = (0,0,-1) of the joint before turning by z, still behind.
    expect(at(zy, 'left_wrist', 1)[1] - at(zy, 'left_elbow', 1)[1]).toBeGreaterThan(0.2);
    expect(at(yz, 'left_wrist', 1)[2] - at(yz, 'left_elbow', 1)[2]).toBeGreaterThan(0.2);
  });

  it('moves the root, and centres its way', () => {
    const frames = [0, 20, 40].map((x) => ({ 'Hips Xposition': x, 'Hips Yposition': x / 2 }));
    const motion = readBvh(bvh({ frames }));
    const hips = [0, 1, 2].map((frame) => at(motion, 'left_hip', frame)[0] + at(motion, 'right_hip', frame)[0]);
    expect(hips[0]).toBeCloseTo(-(hips[2] ?? 0));
    expect((hips[2] ?? 0) - (hips[0] ?? 0)).toBeGreaterThan(0.4);
    expect(at(motion, 'left_toe', 2)[2]).toBeGreaterThan(0.1);
  });

  it('faces -y at the start, and turns away later', () => {
    const frames = [120, 120, 120, 210].map((angle) => ({ 'Hips Yrotation': angle }));
    const motion = readBvh(bvh({ frames, frameTime: '0.2' }));
    expectStanding(motion);
    expect(at(motion, 'left_wrist', 3)[1]).toBeGreaterThan(0.5); // counter-clockwise from above: the left goes to +y
  });

  it('leaves out a T-pose in front of the motion', () => {
    const down = { 'LeftArm Zrotation': -80, 'RightArm Zrotation': 80 };
    const frames = [{}, ...Array.from({ length: 20 }, (_, i) => ({ ...down, 'Hips Xposition': i * 0.1 }))];
    expect(readBvh(bvh({ frames })).frames).toHaveLength(20);
  });

  it('reads the line ends of Windows, and a byte order mark', () => {
    const text = `\uFEFF${bvh().replaceAll('\n', '\r\n')}`;
    expectStanding(readBvh(new TextEncoder().encode(text)));
    expectStanding(readBvh(text));
  });

  it('rounds the rate where the frame time was rounded', () => {
    expect(readBvh(bvh({ frameTime: '.0083333' })).fps).toBe(120);
    expect(readBvh(bvh({ frameTime: '.033333' })).fps).toBe(30);
  });

  it.each([
    ['nothing', '', 'HIERARCHY'],
    ['text', 'hello world', 'HIERARCHY'],
    ['a file that ends in its hierarchy', bvh().slice(0, 300), 'line'],
    ['a billion frames', bvh({ announced: 1e9 }), 'announces 1000000000 frames'],
    ['more frames than there are', bvh({ announced: 3 }), 'it was not written completely'],
    ['many more frames than there are', bvh({ announced: 100_000 }), 'it was not written completely'],
    ['half a frame', bvh({ announced: -0.5 }), 'announces -0.5 frames'],
    ['a frame time of 0', bvh({ frameTime: '0' }), 'frame time'],
    ['NaN', bvh().replace(/0 0 0 0\s*$/, '0 NaN 0 0\n'), '"NaN"'],
    ['1e308', bvh().replace(/0 0 0 0\s*$/, '0 1e308 0 0\n'), '"1e308"'],
    ['7 channels', bvh().replace('CHANNELS 6', 'CHANNELS 7'), '7 channels'],
    ['unknown channels', bvh().replace('Zrotation', 'Wrotation'), 'Wrotation'],
    ['a second root', bvh().replace('MOTION', 'ROOT x { OFFSET 0 0 0 } MOTION'), 'MOTION'],
    ['all bones of no length', bvh({ axes: () => [0, 0, 0] }), 'is no pose of a person'],
    ['a deep nest', `HIERARCHY\n${'JOINT a { OFFSET 0 0 0 '.repeat(100_000)}`, 'more than 2000 joints'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readBvh(text, 'walk.bvh')).toThrow(message);
    expect(() => readBvh(text, 'walk.bvh')).toThrow('walk.bvh');
  });

  it('says which joints are missing, where the shape does not tell either', () => {
    const names = { LeftUpLeg: 'upper', LeftLeg: 'lower' };
    const lame = bvh({ names }).replace('OFFSET 0 -41 0', 'OFFSET 0 -90 0');
    expect(() => readBvh(lame, 'walk.bvh')).toThrow('walk.bvh has no joint that is known as left hip, left knee');
  });

  it('does not care how positions of inner joints are written', () => {
    const moved = (offset: string) =>
      bvh()
        .replace(
          'CHANNELS 3 Zrotation Xrotation Yrotation',
          'CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation',
        )
        .replace(/\n0 0 0 0 0 0 /, `\n0 0 0 0 0 0 ${offset} `);
    const [whole, change] = [readBvh(moved('9 -5 0')), readBvh(moved('0 0 0'))];
    expect(at(whole, 'left_hip')).toEqual(at(change, 'left_hip'));
  });
});
