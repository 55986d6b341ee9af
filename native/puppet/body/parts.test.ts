import { describe, expect, it } from 'vitest';
import { areaOf, COLOURS, drawnMan, MAN, type DrawnMan, type Places } from '../../../test/helpers/drawn-figure.ts';
import { BONE } from '../rig/bones.ts';
import { findDepths } from './depth.ts';
import { makeFigure, type Figure } from './figure.ts';
import { centreOf, pixelAt, type Point } from './grid.ts';
import { inflate } from './inflate.ts';
import { findParts, PART, type PartMap } from './parts.ts';
import { BODY_SHEET, makeSheets, type Sheets } from './sheets.ts';

const RIGHT_SHEET = 1;

interface TakenApart {
  readonly figure: Figure;
  readonly map: PartMap;
  readonly sheets: Sheets;
  /** A pixel of the figure from a point of the picture. */
  readonly pixel: (point: Point) => number;
  /** Node of a sheet at a point of the picture, -1 for none. */
  readonly node: (sheet: number, point: Point) => number;
}

async function takenApart(man: DrawnMan): Promise<TakenApart> {
  const figure = await makeFigure(man, areaOf(man));
  const map = findParts(figure);
  const sheets = makeSheets(figure, map);
  const [x, y] = figure.joints.right_hip;
  const [placeX, placeY] = man.places.right_hip ?? [0, 0];
  const pixel = ([px, py]: Point): number => pixelAt([px + x - placeX, py + y - placeY], figure.width, figure.height);
  return { figure, map, sheets, pixel, node: (sheet, point) => sheets.nodeAt(sheet, pixel(point)) };
}

const spread = await takenApart(drawnMan());
/** The forearm lies across the trunk, to the right of this point. */
const ACROSS: Point = [72, 82];
const bent = { right_elbow: [46, 74], right_wrist: [76, 84] } as const;
const before = await takenApart(drawnMan({ places: bent }));
const behind = await takenApart(drawnMan({ places: bent, rightArm: 'behind' }));

describe('parts of a figure with spread limbs', () => {
  it.each([
    ['torso', [80, 75]],
    ['head', [80, 12]],
    ['head', [68, 28]],
    ['right_arm', [30, 61]],
    ['right_arm', [12, 62]],
    ['left_arm', [130, 60]],
    ['right_leg', [66, 130]],
    ['left_leg', [98, 145]],
  ] as const)('%s at %j', (part, point) => {
    expect(spread.map.parts[spread.pixel(point)]).toBe(PART[part]);
  });

  it('cover every pixel of the character, and none beside it', () => {
    const covered = spread.figure.inside.map((_, p) => ((spread.map.parts[p] ?? -1) >= 0 ? 1 : 0));
    expect(covered).toEqual(spread.figure.inside);
  });

  it('measure how thick an arm is', () => {
    expect(spread.map.armRadius.right).toBeGreaterThan(4.5);
    expect(spread.map.armRadius.right).toBeLessThan(8);
    expect(spread.map.armRadius.left).toBeCloseTo(spread.map.armRadius.right, 0);
  });

  it('hide nothing', () => {
    expect(spread.map.unseen).toEqual({ right: [], left: [] });
    const hidden = spread.sheets.hidden.reduce((sum, value) => sum + value, 0);
    expect(hidden).toBeLessThan(0.03 * spread.sheets.count);
  });

  it('belong to the nearest bone of their limb', () => {
    const boneAt = (sheet: number, point: Point) => spread.sheets.bone[spread.node(sheet, point)];
    expect(boneAt(RIGHT_SHEET, [50, 55])).toBe(BONE.right_upper_arm);
    expect(boneAt(RIGHT_SHEET, [28, 61])).toBe(BONE.right_forearm);
    expect(boneAt(RIGHT_SHEET, [12, 64])).toBe(BONE.right_hand);
    expect(boneAt(BODY_SHEET, [70, 105])).toBe(BONE.right_thigh);
    expect(boneAt(BODY_SHEET, [93, 140])).toBe(BONE.left_shin);
    expect(boneAt(BODY_SHEET, [80, 90])).toBe(BONE.pelvis);
    expect(boneAt(BODY_SHEET, [80, 65])).toBe(BONE.chest);
    expect(boneAt(BODY_SHEET, [80, 15])).toBe(BONE.head);
  });
});

describe('an arm before the trunk', () => {
  it('is told from it, with the trunk going on behind it', () => {
    const { figure, map, sheets, pixel, node } = before;
    expect(map.parts[pixel(ACROSS)]).toBe(PART.right_arm);
    const [arm, trunk] = [node(RIGHT_SHEET, ACROSS), node(BODY_SHEET, ACROSS)];
    expect(sheets.hidden[arm]).toBe(0);
    expect(sheets.hidden[trunk]).toBe(1);
    expect(sheets.part[trunk]).toBe(PART.torso);
    // All of what is painted red over the trunk is the arm's, and nothing else.
    let [red, wrong] = [0, 0];
    for (let p = 0; p < figure.inside.length; p++) {
      if (!figure.inside[p]) continue;
      const isRed = (figure.rgb[p * 3] ?? 0) > 0.7 && (figure.rgb[p * 3 + 1] ?? 0) < 0.3;
      const [x, y] = centreOf(p, figure.width);
      const nearShoulder = Math.hypot(x - figure.joints.right_shoulder[0], y - figure.joints.right_shoulder[1]) < 12;
      if (!isRed || nearShoulder || x > figure.joints.hips[0]) continue;
      red++;
      if (map.parts[p] !== PART.right_arm) wrong++;
    }
    expect(red).toBeGreaterThan(300);
    expect(wrong / red).toBeLessThan(0.05);
  });

  it('is joined to the body nowhere but at its shoulder', () => {
    const { figure, map, sheets } = before;
    let joints = 0;
    for (let i = 0; i < sheets.count; i++) {
      for (const j of sheets.graph.neighbours.subarray(i * 4, i * 4 + 4)) {
        if (j < 0 || sheets.sheet[i] === sheets.sheet[j]) continue;
        joints++;
        const side = sheets.sheet[i] === RIGHT_SHEET || sheets.sheet[j] === RIGHT_SHEET ? 'right' : 'left';
        const [x, y] = centreOf(sheets.pixels[i] ?? 0, figure.width);
        const [shoulderX, shoulderY] = figure.joints[`${side}_shoulder`];
        expect(Math.hypot(x - shoulderX, y - shoulderY)).toBeLessThan(2 * map.armRadius[side] + 1);
      }
    }
    expect(joints).toBeGreaterThan(0);
  });

  it('lies on it: both surfaces do not run through one another', () => {
    const { figure, sheets, node } = before;
    const thickness = inflate(sheets);
    const { middle, joints } = findDepths(figure, sheets, thickness);
    const [arm, trunk] = [node(RIGHT_SHEET, ACROSS), node(BODY_SHEET, ACROSS)];
    expect(middle[trunk]).toBe(0);
    expect(middle[arm]).toBeLessThan(-0.9 * ((thickness[arm] ?? 0) + (thickness[trunk] ?? 0)));
    expect(joints.right_wrist).toBeLessThan(-3);
    expect(joints.left_wrist).toBe(0);
    expect(joints.right_shoulder).toBe(0);
  });

  it('comes forward without a jump from one pixel to the next', () => {
    const { figure, sheets } = before;
    const thickness = inflate(sheets);
    const { middle } = findDepths(figure, sheets, thickness);
    const jumps = Array.from(sheets.graph.neighbours, (j, at) => {
      const i = Math.floor(at / 4);
      const isArm = j >= 0 && sheets.sheet[i] === RIGHT_SHEET && sheets.sheet[j] === RIGHT_SHEET;
      return isArm ? Math.abs((middle[i] ?? 0) - (middle[j] ?? 0)) : 0;
    });
    expect(Math.max(...jumps)).toBeGreaterThan(0.1);
    expect(Math.max(...jumps)).toBeLessThan(4);
  });
});

describe('an arm behind the trunk', () => {
  it('goes on there unseen, and the trunk keeps what the picture shows', () => {
    const { map, sheets, pixel, node } = behind;
    expect(map.parts[pixel(ACROSS)]).toBe(PART.torso);
    const [arm, trunk] = [node(RIGHT_SHEET, ACROSS), node(BODY_SHEET, ACROSS)];
    expect(sheets.hidden[arm]).toBe(1);
    expect(sheets.hidden[trunk]).toBe(0);
    expect(map.parts[pixel([50, 72])]).toBe(PART.right_arm);
  });

  it('hides its hand too: no pixel of the shirt is taken for it', () => {
    const { figure, map } = behind;
    const shirt = Array.from(figure.inside.keys()).filter((p) => (figure.rgb[p * 3 + 2] ?? 0) > 0.7);
    const taken = shirt.filter((p) => map.parts[p] === PART.right_arm);
    expect(shirt.filter((p) => map.parts[p] === PART.torso).length).toBeGreaterThan(800);
    expect(taken.length).toBeLessThan(0.02 * shirt.length);
  });

  it('is not pulled before it', () => {
    const { figure, sheets, node } = behind;
    const { middle, joints } = findDepths(figure, sheets, inflate(sheets));
    expect(middle[node(RIGHT_SHEET, ACROSS)]).toBeGreaterThan(-3);
    expect(joints.right_wrist).toBe(0);
  });
});

describe('legs that touch', () => {
  const closed: Places = {
    ...{ right_hip: [72, 95], right_knee: [73, 124], right_ankle: [73, 150] },
    ...{ left_hip: [88, 95], left_knee: [87, 124], left_ankle: [87, 150] },
  };
  const line = {
    line: [
      [80, 103],
      [80, 156],
    ] as Point[],
    radius: 1.2,
    colour: COLOURS.line,
  };

  /** Conductance across the middle between the shins. */
  async function conductance(man: DrawnMan): Promise<number> {
    const { sheets, node } = await takenApart(man);
    const found: number[] = [];
    for (let x = 74; x < 86; x++) {
      const i = node(BODY_SHEET, [x, 140]);
      const j = node(BODY_SHEET, [x + 1, 140]);
      const slot = i * 4 + sheets.graph.neighbours.subarray(i * 4, i * 4 + 4).indexOf(j);
      found.push(sheets.graph.conductance[slot] ?? 0);
    }
    return Math.min(...found);
  }

  it('are two where a dark line runs between them', async () => {
    expect(await conductance(drawnMan({ places: closed, extra: [line] }))).toBeLessThan(0.1);
  });

  it('are one (a skirt) where none does', async () => {
    expect(await conductance(drawnMan({ places: closed }))).toBe(1);
  });
});

describe('the graph of the sheets', () => {
  it.each([
    ['spread', spread],
    ['before', before],
    ['behind', behind],
  ])('leads both ways with the same conductance: %s', (_, { sheets: { graph, count } }) => {
    const oneWay: number[] = [];
    for (let at = 0; at < count * 4; at++) {
      const j = graph.neighbours[at] ?? -1;
      const back = j * 4 + ((at % 4) ^ 1);
      const same = graph.neighbours[back] === Math.floor(at / 4) && graph.conductance[back] === graph.conductance[at];
      if (j >= 0 && !same) oneWay.push(at);
    }
    expect(oneWay).toEqual([]);
  });
});

describe('parts of figures that do not fit their joints', () => {
  it.each([
    ['all joints in one place', Object.fromEntries(Object.keys(MAN).map((name) => [name, [80, 75] as Point]))],
    ['joints far outside the picture', { right_wrist: [-900, 4000], left_ankle: [1e6, 1e6] } as const],
    ['left and right exchanged', { right_shoulder: [99, 52], left_shoulder: [61, 52] } as const],
  ])('end: %s', async (_, places) => {
    const man = drawnMan();
    const odd = { ...man, pose: drawnMan({ places }).pose };
    const figure = await makeFigure(odd, 2000);
    const sheets = makeSheets(figure, findParts(figure));
    const thickness = inflate(sheets);
    expect(thickness.every(Number.isFinite)).toBe(true);
    expect(findDepths(figure, sheets, thickness).middle.every(Number.isFinite)).toBe(true);
  });
});
