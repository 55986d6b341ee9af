/** A learning rate that falls log-linearly from `start` to `end` over `steps` steps and stays there. */
export interface RateSchedule {
  readonly start: number;
  readonly end: number;
  readonly steps: number;
}

/** The rate of step `step`; the first iteration is step 1. */
export function scheduledRate({ start, end, steps }: RateSchedule, step: number): number {
  const progress = Math.min(Math.max(step / steps, 0), 1);
  return Math.exp(Math.log(start) * (1 - progress) + Math.log(end) * progress);
}
