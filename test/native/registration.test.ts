import { describe, expect, it } from 'vitest';
import { allocateGaussians, type Gaussians } from '../../core/gaussians.ts';
import { deformByNodes } from '../../core/deformation/nodes.ts';
import { frameTime } from '../../core/frame-time.ts';
import { turntableCamera } from '../../core/ring.ts';
import { rasterCamera, type RegistrationOptions, type Trainer } from '../../native/addon/index.ts';
import { placeControlNodes } from '../../native/training/control-nodes.ts';
import { PRESET_SETTINGS } from '../../native/training/presets.ts';
import { cloudOf } from '../../native/training/survey.ts';
import { passes } from '../golden/native-passes.ts';

const SIZE = 32;
const { registration } = PRESET_SETTINGS.draft.connect;

type Point = readonly [number, number, number];

/** A trunk with an arm that is turned about the shoulder: points on two tubes, the arm in another colour towards its hand. */
function figure(armAngle: number): Gaussians {
  const points: { at: Point; red: number }[] = [];
  for (let i = 0; i < 40; i++) {
    for (let k = 0; k < 12; k++) {
      const angle = (2 * Math.PI * k) / 12;
      points.push({ at: [0.12 * Math.cos(angle), 0.12 * Math.sin(angle), 0.2 + i * 0.025], red: 0.3 });
      if (i >= 24) continue;
      // Along the arm, then across it; the shoulder is at (0.12, 0, 1.1).
      const [along, up, across] = [i * 0.025, 0.04 * Math.cos(angle), 0.04 * Math.sin(angle)];
      const [c, s] = [Math.cos(armAngle), Math.sin(armAngle)];
      points.push({ at: [0.12 + c * along - s * up, across, 1.1 + s * along + c * up], red: 0.5 + i / 48 });
    }
  }
  const gaussians = allocateGaussians(points.length, 0);
  points.forEach(({ at, red }, i) => {
    gaussians.means.set(at, i * 3);
    gaussians.sh.set([(red - 0.5) / 0.2820948, 0, 0], i * 3);
  });
  gaussians.logScales.fill(Math.log(0.015));
  gaussians.opacityLogits.fill(3);
  for (let i = 0; i < points.length; i++) gaussians.quats[i * 4] = 1;
  return gaussians;
}

function trainerOf(gaussians: Gaussians, threads = 1): Trainer {
  const cameras = [rasterCamera(turntableCamera(0, SIZE, SIZE))];
  const config = { width: SIZE, height: SIZE, frames: 2, threads, levels: 1, seed: 0 };
  const trainer = new passes.Trainer({ ...config, background: Float32Array.of(1, 1, 1), cameras });
  trainer.setGaussians(gaussians);
  trainer.setNodes(placeControlNodes(gaussians, 60));
  return trainer;
}

async function registered(trainer: Trainer, target: Float32Array, changes: Partial<RegistrationOptions> = {}) {
  const starts = trainer.nodeFrame({ frame: 1 });
  const options = { count: 1, starts, points: target.length / 6, target, ...registration, ...changes };
  const [result] = await trainer.registerFrame(options);
  if (!result) throw new Error('no result');
  return result;
}

/** Largest distance of a Gaussian that the nodes moved from where it belongs. */
function worstDistance(trainer: Trainer, values: Float32Array, rest: Gaussians, truth: Gaussians): number {
  trainer.setNodeFrame({ frame: 1, values });
  const field = trainer.nodes();
  let worst = 0;
  for (let i = 0; i < rest.count; i++) {
    const at = [0, 1, 2].map((c) => {
      let x = 0;
      for (let k = 0; k < 4; k++) {
        const node = field.neighbours[i * 4 + k] ?? 0;
        const w = field.weights[i * 4 + k] ?? 0;
        const q = [0, 1, 2, 3].map((j) => field.rotations[(60 + node) * 4 + j] ?? 0);
        const d = [0, 1, 2].map((j) => (rest.means[i * 3 + j] ?? 0) - (field.nodes[node * 3 + j] ?? 0));
        x +=
          w *
          ((field.nodes[node * 3 + c] ?? 0) + (field.translations[(60 + node) * 3 + c] ?? 0) + (turn(q, d)[c] ?? 0));
      }
      return x;
    });
    worst = Math.max(worst, Math.hypot(...at.map((x, c) => x - (truth.means[i * 3 + c] ?? 0))));
  }
  return worst;
}

function turn(q: readonly number[], v: readonly number[]): number[] {
  const [w = 1, x = 0, y = 0, z = 0] = q;
  const [a = 0, b = 0, c = 0] = v;
  const t = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)] as const;
  return [a + w * t[0] + y * t[2] - z * t[1], b + w * t[1] + z * t[0] - x * t[2], c + w * t[2] + x * t[1] - y * t[0]];
}

describe('Gaussians that are born', () => {
  const rest = figure(0);
  /** A second arm on the other side, of which the still figure knows nothing. */
  const withArm = (cloud: Float32Array): Float32Array => {
    const arm = cloud.filter((_, i) => (cloud[Math.floor(i / 6) * 6] ?? 0) > 0.2);
    return Float32Array.from([...cloud, ...arm.map((value, i) => (i % 6 === 0 ? -value : value))]);
  };
  const birth = { frame: 1, reach: 0.05, limit: 1000 };

  it('stand where the frame shows what nothing covers, also after a turn', async () => {
    const trainer = trainerOf(rest);
    const moved = cloudOf(figure(0.8));
    trainer.setNodeFrame({ frame: 1, values: (await registered(trainer, moved)).values });
    const cloud = withArm(moved);
    const born = trainer.bear({ ...birth, points: cloud.length / 6, cloud });
    expect(born).toBeGreaterThan(100);
    const gaussians = trainer.gaussians();
    expect(gaussians.count).toBe(rest.count + born);
    const field = { kind: 'nodes', ...trainer.nodes() } as const;
    const { means } = deformByNodes(gaussians, field, frameTime(1, 2));
    const points = new Set(Array.from({ length: cloud.length / 6 }, (_, j) => j));
    for (let i = rest.count; i < gaussians.count; i++) {
      const distances = [...points].map((j) => {
        return Math.hypot(...[0, 1, 2].map((c) => (means[i * 3 + c] ?? 0) - (cloud[j * 6 + c] ?? 0)));
      });
      expect(Math.min(...distances)).toBeLessThan(1e-4);
    }
    expect(trainer.bear({ ...birth, points: cloud.length / 6, cloud })).toBe(0);
  });

  it('are none where all is covered, and no more than there is room for', () => {
    const trainer = trainerOf(rest);
    const same = cloudOf(rest);
    expect(trainer.bear({ ...birth, points: same.length / 6, cloud: same })).toBe(0);
    const cloud = withArm(same);
    expect(trainer.bear({ ...birth, limit: 7, points: cloud.length / 6, cloud })).toBe(7);
    expect(() => trainer.bear({ ...birth, reach: 0, points: cloud.length / 6, cloud })).toThrow('reach');
  });
});

describe('the registration of nodes with another cloud', () => {
  const rest = figure(0);

  it.each([20, 45, 70, -60])('finds an arm that turned by %d degrees', async (degrees) => {
    const truth = figure((degrees * Math.PI) / 180);
    const trainer = trainerOf(rest);
    const before = await registered(trainer, cloudOf(truth), { steps: 0 });
    expect(before.uncovered).toBeGreaterThan(0.15);
    const after = await registered(trainer, cloudOf(truth));
    expect(after.uncovered).toBeLessThan(0.02);
    expect(after.astray).toBeLessThan(0.02);
    expect(after.cost).toBeLessThan(before.cost / 3);
    // The hand is 0.6 from the shoulder: it has come 0.2 to 0.7 of the way.
    expect(worstDistance(trainer, after.values, rest, truth)).toBeLessThan(0.09);
  });

  it('leaves a figure that did not move where it is', async () => {
    const trainer = trainerOf(rest);
    const { values, bending } = await registered(trainer, cloudOf(rest));
    // Points stand 0.025 apart; what is round may turn a little.
    expect(worstDistance(trainer, values, rest, rest)).toBeLessThan(0.05);
    expect(bending).toBeLessThan(0.05);
  });

  it('gives the same bits on any number of threads, and whatever else starts beside it', async () => {
    const target = cloudOf(figure(1));
    const single = await registered(trainerOf(rest), target);
    const trainer = trainerOf(rest, 3);
    const start = trainer.nodeFrame({ frame: 1 });
    const starts = Float32Array.from([...start, ...single.values, ...start]);
    const many = await trainer.registerFrame({ count: 3, starts, points: target.length / 6, target, ...registration });
    expect(many.map(({ cost }) => cost)[0]).toBe(single.cost);
    expect(many[0]?.values).toEqual(single.values);
    expect(many[2]?.values).toEqual(single.values);
  });

  it('says that a limb is missing', async () => {
    // A second arm on the other side, of which the still figure knows nothing.
    const target = cloudOf(rest);
    const arm = target.filter((_, i) => (target[Math.floor(i / 6) * 6] ?? 0) > 0.2);
    const mirrored = arm.map((value, i) => (i % 6 === 0 ? -value : value));
    const { uncovered } = await registered(trainerOf(rest), Float32Array.from([...target, ...mirrored]));
    expect(uncovered).toBeGreaterThan(0.1);
  });

  it('refuses what makes no sense, by name', async () => {
    const trainer = trainerOf(rest);
    const target = cloudOf(rest);
    await expect(registered(trainer, target, { sigmaEnd: 0 })).rejects.toThrow('sigmaEnd');
    await expect(registered(trainer, target, { balance: 2 })).rejects.toThrow('balance');
    await expect(registered(trainer, target, { steps: -1 })).rejects.toThrow('steps');
    await expect(
      registered(
        trainer,
        target.map(() => NaN),
      ),
    ).rejects.toThrow('target');
  });
});
