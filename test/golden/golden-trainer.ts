import type { Gaussians } from '../../core/gaussians.ts';
import { scheduledRate } from '../../core/schedule.ts';
import type { Rates, RasterCamera, Trainer } from '../../native/addon/index.ts';
import { asRecord, interleaved, slice, type Golden } from './golden.ts';
import { passes } from './native-passes.ts';

/** The cameras of a list in the golden JSON. */
export function camerasOf(golden: Golden, key: string): RasterCamera[] {
  const list = golden.json[key];
  if (!Array.isArray(list)) throw new Error(`${golden.name}.json has no cameras ${key}`);
  return list.map((entry) => {
    const camera = asRecord(entry);
    const number = (name: string): number => golden.number(name, camera);
    const rows: unknown = camera.viewmat;
    if (!Array.isArray(rows)) throw new Error(`${golden.name}.json has a camera without viewmat`);
    return {
      view: Float64Array.from(rows.flat(), Number),
      fx: number('fx'),
      fy: number('fy'),
      cx: number('cx'),
      cy: number('cy'),
      width: number('width'),
      height: number('height'),
    };
  });
}

/** The Gaussians the golden run starts from. */
export function startOf(golden: Golden): Gaussians {
  const sh = golden.names.includes('init.sh') ? 'init.sh' : 'init.sh_dc';
  const [count = 0, coefficients = 0] = golden.tensor(sh).shape;
  return {
    count,
    shDegree: Math.sqrt(coefficients) - 1,
    means: golden.data('init.means'),
    logScales: golden.data('init.log_scales'),
    quats: golden.data('init.quats'),
    opacityLogits: golden.data('init.opacity_logits'),
    sh: golden.data(sh),
  };
}

/** The rates of one iteration; the first is 1. Only that of the positions changes. */
function ratesAt(golden: Golden, iteration: number): Rates {
  const lr = golden.record('lr');
  const rate = (name: string): number => golden.number(name, lr);
  const shRest = lr.sh_rest === undefined ? {} : { shRest: rate('sh_rest') };
  const positions = { start: rate('position_init'), end: rate('position_final'), steps: rate('position_max_steps') };
  return {
    means: scheduledRate(positions, iteration),
    logScales: rate('scaling'),
    quats: rate('rotation'),
    opacity: rate('opacity'),
    shBase: rate('sh_dc'),
    ...shRest,
  };
}

/** A trainer with the golden start and `pictures`, one set of them a camera, [V, 3, height, width]. */
export function goldenTrainer(golden: Golden, sets: readonly { cameras: string; pictures: string }[]): Trainer {
  const cameras = sets.flatMap((set) => camerasOf(golden, set.cameras));
  const { width = 0, height = 0 } = cameras[0] ?? {};
  const background = Float32Array.from(golden.numbers('background'));
  const trainer = new passes.Trainer({ width, height, frames: 1, threads: 2, levels: 1, seed: 0, background, cameras });
  const pictures = sets.flatMap((set) => {
    const tensor = golden.tensor(set.pictures);
    return Array.from({ length: tensor.shape[0] ?? 0 }, (_, view) => interleaved(slice(tensor, view)));
  });
  pictures.forEach((rgb, view) => {
    trainer.setImage({ view, frame: 0, rgb });
  });
  trainer.setGaussians(startOf(golden));
  return trainer;
}

/** Trains one iteration a call through the views in `order`; the loss before each update. */
export async function goldenRun(golden: Golden, trainer: Trainer, order: readonly number[]): Promise<number[]> {
  // "0.8*L1 + 0.2*(1-SSIM)"
  const lambda = Number(/([\d.]+)\*\(1-SSIM\)/.exec(String(golden.json.loss))?.[1]);
  const losses: number[] = [];
  for (const [index, view] of order.entries()) {
    const { loss } = await trainer.run({
      level: 0,
      lambda,
      activeDegree: golden.number('sh_degree'),
      deform: false,
      moveGaussians: true,
      collect: false,
      windowLow: 0,
      windowHigh: 0,
      rates: ratesAt(golden, index + 1),
      weights: {},
      first: index,
      samples: Int32Array.of(view, 0),
    });
    losses.push(loss);
  }
  return losses;
}
