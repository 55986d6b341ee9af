import { useEffect, useMemo, useState } from 'react';
import { BODY, OPENPOSE18 } from '../../core/poses/skeleton.ts';
import type { BuiltInMotion } from '../../preload/contract/project.ts';
import { classes } from '../ui/button.tsx';
import { figureBox, poseAtPhase } from './figure-frames.ts';
import styles from './motion-card.module.css';

export interface MotionCardProps {
  readonly motion: BuiltInMotion;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

/** Something to see before it moves: mid-motion rather than standing. */
const RESTING_PHASE = 0.25;

/** A motion as a small figure, which moves while one looks at it. */
export function MotionCard({ motion, isChosen, onChoose }: MotionCardProps) {
  const { name, seconds, preview, credit } = motion;
  const [isWatched, setIsWatched] = useState(false);
  const phase = usePhase(isWatched, seconds);
  const box = useMemo(() => figureBox(preview, motion), [preview, motion]);
  const watch = (): void => {
    setIsWatched(true);
  };
  const leave = (): void => {
    setIsWatched(false);
  };
  return (
    <button
      type="button"
      className={styles.card}
      aria-pressed={isChosen}
      title={credit}
      onClick={onChoose}
      onPointerEnter={watch}
      onPointerLeave={leave}
      onFocus={watch}
      onBlur={leave}
    >
      <svg className={styles.figure} viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} aria-hidden>
        <Figure pose={poseAtPhase(preview, phase)} />
      </svg>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.seconds}>{seconds.toFixed(1)} s</span>
      </span>
    </button>
  );
}

/** 0..1 over the motion while it is watched; still for those who want no movement. */
function usePhase(isWatched: boolean, seconds: number): number {
  const [phase, setPhase] = useState(RESTING_PHASE);
  useEffect(() => {
    if (!isWatched || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let request = 0;
    let start: number | undefined;
    const tick = (now: number): void => {
      start ??= now;
      setPhase(RESTING_PHASE + (now - start) / 1000 / seconds);
      request = requestAnimationFrame(tick);
    };
    request = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(request);
      setPhase(RESTING_PHASE);
    };
  }, [isWatched, seconds]);
  return phase;
}

/** Bones of the body without the face; the character's left and right differ in colour. */
const BONES = OPENPOSE18.limbs.filter((limb) => limb.every((joint) => !/eye|ear/.test(OPENPOSE18.names[joint] ?? '')));
const sideOf = (joint: number): string | undefined => {
  const name = OPENPOSE18.names[joint] ?? '';
  return name.startsWith('left') ? styles.left : name.startsWith('right') ? styles.right : undefined;
};

function Figure({ pose }: { readonly pose: readonly number[] }) {
  const at = (joint: number): readonly [number, number] | undefined =>
    pose[joint * 3 + 2] ? [pose[joint * 3] ?? 0, pose[joint * 3 + 1] ?? 0] : undefined;
  const [nose, neck] = [at(BODY.nose), at(BODY.neck)];
  return (
    <>
      {BONES.map(([from, to]) => {
        const [start, end] = [at(from), at(to)];
        if (!start || !end || to === BODY.nose) return null;
        return (
          <line
            key={`${from} ${to}`}
            className={classes(styles.bone, sideOf(to))}
            x1={start[0]}
            y1={start[1]}
            x2={end[0]}
            y2={end[1]}
          />
        );
      })}
      {nose && neck && (
        <circle
          className={styles.head}
          cx={nose[0]}
          cy={nose[1]}
          r={0.55 * Math.hypot(nose[0] - neck[0], nose[1] - neck[1])}
        />
      )}
    </>
  );
}
