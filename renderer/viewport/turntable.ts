import { turn } from '../../core/viewer/orbit.ts';
import type { Stage } from './stage.ts';

/** Seconds of one turn. */
const PERIOD = 8;

/** Goes round the character, counter-clockwise seen from above, until the function that is given back is called. */
export function followTurntable(stage: Stage): () => void {
  let before: number | undefined;
  const tick = (now: number): void => {
    const seconds = before === undefined ? 0 : Math.min((now - before) / 1000, 0.25);
    before = now;
    stage.setOrbit(turn(stage.orbit, (seconds * 2 * Math.PI) / PERIOD, 0));
    request = requestAnimationFrame(tick);
  };
  let request = requestAnimationFrame(tick);
  return () => {
    cancelAnimationFrame(request);
  };
}
