import type { Registration, RegistrationOptions, Trainer } from '../addon/index.ts';
import type { ConnectStep } from './program.ts';
import { CLOUD_FIELDS, type Cloud } from './survey.ts';

/** Share of a frame's cloud that nothing reaches, above which a limb may be lost and is looked for further away. */
const LOST = 0.08;

/**
 * Sets the nodes of frame `to` by registering them with its cloud from the two most promising starts; the better result stays.
 * @param cloud At least one point.
 * @param connected The frames whose nodes are known.
 */
export async function connectFrame(
  trainer: Trainer,
  { before, from, to, registration }: ConnectStep,
  cloud: Cloud,
  connected: readonly number[],
): Promise<void> {
  const register = (
    starts: readonly Float32Array[],
    changes: Partial<RegistrationOptions> = {},
  ): Promise<readonly Registration[]> =>
    trainer.registerFrame({
      ...{ count: starts.length, starts: joined(starts) },
      ...{ points: cloud.length / CLOUD_FIELDS, target: cloud, ...registration, ...changes },
    });
  trainer.extrapolateNodes({ before, from, to, momentum: 1 });
  const onwards = trainer.nodeFrame({ frame: to });
  // A frame farther away may be more alike: motions turn back and repeat.
  const known = connected.map((frame) => trainer.nodeFrame({ frame }));
  const alike = await register(known, { steps: 0 });
  const nearest = known[indexOfLeast(alike.map(({ cost }) => cost))];
  const tried = await register(nearest ? [onwards, nearest] : [onwards]);
  let best = tried[indexOfLeast(tried.map(({ cost }) => cost))];
  if (best && best.uncovered > LOST) {
    const further = await register([best.values, onwards], { sigmaStart: registration.sigmaStart * 2 });
    best = [best, ...further].reduce((a, b) => (b.cost < a.cost ? b : a));
  }
  if (best) trainer.setNodeFrame({ frame: to, values: best.values });
}

function joined(arrays: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

const indexOfLeast = (values: readonly number[]): number => values.indexOf(Math.min(...values));
