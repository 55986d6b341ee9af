import { describe, expect, it } from 'vitest';
import { allocateGaussians, type Gaussians } from '../../core/gaussians.ts';
import type { BatchPlan, Rates, Trainer, TrainerConfig } from '../../native/addon/index.ts';
import { passes, type ImageLossCall, type NodeCall, type RenderCall } from '../golden/native-passes.ts';
import { seededRandom } from '../helpers/random.ts';
import { randomCamera, randomCloud } from '../helpers/random-scene.ts';

/** What no input may hold, and how the message calls it. */
const NOT_FINITE = [
  [NaN, 'nan'],
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
] as const;
/** Finite, but far beyond anything sensible; and the least that single precision knows. */
const EXTREMES = [3.4e38, -3.4e38, 1e20, -1e20, 1e-45, -1e-45, 0];

const FIELDS = ['means', 'logScales', 'quats', 'opacityLogits', 'sh'] as const;
const WIDTH = 20;
const HEIGHT = 12;
const random = seededRandom(1);
const camera = randomCamera(random, WIDTH, HEIGHT);
const background = Float32Array.of(1, 0.5, 0);
const cloud = (): Gaussians => randomCloud(seededRandom(2), { count: 40, shDegree: 1 });
const ones = (length: number): Float32Array => new Float32Array(length).fill(1);

const poisoned = (values: Float32Array | undefined, at: number, value: number): Float32Array => {
  const copy = Float32Array.from(values ?? []);
  copy[at] = value;
  return copy;
};

const renderCall = (gaussians = cloud()): RenderCall => {
  return { gaussians, camera, background, threads: 2, gradRgb: ones(3 * WIDTH * HEIGHT) };
};

function newTrainer(changes: Partial<TrainerConfig> = {}): Trainer {
  const config = { width: WIDTH, height: HEIGHT, frames: 2, threads: 1, levels: 1, seed: 0, background };
  return new passes.Trainer({ ...config, cameras: [camera], ...changes });
}

/** A trainer with a picture at both frames, Gaussians, and nodes. */
function readyTrainer(gaussians = cloud()): Trainer {
  const trainer = newTrainer();
  for (const frame of [0, 1]) {
    trainer.setImage({ view: 0, frame, rgb: new Uint8Array(3 * WIDTH * HEIGHT).fill(90 * frame) });
  }
  trainer.setGaussians(gaussians);
  trainer.setNodes(nodesOf(gaussians));
  return trainer;
}

const nodesOf = ({ count }: Gaussians) => ({
  count: 3,
  positions: Float32Array.of(0, 0, 0, 0.5, 0, 0, 0, 0.5, 0),
  neighbours: Int32Array.from({ length: 4 * count }, (_, k) => k % 3),
  logits: new Float32Array(4 * count),
});

const plan = (rates: BatchPlan['rates'], deform = false) => ({
  level: 0,
  lambda: 0.2,
  activeDegree: 1,
  deform,
  moveGaussians: true,
  collect: true,
  windowLow: 0,
  windowHigh: 1,
  rates,
  weights: { rigidity: 1, rotationSmooth: 1, acceleration: 1, colorSmooth: 1 },
  first: 0,
  samples: Int32Array.from({ length: 40 }, (_, k) => (k % 4 === 3 ? 1 : 0)),
});

describe.each(NOT_FINITE)('%d in an input', (value, name) => {
  it.each(FIELDS)('is named: %s of Gaussians', async (field) => {
    const bad = { ...cloud(), [field]: poisoned(cloud()[field], 5, value) };
    const message = new RegExp(`^${field}: value 5 of \\[.*\\] = \\d+ is ${name}, not a finite number$`);
    expect(() => passes.renderGradients(renderCall(bad))).toThrow(message);
    await expect(async () => passes.render(renderCall(bad))).rejects.toThrow(message);
    expect(() => {
      newTrainer().setGaussians(bad);
    }).toThrow(message);
  });

  it.each(['gradRgb', 'background'] as const)('is named: %s of a render', (field) => {
    const call = renderCall();
    expect(() => passes.renderGradients({ ...call, [field]: poisoned(call[field], 1, value) })).toThrow(
      new RegExp(`^${field}: value 1 of`),
    );
  });

  it.each(['fx', 'fy', 'cx', 'cy'] as const)('is named: %s of a camera', (field) => {
    const bad = { ...camera, [field]: value };
    expect(() => passes.renderGradients({ ...renderCall(), camera: bad })).toThrow(`${field}: not finite`);
    expect(() => newTrainer({ cameras: [bad] })).toThrow(`${field}: not finite`);
  });

  it('is named: the view of a camera', () => {
    const view = Float64Array.from(camera.view);
    view[7] = value;
    expect(() => passes.renderGradients({ ...renderCall(), camera: { ...camera, view } })).toThrow('view: not finite');
  });

  it('is named: the pictures of a loss', () => {
    const picture = ones(3 * WIDTH * HEIGHT);
    const call: ImageLossCall = {
      rgb: picture,
      target: picture,
      width: WIDTH,
      height: HEIGHT,
      lambda: 0.2,
      threads: 1,
    };
    expect(() => passes.imageLoss({ ...call, rgb: poisoned(picture, 3, value) })).toThrow('rgb: value 3 of');
    expect(() => passes.imageLoss({ ...call, target: poisoned(picture, 3, value) })).toThrow('target: value 3 of');
    expect(() => passes.imageLoss({ ...call, lambda: value })).toThrow('lambda: not finite');
  });

  it.each(['nodes', 'rotations', 'translations', 'colours', 'logits'] as const)('is named: %s of nodes', (field) => {
    const gaussians = cloud();
    const { count, positions: nodes, neighbours, logits } = nodesOf(gaussians);
    const still = { gaussians, count, nodes, neighbours, logits, frames: 1, frame: 0, threads: 1 };
    const call: NodeCall = { ...still, rotations: ones(12), translations: ones(9), colours: ones(9) };
    expect(() =>
      passes.nodeRegularise({ ...call, [field]: poisoned(call[field], 2, value), low: 0, high: 0, weights: {} }),
    ).toThrow(`${field}: value 2 of`);
  });

  it('is named: the inputs of a trainer', () => {
    const trainer = readyTrainer();
    const nodes = nodesOf(cloud());
    expect(() => {
      trainer.setImage({ view: 0, frame: 0, rgb: poisoned(ones(3 * WIDTH * HEIGHT), 7, value) });
    }).toThrow('rgb: value 7 of');
    expect(() => {
      trainer.setNodes({ ...nodes, positions: poisoned(nodes.positions, 4, value) });
    }).toThrow('positions: value 4 of');
    expect(() => {
      trainer.setNodes({ ...nodes, logits: poisoned(nodes.logits, 9, value) });
    }).toThrow('logits: value 9 of');
    expect(() => newTrainer({ background: poisoned(background, 2, value) })).toThrow('background: value 2 of');
    expect(() => void trainer.run(plan({ means: value }))).toThrow('means: not finite');
    expect(() => void trainer.run({ ...plan({}), lambda: value })).toThrow('lambda: not finite');
    expect(() => void trainer.run({ ...plan({}), weights: { rigidity: value } })).toThrow('rigidity: not finite');
    expect(() => {
      trainer.resetOpacity({ ceiling: value });
    }).toThrow('ceiling: not finite');
  });
});

describe('an extreme but finite value', () => {
  it.each(FIELDS.flatMap((field) => EXTREMES.map((value) => [field, value] as const)))(
    '%s of %d leaves a clean picture or is refused',
    (field, value) => {
      const bad = { ...cloud(), [field]: cloud()[field].map((x, k) => (k < 9 ? value : x)) };
      let result;
      try {
        result = passes.renderGradients(renderCall(bad));
      } catch (error) {
        expect(String(error)).toMatch(/^Error: the Gaussians have grown over the whole picture/);
        return;
      }
      const { rgb, transmittance, depth, means, logScales, quats, opacityLogits, sh } = result;
      // Colours may be as large as they were made, and gradients with them.
      const clean =
        field === 'sh'
          ? { transmittance, depth }
          : { rgb, transmittance, depth, means, logScales, quats, opacityLogits, sh };
      const wrong = Object.entries(clean)
        .filter(([, values]) => !values.every(Number.isFinite))
        .map(([what]) => what);
      expect(wrong).toEqual([]);
    },
  );

  it('keeps what the camera sees of the other Gaussians', () => {
    const whole = cloud();
    // The first Gaussian is poisoned in every way in turn; if it is drawn at all it may cover others, so it is faint.
    whole.opacityLogits[0] = -20;
    const clean = passes.renderGradients(renderCall(whole)).rgb;
    for (const field of ['means', 'logScales', 'quats'] as const) {
      for (const value of EXTREMES) {
        const size = whole[field].length / whole.count;
        const bad = { ...whole, [field]: whole[field].map((x, k) => (k < size ? value : x)) };
        expect(passes.renderGradients(renderCall(bad)).rgb, `${field} ${value}`).toEqual(clean);
      }
    }
  });
});

describe('a wrong shape or type', () => {
  it.each(FIELDS)('is named: %s', (field) => {
    const short = { ...cloud(), [field]: cloud()[field].subarray(1) };
    expect(() => passes.renderGradients(renderCall(short))).toThrow(
      new RegExp(`^${field}: expected \\[.*\\] = \\d+ values, got \\d+$`),
    );
    const doubles = { ...cloud(), [field]: Float64Array.from(cloud()[field]) };
    expect(() => passes.renderGradients(renderCall(doubles))).toThrow(`${field}: expected a Float32Array`);
  });

  it.each([
    ['a view that is not there', { samples: Int32Array.of(1, 0) }, 'samples: view or frame out of range'],
    ['a frame that is not there', { samples: Int32Array.of(0, 2) }, 'samples: view or frame out of range'],
    ['a level that is not kept', { level: 1 }, 'level: expected an integer in [0, 0], got 1'],
    ['a window past the end', { windowHigh: 2 }, 'windowHigh: expected an integer in [0, 1], got 2'],
  ])('is named: a plan with %s', (_, change, message) => {
    const trainer = readyTrainer();
    expect(() => void trainer.run({ ...plan({}), ...change })).toThrow(message);
  });

  it('is named: a node that is not there, a checkpoint of something else', () => {
    const trainer = readyTrainer();
    const nodes = nodesOf(cloud());
    nodes.neighbours[6] = 3;
    expect(() => {
      trainer.setNodes(nodes);
    }).toThrow('neighbours: no such node');
    expect(() => {
      trainer.restore({});
    }).toThrow(/: missing$/);
  });

  it('is refused: a batch without picture or Gaussians, and calls while one runs', async () => {
    await expect(async () => newTrainer().run(plan({}))).rejects.toThrow(/picture/);
    const trainer = readyTrainer();
    const running = trainer.run(plan({ means: 1e-3 }));
    expect(() => trainer.gaussians()).toThrow('the trainer is busy with a batch');
    await expect(running).resolves.toMatchObject({ iterations: 20 });
  });
});

/** What a run at such rates ends with: its message, or what it has learnt. */
async function outcome(rates: BatchPlan['rates'], deform: boolean): Promise<{ message?: string; notFinite: string[] }> {
  const trainer = readyTrainer();
  try {
    const { loss } = await trainer.run(plan(rates, deform));
    const learnt = Object.entries({ ...trainer.gaussians(), ...trainer.nodes() }).filter(
      ([, values]) => values instanceof Float32Array && !values.every(Number.isFinite),
    );
    return { notFinite: [...learnt.map(([name]) => name), ...(Number.isFinite(loss) ? [] : ['loss'])] };
  } catch (error) {
    return { message: String(error), notFinite: [] };
  }
}

describe('a damaged state', () => {
  const state = readyTrainer().state();
  const cut = (values: Float32Array | Int32Array, part: number) => values.slice(0, Math.floor(values.length * part));
  // A graph that is empty in both of its parts is one that was not built yet.
  const names = Object.keys(state).filter((name) => !name.startsWith('trainer.graph'));

  it.each(names)('is refused by name: %s', (name) => {
    const values = state[name] ?? new Float32Array();
    for (const part of [0, 0.5]) {
      expect(() => {
        readyTrainer().restore({ ...state, [name]: cut(values, part) });
      }).toThrow(`the checkpoint is damaged at ${name}`);
    }
    const { [name]: missing, ...rest } = state;
    expect(missing).toBeDefined();
    expect(() => {
      readyTrainer().restore(rest);
    }).toThrow(`${name}: missing`);
  });

  it.each([
    ['nodes.neighbours', Int32Array.from(state['nodes.neighbours'] ?? [], () => 3)],
    ['trainer.graphOffsets', Int32Array.of(0, 5)],
    ['trainer.graphOffsets', new Int32Array(41).fill(-1)],
  ])('is refused where it points outside: %s', (name, values) => {
    expect(() => {
      readyTrainer().restore({ ...state, [name]: values });
    }).toThrow(`the checkpoint is damaged at ${name}`);
  });
});

describe('an optimisation that diverges', () => {
  const cases = (['means', 'logScales', 'quats', 'opacity', 'shBase', 'shRest'] as const)
    .map((rate) => [rate, false] as readonly [keyof Rates, boolean])
    .concat((['nodeRotation', 'nodeTranslation', 'nodeColor', 'blendWeight'] as const).map((rate) => [rate, true]))
    .flatMap(([rate, deform]) => [1e30, 1e38].map((value) => [rate, value, deform] as const));

  // Where the numbers stay finite (a cloud out of sight, opacities of 0 or 1) there is nothing to say.
  it.each(cases)('says what it was: %s at %d', async (rate, value, deform) => {
    const { message, notFinite } = await outcome({ [rate]: value }, deform);
    expect(notFinite).toEqual([]);
    if (message === undefined) return;
    expect(message).toMatch(
      /^Error: (the loss of view 0, frame [01] is not a finite number: .* has diverged|.* is not a finite number any more: the optimisation has diverged|the Gaussians have grown over the whole picture; the optimisation diverged)$/,
    );
  });

  it('is not a trainer that is lost: it goes on with new Gaussians', async () => {
    const trainer = readyTrainer();
    await trainer.run(plan({ shBase: 1e38, shRest: 1e38 })).catch(() => undefined);
    trainer.setGaussians(cloud());
    const { loss } = await trainer.run(plan({ means: 1e-3 }));
    expect(Number.isFinite(loss)).toBe(true);
  });
});

it('empty clouds render their background', async () => {
  const pixels = await passes.render(renderCall(allocateGaussians(0, 2)));
  expect([...pixels.subarray(0, 3)]).toEqual([255, 128, 0]);
});
