import { useState } from 'react';
import type { MotionRecord } from '../../core/document/document.ts';
import { resampled } from '../../core/poses/resample.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Check, NumberField } from '../ui/field.tsx';
import type { TimelineModel } from './timeline-model.ts';
import styles from './timeline.module.css';

/** What a project takes. */
const MOST_FRAMES = 1000;
const RATES = { least: 0.1, most: 240 } as const;

interface LengthDialogProps {
  readonly model: TimelineModel;
  readonly motion: MotionRecord;
  readonly onClose: () => void;
}

/** Frames and rate of the motion. With the duration kept one follows from the other. */
export function LengthDialog({ model, motion, onClose }: LengthDialogProps) {
  const [frames, setFrames] = useState(motion.frames);
  const [fps, setFps] = useState(motion.fps);
  const [keeps, setKeeps] = useState(true);
  const takeFrames = (value: number | null): void => {
    if (value === null) return;
    setFrames(value);
    if (keeps) setFps(round(resampled(motion.frames, motion.fps, { frames: value }).fps));
  };
  const takeFps = (value: number | null): void => {
    if (value === null) return;
    setFps(value);
    if (keeps) setFrames(resampled(motion.frames, motion.fps, { fps: value }).frames);
  };
  const problem = problemOf(frames, fps);
  return (
    <Dialog
      title="Length and rate"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            disabled={problem !== undefined}
            onClick={() => {
              model.retime(frames, fps);
              onClose();
            }}
          >
            Change
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <div className={styles.pair}>
          <NumberField label="Frames" value={frames} min={1} max={MOST_FRAMES} onChange={takeFrames} />
          <NumberField
            label="Frames a second"
            value={fps}
            min={RATES.least}
            max={RATES.most}
            step={0.001}
            onChange={takeFps}
          />
        </div>
        <Check label="Keep the duration" checked={keeps} onChange={setKeeps} />
        <p role="status">
          {problem ?? `${(frames / fps).toFixed(2)} s, before ${(motion.frames / motion.fps).toFixed(2)} s`}
        </p>
      </div>
    </Dialog>
  );
}

const round = (fps: number): number => Math.round(fps * 1000) / 1000;

function problemOf(frames: number, fps: number): string | undefined {
  if (frames > MOST_FRAMES) return `${frames} frames are too many; a motion has at most ${MOST_FRAMES}.`;
  if (frames < 1) return 'A motion has a frame at least.';
  return fps < RATES.least || fps > RATES.most
    ? `${fps} frames a second are out of range; use ${RATES.least} to ${RATES.most}.`
    : undefined;
}
