import { describe, expect, it } from 'vitest';
import type { Pose } from '../../../core/poses/pose-sequence.ts';
import { COCO_WHOLEBODY133 } from '../../../core/poses/skeleton.ts';
import { COLOURS, drawn, drawnMan, MAN, placeIn, poseAt, type Places } from '../../../test/helpers/drawn-figure.ts';
import type { RgbaPicture } from '../../media/png.ts';
import { apart, type Point } from '../body/grid.ts';
import { completePose } from './complete-pose.ts';
import { poseFromOutline } from './from-outline.ts';
import { plausibility } from './plausibility.ts';
import { chooseRestPose } from './rest-pose.ts';
import { silhouetteOf } from './silhouette.ts';

const BODY_NAMES = Object.keys(MAN).filter((name) => /shoulder|elbow|wrist|hip|knee|ankle/.test(name));
const HEIGHT = 155;

const mapPlaces = (change: (point: Point, name: string) => Point, places = MAN): Places =>
  Object.fromEntries(Object.entries(places).map(([name, point]) => [name, change(point, name)]));

const outlinePose = async (picture: RgbaPicture): Promise<Pose> => {
  const pose = poseFromOutline(await silhouetteOf(picture));
  if (!pose) throw new Error('no pose');
  return pose;
};

describe('poseFromOutline', () => {
  const arms = (elbow: Point, wrist: Point): Places => ({
    ...{ right_elbow: elbow, right_wrist: wrist },
    ...{ left_elbow: [160 - elbow[0], elbow[1]], left_wrist: [160 - wrist[0], wrist[1]] },
  });
  const skirt = {
    line: [
      [80, 98],
      [80, 128],
    ] as Point[],
    radius: 20,
    colour: COLOURS.shirt,
  };
  const pigtails = [60, 100].map((x) => ({
    line: [
      [x + (x < 80 ? 6 : -6), 20],
      [x, 46],
    ] as Point[],
    ...{ radius: 4, colour: COLOURS.hair },
  }));
  const figures = {
    'arms stretched out': drawnMan({ places: arms([38, 52], [17, 52]) }),
    'arms half way down': drawnMan({ places: arms([42, 72], [26, 90]) }),
    'arms raised': drawnMan({ places: arms([40, 40], [26, 22]) }),
    'a skirt': drawnMan({ extra: [skirt] }),
    pigtails: drawnMan({ extra: pigtails }),
  };

  it.each(Object.entries(figures))('finds the joints of a figure with %s', async (_, { picture, places }) => {
    const pose = await outlinePose(picture);
    for (const name of BODY_NAMES) {
      const limit = name.endsWith('hip') || name.endsWith('elbow') ? 0.11 : 0.09;
      const miss = apart(placeIn(pose, name), places[name] ?? [0, 0]) / HEIGHT;
      expect([name, miss < limit, miss]).toEqual([name, true, miss]);
    }
  });

  it('lets arms hang that the outline does not show', async () => {
    const pose = await outlinePose(drawnMan({ places: arms([66, 72], [68, 92]) }).picture);
    for (const side of ['right', 'left']) {
      const [shoulder, wrist] = [placeIn(pose, `${side}_shoulder`), placeIn(pose, `${side}_wrist`)];
      expect(wrist[1] - shoulder[1]).toBeGreaterThan(0.25 * HEIGHT);
      expect(Math.abs(wrist[0] - shoulder[0])).toBeLessThan(0.1 * HEIGHT);
    }
  });

  it('takes no hair that sticks out for a hand', async () => {
    const tufts = [66, 94].map((x) => ({
      line: [
        [x, 16],
        [x < 80 ? 52 : 108, 6],
      ] as Point[],
      ...{ radius: 4, colour: COLOURS.hair },
    }));
    const { picture, places } = drawnMan({ places: arms([54, 74], [47, 92]), extra: tufts });
    const pose = await outlinePose(picture);
    for (const name of ['right_wrist', 'left_wrist']) {
      expect(apart(placeIn(pose, name), places[name] ?? [0, 0])).toBeLessThan(0.09 * HEIGHT);
    }
  });

  it('has right on the left, whatever the outline', async () => {
    for (const { picture } of Object.values(figures)) {
      const pose = await outlinePose(picture);
      for (const joint of ['shoulder', 'wrist', 'hip', 'ankle']) {
        expect(placeIn(pose, `right_${joint}`)[0]).toBeLessThan(placeIn(pose, `left_${joint}`)[0]);
      }
    }
  });

  it('is the same at any size and place in the picture', async () => {
    const { picture } = figures['arms half way down'];
    const one = await outlinePose(picture);
    const twice = await outlinePose(scaled(picture, 2));
    for (const name of BODY_NAMES) {
      const [x, y] = placeIn(one, name);
      expect(apart(placeIn(twice, name), [2 * x, 2 * y])).toBeLessThan(6);
    }
  });

  it('makes numbers of any blob, and nothing of hardly any', async () => {
    const blobs: RgbaPicture[] = [
      drawn(100, 100, [{ line: [[50, 50]], radius: 40, colour: COLOURS.hair }]),
      drawn(200, 60, [
        {
          line: [
            [15, 30],
            [185, 30],
          ],
          radius: 10,
          colour: COLOURS.hair,
        },
      ]),
      drawn(60, 200, [
        {
          line: [
            [30, 15],
            [30, 185],
          ],
          radius: 10,
          colour: COLOURS.hair,
        },
      ]),
      drawn(100, 100, [
        { line: [[10, 10]], radius: 6, colour: COLOURS.hair },
        { line: [[90, 90]], radius: 6, colour: COLOURS.hair },
      ]),
    ];
    for (const blob of blobs) expect((await outlinePose(blob)).keypoints.every(Number.isFinite)).toBe(true);
    expect(poseFromOutline(await silhouetteOf(drawn(100, 100, [])))).toBeUndefined();
    const speck = drawn(400, 400, [{ line: [[200, 200]], radius: 4, colour: COLOURS.hair }]);
    expect(poseFromOutline(await silhouetteOf(speck))).toBeUndefined();
  });
});

/** Every pixel `factor` times. */
function scaled({ width, height, rgba }: RgbaPicture, factor: number): RgbaPicture {
  const [columns, rows] = [width * factor, height * factor];
  const out = new Uint8Array(columns * rows * 4);
  for (let p = 0; p < columns * rows; p++) {
    const from = Math.floor(Math.floor(p / columns) / factor) * width + Math.floor((p % columns) / factor);
    out.set(rgba.subarray(from * 4, from * 4 + 4), p * 4);
  }
  return { width: columns, height: rows, rgba: out };
}

describe('plausibility', async () => {
  const { picture } = drawnMan();
  const silhouette = await silhouetteOf(picture);
  const of = (places: Places): number => plausibility(poseAt(places), silhouette);
  const good = of(MAN);

  it('is near 1 for the true pose', () => {
    expect(good).toBeGreaterThan(0.95);
    expect(good).toBeLessThanOrEqual(1);
  });

  const worse: Readonly<Record<string, Places>> = {
    'shifted to the side': mapPlaces(([x, y]) => [x + 35, y]),
    'upside down': mapPlaces(([x, y]) => [x, 170 - y]),
    'in the upper half alone': mapPlaces(([x, y]) => [x, y * 0.5]),
    'arms hanging where there are none': { ...MAN, right_elbow: [40, 80], right_wrist: [40, 110] },
    'all in one place': mapPlaces(() => [80, 75]),
    'without legs': Object.fromEntries(Object.entries(MAN).filter(([name]) => !/knee|ankle/.test(name))),
  };

  it.each(Object.entries(worse))('is lower for a pose %s', (_, places) => {
    expect(of(places)).toBeLessThan(good - 0.04);
  });

  it('is low where the trunk has no length, though all of it lies within', () => {
    const flat = of({ ...MAN, right_hip: [71, 56], left_hip: [89, 56] });
    expect(flat).toBeLessThan(0.4 * good);
    expect(flat).toBeGreaterThan(0);
  });

  it('falls the farther a pose is off', () => {
    const shifts = [0, 15, 30, 60, 200].map((shift) => of(mapPlaces(([x, y]) => [x + shift, y])));
    expect(shifts).toEqual([...shifts].sort((a, b) => b - a));
    expect(shifts.at(-1)).toBe(0);
  });

  it('is 0 for few joints and for an empty picture', async () => {
    expect(of({ right_shoulder: [61, 52], left_shoulder: [99, 52] })).toBe(0);
    expect(plausibility(poseAt(MAN), await silhouetteOf(drawn(50, 50, [])))).toBe(0);
  });
});

describe('completePose', () => {
  const without = (...missing: string[]): Pose =>
    poseAt(Object.fromEntries(Object.entries(MAN).filter(([name]) => !missing.includes(name))));
  const completed = (pose: Pose): Pose => {
    const whole = completePose(pose);
    if (!whole) throw new Error('not completed');
    return whole;
  };

  it.each(BODY_NAMES)('mirrors %s', (name) => {
    const whole = completed(without(name));
    const place = placeIn(whole, name);
    expect(apart(place, MAN[name] ?? [0, 0])).toBeLessThan(0.16 * HEIGHT);
    const index = COCO_WHOLEBODY133.names.indexOf(name) * 3 + 2;
    expect(whole.keypoints[index]).toBeCloseTo(0.3, 6);
  });

  it('changes nothing that is known', () => {
    expect(completed(poseAt(MAN)).keypoints).toEqual(poseAt(MAN).keypoints);
    expect(completed(poseAt({ right_shoulder: [10, 10], left_shoulder: [50, 10] })).keypoints.length).toBe(399);
  });

  it.each([
    ['both hips', ['right_hip', 'left_hip']],
    ['both shoulders', ['right_shoulder', 'left_shoulder']],
    ['both legs', ['right_knee', 'right_ankle', 'left_knee', 'left_ankle']],
    ['both arms', ['right_elbow', 'right_wrist', 'left_elbow', 'left_wrist']],
    ['hips and legs', BODY_NAMES.filter((name) => /hip|knee|ankle/.test(name))],
    ['everything but shoulders', BODY_NAMES.filter((name) => !name.includes('shoulder'))],
    ['everything but hips', BODY_NAMES.filter((name) => !name.includes('hip'))],
    ['everything but one shoulder', BODY_NAMES.filter((name) => name !== 'left_shoulder')],
  ])('makes a figure that stands upright and is no lopsided one without %s', (_, missing) => {
    const whole = completed(without(...missing));
    const middle = (joint: string): Point => {
      const [right, left] = [placeIn(whole, `right_${joint}`), placeIn(whole, `left_${joint}`)];
      expect(right[0]).toBeLessThan(left[0]);
      return [(right[0] + left[0]) / 2, (right[1] + left[1]) / 2];
    };
    const [shoulders, hips, knees, ankles] = ['shoulder', 'hip', 'knee', 'ankle'].map(middle) as [
      Point,
      Point,
      Point,
      Point,
    ];
    expect(hips[1] - shoulders[1]).toBeGreaterThan(20);
    expect(knees[1] - hips[1]).toBeGreaterThan(15);
    expect(ankles[1] - knees[1]).toBeGreaterThan(15);
    expect(Math.abs(hips[0] - shoulders[0])).toBeLessThan(3);
  });

  it('gives up without shoulders and hips', () => {
    expect(completePose(poseAt({ nose: [10, 10], left_ankle: [10, 90] }))).toBeUndefined();
    expect(completePose(poseAt(MAN, 0.1))).toBeUndefined();
  });
});

describe('chooseRestPose', () => {
  const { picture } = drawnMan();
  const detection = (places: Places, agreement: number) => ({ pose: poseAt(places), agreement });

  it('takes a sure detector', async () => {
    const { pose, from } = await chooseRestPose(picture, [detection(MAN, 0.9)]);
    expect(from).toBe('detector');
    expect(placeIn(pose, 'right_wrist')).toEqual(MAN.right_wrist);
  });

  it('turns what a detector took for a back', async () => {
    const swap = (name: string): string =>
      name.startsWith('right_') ? name.replace('right_', 'left_') : name.replace('left_', 'right_');
    const back = Object.fromEntries(Object.entries(MAN).map(([name, point]) => [swap(name), point]));
    const { pose, from } = await chooseRestPose(picture, [detection(back, 0.9)]);
    expect(from).toBe('detector');
    expect(pose.keypoints).toEqual(poseAt(MAN).keypoints);
  });

  it('takes the one that fits of two sure ones, whatever their order', async () => {
    const off = detection(
      mapPlaces(([x, y]) => [x + 40, y]),
      0.9,
    );
    for (const found of [
      [off, detection(MAN, 0.9)],
      [detection(MAN, 0.9), off],
    ]) {
      const { pose } = await chooseRestPose(picture, found);
      expect(placeIn(pose, 'left_ankle')).toEqual(MAN.left_ankle);
    }
  });

  it('prefers the sure one of two that fit', async () => {
    const raised = { ...MAN, nose: [80, 20] as Point };
    const { pose } = await chooseRestPose(picture, [detection(raised, 0.1), detection(MAN, 0.6)]);
    expect(placeIn(pose, 'nose')).toEqual(MAN.nose);
  });

  it('falls back to the outline where nobody, or something else, was found', async () => {
    expect((await chooseRestPose(picture, [])).from).toBe('outline');
    const elsewhere = detection(
      mapPlaces(([x, y]) => [x * 0.2, y * 0.2]),
      0.9,
    );
    expect((await chooseRestPose(picture, [elsewhere])).from).toBe('outline');
    expect((await chooseRestPose(picture, [detection({ nose: [80, 20] }, 1)])).from).toBe('outline');
  });

  it('knows all joints of the body, also of half a detection', async () => {
    const half = Object.fromEntries(Object.entries(MAN).filter(([name]) => !/left_(elbow|wrist|ankle)/.test(name)));
    const { pose } = await chooseRestPose(picture, [detection(half, 0.9)]);
    for (const name of BODY_NAMES) {
      expect(pose.keypoints[COCO_WHOLEBODY133.names.indexOf(name) * 3 + 2]).toBeGreaterThanOrEqual(0.29);
    }
  });

  it('says so when the character is too small', async () => {
    const speck = drawn(400, 400, [{ line: [[200, 200]], radius: 4, colour: COLOURS.hair }]);
    await expect(chooseRestPose(speck, [])).rejects.toThrow('The character is too small');
    await expect(chooseRestPose(drawn(1, 1, []), [])).rejects.toThrow('--rest-pose');
  });
});
