import type { Job, JobProgress } from '../../preload/contract/jobs.ts';
import { durationText } from '../ui/words.ts';

/** "1,200 of 6,430 iterations · PSNR 31.2 dB · about 3 min 20 s left" */
export function progressText({ done, total, unit, note, secondsLeft }: JobProgress): string {
  const count = (value: number): string => value.toLocaleString('en');
  const steps = total > 0 ? `${count(done)} of ${count(total)} ${unit}` : done > 0 ? `${count(done)} ${unit}` : null;
  const left = secondsLeft === null ? null : `about ${durationText(secondsLeft)} left`;
  return [steps, note, left].filter((part) => part !== null && part !== '').join(' · ');
}

/** What a job is doing or has done, in a few words. */
export function stateText({ state, progress, restarts }: Job): string {
  switch (state) {
    case 'waiting':
      return 'Waits for its turn';
    case 'running':
      return restarts > 0
        ? `${progress?.phase ?? 'Starting'} (resumed after a crash)`
        : (progress?.phase ?? 'Starting');
    case 'paused':
      return 'Paused';
    case 'done':
      return 'Done';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

/** How long a job took or has been at it; null before it starts. `now` in ms. */
export function secondsTaken({ started, ended }: Job, now: number): number | null {
  if (started === null) return null;
  return Math.max(0, ((ended === null ? now : Date.parse(ended)) - Date.parse(started)) / 1000);
}
