import { describe, expect, it } from 'vitest';
import { PRESETS } from './contract.ts';
import { PRESET_SETTINGS } from './presets.ts';
import { makeProgram } from './program.ts';

const iterationsOf = (preset: (typeof PRESETS)[number]): number => {
  return makeProgram({ settings: PRESET_SETTINGS[preset], frames: 25, width: 480, height: 480, extent: 1 }).iterations;
};

describe('the presets', () => {
  it.each(PRESETS)('%s is consistent', (preset) => {
    const settings = PRESET_SETTINGS[preset];
    expect(settings.initialGaussians).toBeLessThanOrEqual(settings.maxGaussians);
    expect([0, 1, 2, 3]).toContain(settings.shDegree);
    expect(settings.densify.until).toBeLessThanOrEqual(1);
    expect(settings.lambda).toBeGreaterThanOrEqual(0);
    expect(settings.lambda).toBeLessThan(1);
    const numbers = [...Object.values(settings.rates), ...Object.values(settings.weights), settings.neighbour.weight];
    expect(numbers.every((x) => Number.isFinite(x) && x >= 0)).toBe(true);
    const learns = settings.deformation === 'nodes' ? ['nodeRotation', 'nodeTranslation'] : ['grid', 'network'];
    for (const rate of [...learns, 'means', 'logScales', 'quats', 'opacity', 'shBase']) {
      expect(Object.entries(settings.rates).find(([name]) => name === rate)?.[1], rate).toBeGreaterThan(0);
    }
    if (settings.deformation === 'nodes') expect(settings.connect.iterations).toBeGreaterThan(0);
    else expect(settings.windowIterations).toBeGreaterThan(0);
  });

  it('take longer from one to the next', () => {
    const counts = PRESETS.map(iterationsOf);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    expect(new Set(counts).size).toBe(PRESETS.length);
  });

  it('keep the schedule of the paper where it is named', () => {
    const { paper } = PRESET_SETTINGS;
    expect(paper).toMatchObject({
      deformation: 'hexplane',
      shDegree: 3,
      coarseIterations: 3000,
      finalIterations: 20000,
    });
    expect(paper.windowIterations).toBe(3000);
    expect(paper.neighbour).toMatchObject({ gated: true });
    expect(paper.neighbour.weight).toBeGreaterThan(0);
  });
});
