import type { OnProgress } from '../../core/progress.ts';
import type { Stage, TrainingEvent } from './contract.ts';

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  survey: 'each frame by itself',
  coarse: 'still figure',
  connect: 'connecting frames',
  windows: 'growing motion',
  final: 'all frames',
  evaluate: 'measuring',
};

/** Turns what a training run says into one task's progress; warnings go their own way. */
export function trainingProgress(
  onProgress: OnProgress,
  warn: (message: string) => void,
): { onEvent: (event: TrainingEvent) => void; end: (how: 'end' | 'failed') => void } {
  let begun = false;
  return {
    onEvent(event) {
      if (event.type === 'warning') warn(event.message);
      if (event.type !== 'progress') return;
      if (!begun) onProgress({ type: 'begin', task: 'Optimising', total: event.total, unit: 'iterations' });
      begun = true;
      const note = `PSNR ${event.psnr.toFixed(1)} dB, ${event.gaussians} Gaussians, ${STAGE_NAMES[event.stage]}`;
      onProgress({ type: 'tick', done: event.iteration, note });
    },
    end(how) {
      if (begun) onProgress({ type: how });
    },
  };
}
