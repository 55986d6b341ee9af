import { describe, expect, it } from 'vitest';
import type { Clip } from '../../core/clip.ts';
import { tinyClip } from '../../test/integration/tiny-clip.ts';
import { viewedCube, visualHull } from './visual-hull.ts';

/** Three balls: a red body, a skin-coloured head, and a blue hand that rises. */
const clip = tinyClip({ views: 8, frames: 2, size: 96 });
const views = clip.cameras.map((_, view) => view);
const CELLS = 60;

const hullOf = (of: Clip, frame: number, seenBy = views) => {
  const hull = visualHull(of, frame, seenBy, CELLS);
  if (!hull) throw new Error('no hull');
  const points = Array.from({ length: hull.count }, (_, i) => ({
    p: [...hull.positions.subarray(i * 3, i * 3 + 3)],
    colour: [...hull.colours.subarray(i * 3, i * 3 + 3)],
  }));
  return { ...hull, points };
};

/** Distance of a point from the surface of a ball. */
const off = (p: readonly number[], centre: readonly number[], radius: number): number =>
  Math.abs(Math.hypot(...p.map((x, c) => x - (centre[c] ?? 0))) - radius);

describe('the visual hull', () => {
  const { points, spacing } = hullOf(clip, 0);

  it('holds the figure', () => {
    const bounds = [0, 1, 2].map((c) => [
      Math.min(...points.map(({ p }) => p[c] ?? 0)),
      Math.max(...points.map(({ p }) => p[c] ?? 0)),
    ]);
    const expected = [
      [-0.45, 0.75],
      [-0.45, 0.45],
      [0.05, 1.4],
    ];
    // A pixel is about 0.03 wide here, and the hull of eight views is a little larger than the balls.
    bounds.flat().forEach((x, k) => {
      expect(Math.abs(x - (expected.flat()[k] ?? NaN))).toBeLessThan(0.08);
    });
  });

  it('consists of points on its surface, all over it', () => {
    const onHead = points.filter(({ p }) => (p[2] ?? 0) > 1.2);
    expect(onHead.length).toBeGreaterThan(50);
    for (const { p } of onHead) expect(off(p, [0, 0, 1.15], 0.25)).toBeLessThan(0.1);
    const inside = points.filter(({ p }) => Math.hypot(p[0] ?? 0, p[1] ?? 0, (p[2] ?? 0) - 0.5) < 0.45 - 3 * spacing);
    expect(inside.length).toBe(0);
    const octants = new Set(onHead.map(({ p }) => `${(p[0] ?? 0) > 0} ${(p[1] ?? 0) > 0}`));
    expect(octants.size).toBe(4);
  });

  it('has the colours that the facing views show', () => {
    const mean = (of: typeof points): number[] =>
      [0, 1, 2].map((c) => of.reduce((sum, { colour }) => sum + (colour[c] ?? 0), 0) / of.length);
    const head = mean(points.filter(({ p }) => (p[2] ?? 0) > 1.2));
    const body = mean(points.filter(({ p }) => (p[2] ?? 0) < 0.9 && (p[0] ?? 0) < -0.1));
    [230, 190, 150].forEach((byte, c) => {
      expect(Math.abs((head[c] ?? NaN) - byte / 255)).toBeLessThan(0.08);
    });
    [200, 60, 40].forEach((byte, c) => {
      expect(Math.abs((body[c] ?? NaN) - byte / 255)).toBeLessThan(0.08);
    });
  });

  it('follows the frame', () => {
    const hand = (frame: number): number =>
      Math.max(
        ...hullOf(clip, frame)
          .points.filter(({ p }) => (p[0] ?? 0) > 0.55)
          .map(({ p }) => p[2] ?? 0),
      );
    expect(hand(1) - hand(0)).toBeGreaterThan(0.3);
  });

  it('is carved by the given views only', () => {
    expect(hullOf(clip, 0, [0, 2]).count).toBeGreaterThan(hullOf(clip, 0).count);
  });

  it('does not exist without a silhouette, and for silhouettes with nothing in common', () => {
    const blank = new Uint8Array(96 * 96 * 3).fill(255);
    expect(visualHull({ ...clip, images: clip.images.map(() => [blank, blank]) }, 0, views, CELLS)).toBeUndefined();
    const half = clip.images.map((view, k) => (k === 3 ? [blank, blank] : view));
    expect(visualHull({ ...clip, images: half }, 0, views, CELLS)).toBeUndefined();
  });
});

describe('the cube that cameras see', () => {
  it('stands around the point they all look at', () => {
    const { centre, half } = viewedCube(clip.cameras);
    expect(Math.abs(centre[0])).toBeLessThan(1e-6);
    expect(Math.abs(centre[1])).toBeLessThan(1e-6);
    expect(centre[2]).toBeCloseTo(0.7, 6);
    // 3.5 away with a view of 39.6 degrees, and a tenth of room.
    expect(half).toBeCloseTo(3.5 * Math.tan(0.6911111611634243 / 2) * 1.1, 3);
  });

  it('exists for a single camera, whose axis has no nearest point', () => {
    const { centre, half } = viewedCube(clip.cameras.slice(0, 1));
    expect([...centre, half].every(Number.isFinite)).toBe(true);
    expect(half).toBeGreaterThan(0);
  });
});
