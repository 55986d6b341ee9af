import { beforeAll, describe, expect, it } from 'vitest';
import { rotate, type Quaternion } from '../../../core/quaternion.ts';
import { areaOf, COLOURS, drawnMan, type Colour, type DrawnMan } from '../../../test/helpers/drawn-figure.ts';
import { BONES } from '../rig/bones.ts';
import { bodyFromPicture, type Body } from './body.ts';
import { makeFigure, type Figure } from './figure.ts';
import { centreOf, type Point } from './grid.ts';
import { inflate } from './inflate.ts';
import { paintSheets, type Paint } from './paint.ts';
import { findParts } from './parts.ts';
import { BODY_SHEET, makeSheets, type Sheets } from './sheets.ts';

const SH0 = 0.28209479177387814;

interface Painted {
  readonly figure: Figure;
  readonly sheets: Sheets;
  readonly paint: Paint;
  /** Nodes of a sheet around a point of the picture. */
  readonly near: (sheet: number, point: Point, radius: number) => number[];
}

async function painted(man: DrawnMan): Promise<Painted> {
  const figure = await makeFigure(man, areaOf(man));
  const sheets = makeSheets(figure, findParts(figure));
  const paint = paintSheets(figure, sheets, inflate(sheets));
  const [hipX, hipY] = man.places.right_hip ?? [0, 0];
  const [dx, dy] = [figure.joints.right_hip[0] - hipX, figure.joints.right_hip[1] - hipY];
  const near = (sheet: number, [x, y]: Point, radius: number): number[] =>
    Array.from({ length: sheets.count }, (_, i) => i).filter((i) => {
      const [px, py] = centreOf(sheets.pixels[i] ?? 0, figure.width);
      return sheets.sheet[i] === sheet && Math.hypot(px - dx - x, py - dy - y) < radius;
    });
  return { figure, sheets, paint, near };
}

/** Largest difference (0..255) of some nodes' colours from one. */
const differenceFrom = (colours: Float32Array, nodes: readonly number[], colour: Colour): number =>
  Math.max(...nodes.flatMap((i) => colour.map((value, c) => Math.abs((colours[i * 3 + c] ?? NaN) * 255 - value))));

describe('paintSheets', async () => {
  const plain = await painted(drawnMan());

  it('shows in front what the picture shows', () => {
    const { figure, sheets, paint } = plain;
    let wrong = 0;
    for (let i = 0; i < sheets.count; i++) {
      if (sheets.hidden[i]) continue;
      for (let c = 0; c < 3; c++) {
        if (paint.front[i * 3 + c] !== figure.rgb[(sheets.pixels[i] ?? 0) * 3 + c]) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  it('paints the trunk behind an arm in its own colour', async () => {
    const { sheets, paint, near } = await painted(
      drawnMan({ places: { right_elbow: [46, 74], right_wrist: [76, 84] } }),
    );
    const hidden = near(BODY_SHEET, [73, 82], 4).filter((i) => sheets.hidden[i]);
    expect(hidden.length).toBeGreaterThan(20);
    expect(differenceFrom(paint.front, hidden, COLOURS.shirt)).toBeLessThan(20);
    expect(differenceFrom(paint.back, hidden, COLOURS.shirt)).toBeLessThan(20);
  });

  it('paints an arm behind the trunk in its own colour', async () => {
    const { sheets, paint, near } = await painted(
      drawnMan({ rightArm: 'behind', places: { right_elbow: [46, 74], right_wrist: [76, 84] } }),
    );
    const hidden = near(1, [72, 82], 4).filter((i) => sheets.hidden[i]);
    expect(hidden.length).toBeGreaterThan(20);
    expect(differenceFrom(paint.front, hidden, COLOURS.sleeve)).toBeLessThan(30);
  });

  it('has hair, no face on the back of the head', () => {
    const { paint, near } = plain;
    const face = near(BODY_SHEET, [80, 26], 9);
    expect(face.length).toBeGreaterThan(200);
    expect(differenceFrom(paint.back, face, COLOURS.hair)).toBeLessThan(25);
  });

  it('keeps the face of a bald head away from the back too', async () => {
    const bald = drawnMan({ extra: [{ line: [[80, 24]], radius: 17, colour: COLOURS.skin }, ...eyes] });
    const { paint, near } = await painted(bald);
    expect(differenceFrom(paint.back, near(BODY_SHEET, [80, 26], 9), COLOURS.skin)).toBeLessThan(15);
  });

  it('shows the mirror image on the back of everything else', () => {
    const { paint, near } = plain;
    expect(differenceFrom(paint.back, near(BODY_SHEET, [80, 75], 8), COLOURS.shirt)).toBeLessThan(1);
    expect(differenceFrom(paint.back, near(1, [28, 61], 3), COLOURS.sleeve)).toBeLessThan(1);
    expect(differenceFrom(paint.back, near(BODY_SHEET, [68, 130], 4), COLOURS.trousers)).toBeLessThan(1);
  });
});

const eyes = [75, 85].map((x) => ({ line: [[x, 22] as Point], radius: 2, colour: COLOURS.eye }));

describe('the body of a picture', () => {
  let body: Body;
  let again: Body;
  const man = drawnMan({ places: { right_elbow: [46, 74], right_wrist: [76, 84] } });

  beforeAll(async () => {
    body = await bodyFromPicture(man, 2500);
    again = await bodyFromPicture(man, 2500);
  });

  it('is the same every time', () => {
    expect(again).toEqual({ ...body, rig: { ...body.rig, nodeAt: again.rig.nodeAt } });
  });

  it('is made of two to six Gaussians a pixel, all of them numbers', () => {
    const { gaussians } = body;
    expect(gaussians.count / 2500).toBeGreaterThan(2);
    expect(gaussians.count / 2500).toBeLessThan(6);
    for (const values of [gaussians.means, gaussians.logScales, gaussians.quats, gaussians.sh]) {
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(gaussians.sh.every((value) => Math.abs(value * SH0) <= 0.501)).toBe(true);
  });

  it('stands on the ground, as deep as bodies are', () => {
    const heights = along(body, 2);
    expect(Math.min(...heights)).toBeGreaterThan(-0.01);
    expect(Math.max(...heights)).toBeLessThan(1.61);
    const depths = along(body, 1);
    expect(Math.max(...depths) - Math.min(...depths)).toBeGreaterThan(0.15);
    expect(Math.max(...depths) - Math.min(...depths)).toBeLessThan(0.9);
  });

  it('has its flat side along the surface: a front that faces the viewer, a back that does not', () => {
    const { gaussians } = body;
    const chest = Array.from({ length: gaussians.count }, (_, i) => i).filter((i) => {
      const [x = 0, y = 0, z = 0] = gaussians.means.subarray(i * 3, i * 3 + 3);
      return Math.abs(x) < 0.03 && Math.abs(z - 1) < 0.05 && y > 0.03;
    });
    expect(chest.length).toBeGreaterThan(5);
    for (const i of chest) {
      const [, y] = rotate(Array.from(gaussians.quats.subarray(i * 4, i * 4 + 4)) as unknown as Quaternion, [0, 0, 1]);
      expect(y).toBeGreaterThan(0.8);
    }
  });

  it('links Gaussians that are next to each other', () => {
    const { gaussians, links, rig } = body;
    expect(links.length / 2).toBeGreaterThan(gaussians.count / 2);
    const tall = rig.joints.crown[2];
    let far = 0;
    for (let edge = 0; edge < links.length / 2; edge++) {
      const [a, b] = [(links[edge * 2] ?? 0) * 3, (links[edge * 2 + 1] ?? 0) * 3];
      const apart = Math.hypot(...[0, 1, 2].map((c) => (gaussians.means[a + c] ?? 0) - (gaussians.means[b + c] ?? 0)));
      if (apart > 0.06 * tall) far++;
    }
    expect(far / (links.length / 2)).toBeLessThan(0.03);
  });

  it('ties every Gaussian to nodes that exist', () => {
    const { gaussians, skin, rig } = body;
    expect(skin.neighbours).toHaveLength(gaussians.count * 4);
    expect(skin.neighbours.every((node) => node >= 0 && node < rig.nodes.length)).toBe(true);
    for (let i = 0; i < gaussians.count; i += 7) {
      const sum = skin.weights.subarray(i * 4, i * 4 + 4).reduce((total, weight) => total + weight, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it('gives each limb its own bones', () => {
    const { gaussians, skin, rig } = body;
    const boneNear = (joint: keyof typeof rig.joints, below: keyof typeof rig.joints): string[] => {
      const [a, b] = [rig.joints[joint], rig.joints[below]];
      const middle = a.map((value, c) => (value + (b[c] ?? 0)) / 2);
      const near = Array.from({ length: gaussians.count }, (_, i) => i).filter(
        (i) => Math.hypot(...[0, 2].map((c) => (middle[c] ?? 0) - (gaussians.means[i * 3 + c] ?? 0))) < 0.05,
      );
      expect(near.length).toBeGreaterThan(10);
      return [...new Set(near.map((i) => BONES[rig.nodes[skin.neighbours[i * 4] ?? 0]?.bone ?? 0]?.name ?? ''))];
    };
    expect(boneNear('left_elbow', 'left_wrist')).toEqual(['left_forearm']);
    expect(boneNear('right_knee', 'right_ankle')).toEqual(['right_shin']);
    expect(boneNear('left_hip', 'left_knee')).toContain('left_thigh');
    expect(boneNear('left_hip', 'left_knee')).not.toContain('right_shin');
    expect(boneNear('neck', 'crown')).toEqual(['head']);
  });
});

const along = ({ gaussians }: Body, axis: number): number[] =>
  Array.from({ length: gaussians.count }, (_, i) => gaussians.means[i * 3 + axis] ?? NaN);
