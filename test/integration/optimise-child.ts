/** A process that optimises the tiny clip as its parent says, and is killed while it does. */
import { writeFileSync } from 'node:fs';
import { writeScene } from '../../core/formats/scene.ts';
import type { OptimizeOptions } from '../../native/training/contract.ts';
import type { PresetSettings } from '../../native/training/presets.ts';
import { optimize } from '../../native/training/optimize.ts';
import { quickSettings } from '../helpers/quick-settings.ts';
import { tinyClip } from './tiny-clip.ts';

/** `out`: where the scene goes. The order arrives as JSON, which has no Infinity: settings go by their name. */
export interface ChildOrder {
  readonly out: string;
  readonly deformation: PresetSettings['deformation'];
  readonly options: Omit<OptimizeOptions, 'signal' | 'onEvent' | 'settings'>;
}

if (import.meta.main) {
  const { out, deformation, options } = JSON.parse(process.argv[2] ?? '') as ChildOrder;
  const { scene } = await optimize(tinyClip(), {
    ...options,
    settings: quickSettings(deformation),
    onEvent: (event) => {
      if (event.type !== 'snapshot') process.send?.(event);
    },
  });
  writeFileSync(out, writeScene(scene));
  process.disconnect();
}
