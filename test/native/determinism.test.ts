import { describe, expect, it } from 'vitest';
import { writeScene } from '../../core/formats/scene.ts';
import type { OptimizeOptions, TrainingEvent } from '../../native/training/contract.ts';
import { optimize } from '../../native/training/optimize.ts';
import { VARIANTS, withKernelsUntilDone } from '../golden/native-passes.ts';
import { quickSettings } from '../helpers/quick-settings.ts';
import { tinyClip } from '../integration/tiny-clip.ts';

const clip = tinyClip();

async function run(options: Partial<OptimizeOptions>) {
  const { scene, report } = await optimize(clip, { preset: 'draft', iterations: 120, ...options });
  return { file: Buffer.from(writeScene(scene)), scene, report };
}

describe.each(['nodes', 'hexplane'] as const)('an optimisation with the %s deformation', (deformation) => {
  const settings = quickSettings(deformation);

  it('gives the same bits with any number of threads, and twice', async () => {
    const events: TrainingEvent[] = [];
    const first = await run({ settings, threads: 1, onEvent: (event) => events.push(event) });
    expect(first.scene.deformation.kind).toBe(deformation);
    // Density control took part.
    expect(first.report.gaussians).not.toBe(settings.initialGaussians);
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    // So short a run leaves something missing; that the silhouettes agree it sees.
    expect(warnings.filter((message) => !message.startsWith('Part of the character is missing'))).toEqual([]);
    for (const threads of [1, 2, 4]) {
      const again = await run({ settings, threads });
      expect(again.file.equals(first.file), `${threads} threads`).toBe(true);
    }
  });
});

describe('an optimisation', () => {
  const settings = quickSettings('nodes');

  it('depends on the seed and on the neighbour constraint', async () => {
    const base = await run({ settings });
    const otherSeed = await run({ settings, seed: 1 });
    const unconstrained = await run({ settings: { ...settings, neighbour: { ...settings.neighbour, weight: 0 } } });
    expect(otherSeed.file.equals(base.file)).toBe(false);
    expect(unconstrained.file.equals(base.file)).toBe(false);
  });
});

describe.each(VARIANTS)('the default optimisation, %s', (variant) => {
  it('gives the same bits with any number of threads', async () => {
    const files = await withKernelsUntilDone(variant, async () => {
      const results = [];
      for (const threads of [1, 2, 4]) results.push((await run({ threads })).file);
      return results;
    });
    expect(files.map((file) => file.equals(files[0] ?? Buffer.of()))).toEqual([true, true, true]);
  });
});
