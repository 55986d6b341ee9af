import { describe, expect, it } from 'vitest';
import { PRESETS } from './contract.ts';
import { PRESET_SETTINGS } from './presets.ts';
import { makeProgram, type ProgramInput, stepIterations, type Step, type TrainStep } from './program.ts';

const input = (changes: Partial<ProgramInput> = {}): ProgramInput => {
  return { settings: PRESET_SETTINGS.draft, frames: 7, width: 480, height: 480, extent: 1, ...changes };
};

const trains = (steps: readonly Step[]): TrainStep[] => steps.flatMap((step) => (step.type === 'train' ? [step] : []));

describe.each(PRESETS)('the program of the %s preset', (preset) => {
  const settings = PRESET_SETTINGS[preset];

  it.each([1, 2, 3, 7, 8, 25])('numbers its iterations without gap, %d frames', (frames) => {
    const program = makeProgram(input({ settings, frames }));
    let next = 0;
    for (const step of program.steps) {
      if ('first' in step) expect(step.first).toBe(next);
      next += stepIterations(step);
    }
    expect(next).toBe(program.iterations);
  });

  it.each([2, 3, 7, 8])('opens every frame once, from the middle outwards, %d frames', (frames) => {
    const program = makeProgram(input({ settings, frames }));
    const middle = Math.floor(frames / 2);
    const open = new Set([middle]);
    for (const step of program.steps) {
      if (step.type === 'open-frame') {
        expect(open.has(step.from) && open.has(step.before)).toBe(true);
        expect(Math.abs(step.to - step.from)).toBe(1);
        expect(open.has(step.to)).toBe(false);
        open.add(step.to);
      }
      if (step.type !== 'train' || step.stage === 'coarse') continue;
      // The network needs no opening; nodes are never asked for a frame that was not opened.
      if (settings.deformation === 'hexplane') continue;
      for (let frame = step.frames.low; frame <= step.frames.high; frame++) expect(open.has(frame)).toBe(true);
    }
    if (settings.deformation === 'nodes') expect(open.size).toBe(frames);
    const last = trains(program.steps).at(-1);
    expect([last?.frames.low, last?.frames.high]).toEqual([0, frames - 1]);
  });

  it('looks at the middle frame first, without deformation', () => {
    const { steps } = makeProgram(input({ settings }));
    const start = steps.findIndex(({ type }) => type === 'start-deformation');
    const coarse = trains(steps.slice(0, start));
    expect(coarse.reduce((sum, { count }) => sum + count, 0)).toBe(settings.coarseIterations);
    for (const { plan, frames, stage } of coarse) {
      expect({ stage, ...frames, deform: plan.deform }).toEqual({
        stage: 'coarse',
        low: 3,
        high: 3,
        fresh: [],
        focus: 0,
        deform: false,
      });
    }
    expect(trains(steps.slice(start)).every(({ plan }) => plan.deform)).toBe(true);
  });

  it('never trains outside its window or at a size that is not kept', () => {
    const { steps, levels } = makeProgram(input({ settings, frames: 9 }));
    for (const { plan, frames } of trains(steps)) {
      expect(plan.level).toBeLessThan(levels);
      expect([frames.low, frames.high]).toEqual([plan.windowLow, plan.windowHigh]);
      expect(frames.fresh.every((frame) => frame >= frames.low && frame <= frames.high)).toBe(true);
    }
  });

  it.each([1, 7, 100, 1234])('can be scaled to %d iterations', (iterations) => {
    for (const frames of [1, 2, 5, 25]) {
      const program = makeProgram(input({ settings, frames, iterations }));
      expect(program.iterations).toBe(iterations);
      expect(program.steps.every((step) => stepIterations(step) >= 0)).toBe(true);
    }
  });

  it('adds Gaussians in the coarse stage only up to its share', () => {
    const { steps } = makeProgram(input({ settings }));
    const start = steps.findIndex(({ type }) => type === 'start-deformation');
    let done = 0;
    let rounds = 0;
    for (const step of steps.slice(0, start)) {
      done += stepIterations(step);
      if (step.type !== 'densify') continue;
      rounds++;
      expect(done).toBeGreaterThanOrEqual(settings.densify.from);
      expect(done).toBeLessThanOrEqual(settings.densify.until * settings.coarseIterations);
      expect(step.options.maxGaussians).toBe(settings.maxGaussians);
    }
    expect(rounds).toBeGreaterThan(0);
  });
});

describe('a program', () => {
  it('is for a still figure when there is one frame', () => {
    const { steps } = makeProgram(input({ frames: 1 }));
    expect(new Set(steps.map(({ type }) => type))).not.toContain('start-deformation');
    expect(trains(steps).every(({ plan }) => !plan.deform)).toBe(true);
  });

  it('moves faster in a larger scene, but does not change colours faster', () => {
    const [near, far] = [1, 2].map((extent) => trains(makeProgram(input({ extent })).steps)[0]?.plan.rates);
    expect((far?.means ?? NaN) / (near?.means ?? NaN)).toBeCloseTo(2, 12);
    expect(far?.shBase).toBe(near?.shBase);
    expect(far?.logScales).toBe(near?.logScales);
  });

  it('uses pictures of about the sides its phases ask for', () => {
    const settings = PRESET_SETTINGS.draft;
    const { steps } = makeProgram(input({ settings, width: 960, height: 480 }));
    const sides = new Set(trains(steps).map(({ plan }) => 480 / 2 ** plan.level));
    for (const { side } of settings.windows) {
      const wanted = Math.min(side, 480);
      expect(
        [...sides].some((used) => used / wanted > 0.7 && used / wanted < 1.5),
        `${side}`,
      ).toBe(true);
    }
  });

  it('steps neither onto nor over a frame that a trial starts from', () => {
    const settings = { ...PRESET_SETTINGS.draft, neighbour: { ...PRESET_SETTINGS.paper.neighbour, weight: 1 } };
    const opened = makeProgram(input({ settings })).steps.flatMap((step) => (step.type === 'open-frame' ? [step] : []));
    expect(opened.length).toBeGreaterThan(0);
    for (const { plan } of opened) {
      expect(plan.neighbour?.weight ?? 0).toBe(0);
      expect({ moves: plan.moveGaussians, blend: plan.rates.blendWeight }).toEqual({ moves: false, blend: 0 });
    }
  });

  it('raises the degree of spherical harmonics step by step', () => {
    const { steps } = makeProgram(input({ settings: PRESET_SETTINGS.paper }));
    const degrees = trains(steps).map(({ plan }) => plan.activeDegree);
    expect(degrees[0]).toBe(0);
    expect(degrees.at(-1)).toBe(PRESET_SETTINGS.paper.shDegree);
    expect([...degrees].sort((a, b) => a - b)).toEqual(degrees);
  });
});
