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

  it.each([
    [2, 0],
    [2, 1],
    [3, 1],
    [7, 3],
    [8, 1],
    [8, 7],
  ])('connects every frame once, outwards, %d frames from frame %d', (frames, canonical) => {
    const program = makeProgram(input({ settings, frames, canonical }));
    const open = new Set([canonical]);
    const surveyed = new Set<number>();
    for (const step of program.steps) {
      if (step.type === 'survey') surveyed.add(step.frame);
      if (step.type === 'connect') {
        expect(open.has(step.from) && open.has(step.before)).toBe(true);
        expect(Math.abs(step.to - step.from)).toBe(1);
        expect(open.has(step.to)).toBe(false);
        expect(surveyed.has(step.to)).toBe(true);
        open.add(step.to);
      }
      if (step.type !== 'train' || step.stage === 'coarse') continue;
      // The network connects nothing; nodes are never asked for a frame that was not connected.
      if (settings.deformation === 'hexplane') continue;
      for (let frame = step.frames.low; frame <= step.frames.high; frame++) expect(open.has(frame)).toBe(true);
    }
    if (settings.deformation === 'nodes') expect(open.size).toBe(frames);
    const last = trains(program.steps).at(-1);
    expect([last?.frames.low, last?.frames.high]).toEqual([0, frames - 1]);
  });

  it('takes as many iterations from whichever frame it starts', () => {
    const counts = [0, 3, 6].map((canonical) => makeProgram(input({ settings, canonical })).iterations);
    if (settings.deformation === 'nodes') expect(new Set(counts).size).toBe(1);
  });

  it('makes a still figure of the middle frame unless told another, without deformation', () => {
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
      expect(frames.low).toBeGreaterThanOrEqual(plan.windowLow);
      expect(frames.high).toBeLessThanOrEqual(plan.windowHigh);
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
      if (step.type === 'train') done += step.count;
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

  it('uses pictures of about the sides its stages ask for', () => {
    const settings = PRESET_SETTINGS.draft;
    const { steps } = makeProgram(input({ settings, width: 960, height: 480 }));
    const sidesOf = (stage: string): number[] =>
      steps.flatMap((step) =>
        step.type === 'survey' || step.type === 'train'
          ? (step.type === 'survey' ? 'survey' : step.stage) === stage
            ? [480 / 2 ** step.plan.level]
            : []
          : [],
      );
    for (const [stage, wanted] of [
      ['survey', settings.survey.side],
      ['connect', settings.connect.side],
      ['final', 480],
    ] as const) {
      const used = sidesOf(stage);
      expect(used.length, stage).toBeGreaterThan(0);
      expect(
        used.every((side) => side / wanted > 0.7 && side / wanted < 1.5),
        stage,
      ).toBe(true);
    }
  });

  it('moves nothing but the nodes of the new frame while it connects', () => {
    const settings = { ...PRESET_SETTINGS.draft, neighbour: { ...PRESET_SETTINGS.paper.neighbour, weight: 1 } };
    const { steps } = makeProgram(input({ settings }));
    const connecting = trains(steps).filter(({ stage }) => stage === 'connect');
    expect(connecting.length).toBeGreaterThan(0);
    for (const { plan, frames } of connecting) {
      expect(frames.low).toBe(frames.high);
      expect(plan.neighbour?.weight ?? 0).toBe(0);
      expect({ moves: plan.moveGaussians, blend: plan.rates.blendWeight }).toEqual({ moves: false, blend: 0 });
    }
  });

  it('registers a larger scene as it would the same scene at its usual size', () => {
    const [near, far] = [1, 2].map((extent) => {
      const { steps } = makeProgram(input({ extent }));
      return steps.flatMap((step) => (step.type === 'connect' ? [step.registration] : []))[0];
    });
    expect((far?.sigmaStart ?? NaN) / (near?.sigmaStart ?? NaN)).toBeCloseTo(2, 12);
    expect((near?.rigidity ?? NaN) / (far?.rigidity ?? NaN)).toBeCloseTo(4, 12);
    expect(far?.colorSigma).toBe(near?.colorSigma);
  });

  it('raises the degree of spherical harmonics step by step', () => {
    const { steps } = makeProgram(input({ settings: PRESET_SETTINGS.paper }));
    const degrees = trains(steps).map(({ plan }) => plan.activeDegree);
    expect(degrees[0]).toBe(0);
    expect(degrees.at(-1)).toBe(PRESET_SETTINGS.paper.shDegree);
    expect([...degrees].sort((a, b) => a - b)).toEqual(degrees);
  });
});
