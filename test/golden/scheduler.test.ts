import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRecord } from '../../core/formats/json.ts';
import { readSchedulerConfig } from '../../native/inference/configs.ts';
import { cumulativeAlphas, trailingTimesteps } from '../../native/inference/schedule/alphas.ts';
import { dynamicGuidance } from '../../native/inference/schedule/guidance.ts';
import { ddimSteps, dpmSteps, type Step } from '../../native/inference/schedule/steps.ts';
import { takeStep } from '../../native/inference/schedule/take-step.ts';
import { elementCount } from '../../native/onnx/tensor.ts';
import { asRecord } from './golden.ts';
import { GoldenCase, GoldenErrors, goldenJson, goldenPath } from './inference-golden.ts';

const errors = new GoldenErrors('scheduler');
const configPath = goldenPath('scheduler/scheduler_config.json');
const config = readSchedulerConfig(readFileSync(configPath), configPath);
const schedule = goldenJson('scheduler/schedule.json');
const counts = Object.keys(asRecord(schedule.steps)).map(Number);

/** The steps of a schedule in the golden data; infinite numbers are words there, and absent ones null. */
function goldenSteps(count: number): Readonly<Record<string, number | undefined>>[] {
  const steps: unknown = asRecord(schedule.steps)[count];
  if (!Array.isArray(steps)) throw new Error(`no schedule of ${count} steps`);
  return steps.map((step: unknown) =>
    Object.fromEntries(
      Object.entries(isRecord(step) ? step : {}).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : { inf: Infinity, '-inf': -Infinity }[String(value)],
      ]),
    ),
  );
}

it('gives the cumulative alphas', () => {
  errors.checkNumbers('alphas_cumprod', cumulativeAlphas(config), schedule.alphas_cumprod as number[], 1e-12);
});

describe.each(counts)('%i steps', (count) => {
  const golden = goldenSteps(count);
  const column = (name: string): number[] => golden.map((step) => step[name] ?? NaN);
  const dpm = dpmSteps(config, count);
  const compare = (name: string, result: readonly number[], reference: readonly number[], allowed: number): void => {
    errors.checkNumbers(`${count} steps, ${name}`, result, reference, allowed);
  };

  it('are taken at the published timesteps, with the published strength of guidance', () => {
    expect(trailingTimesteps(config.trainSteps, count)).toEqual(column('t'));
    const strengths = column('t').map((t) => dynamicGuidance(6, count, t));
    compare('dynamic guidance', strengths, column('dynamic_guidance_6'), 1e-6);
  });

  it('have the factors of DPM', () => {
    const isOuter = (i: number): boolean => i === 0 || i === count - 1;
    const clean = golden.map((s, i) => -(s.mult_x0 ?? NaN) * (isOuter(i) ? 1 : (s.mult_new ?? NaN)));
    const older = golden.map((s, i) => (isOuter(i) ? 0 : (s.mult_x0 ?? NaN) * (s.mult_old ?? NaN)));
    compare(
      'sample',
      dpm.map((step) => step.sample),
      column('mult_sample'),
      1e-9,
    );
    compare(
      'clean',
      dpm.map((step) => step.clean),
      clean,
      1e-9,
    );
    compare(
      'olderClean',
      dpm.map((step) => step.olderClean),
      older,
      1e-9,
    );
    compare(
      'noise',
      dpm.map((step) => step.noise),
      column('mult_noise'),
      1e-9,
    );
  });

  it('have the factors of DDIM', () => {
    const ddim = ddimSteps(config, count);
    compare(
      'DDIM sample',
      ddim.map((step) => step.sample),
      column('ddim_a'),
      1e-9,
    );
    compare(
      'DDIM clean',
      ddim.map((step) => step.clean),
      column('ddim_b'),
      1e-9,
    );
  });
});

describe.each([
  ['dpm', dpmSteps, 4],
  ['dpm', dpmSteps, 50],
  ['ddim', ddimSteps, 4],
  ['ddim', ddimSteps, 50],
] as const)('the trajectory of %s', (name, stepsOf, count) => {
  it(`goes where the published one goes in ${count} steps`, () => {
    const golden = new GoldenCase(`scheduler/trajectory_${name}_${count}`);
    const size = elementCount(golden.tensor('in_sample').dims);
    const part = (tensor: string, i: number): Float32Array => golden.data(tensor).subarray(i * size, (i + 1) * size);
    const steps: Step[] = stepsOf(config, count);
    let sample = golden.data('in_sample');
    let older: Float32Array | undefined;
    const samples: number[] = [];
    const cleans: number[] = [];
    steps.forEach((step, i) => {
      // The library draws once at the ends and twice between them, where the second draw counts.
      const draw = i === 0 ? 0 : i === count - 1 ? 2 * i - 1 : 2 * i;
      const noise = name === 'dpm' ? part('in_noise_draws', draw) : undefined;
      const next = takeStep(step, sample, part('in_model_output', i), older, noise);
      sample = next.sample;
      older = next.clean;
      samples.push(...next.sample);
      cleans.push(...next.clean);
    });
    errors.checkNumbers(`${name} ${count}, samples`, samples, golden.data('out_prev_sample'), 1e-5);
    errors.checkNumbers(`${name} ${count}, clean`, cleans, golden.data('out_pred_original_sample'), 1e-5);
  });
});
