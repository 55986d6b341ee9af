import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/field.tsx';
import { counted } from '../ui/words.ts';
import { pasteToFrames } from './pose-actions.ts';
import styles from './pose-editor.module.css';
import type { PoseModel } from './pose-model.ts';

interface PasteDialogProps {
  readonly model: PoseModel;
  readonly frames: number;
  readonly onClose: () => void;
}

/** Asks which frames the copied pose goes to: the loop at first, or the shown frame. Counted from 1, as everywhere on the screen. */
export function PasteDialog({ model, frames, onClose }: PasteDialogProps) {
  const loop = model.motion()?.loop;
  const frame = model.frame();
  const [first, setFirst] = useState((loop?.[0] ?? frame) + 1);
  const [last, setLast] = useState((loop?.[1] ?? frame) + 1);
  const joints = model.session.getState().copied?.joints.length ?? 0;
  const take = (set: (frame: number) => void) => (value: number | null) => {
    if (value !== null) set(value);
  };
  return (
    <Dialog
      title="Paste pose to frames"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            onClick={() => {
              pasteToFrames(model, first - 1, last - 1);
              onClose();
            }}
          >
            Paste
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <p>{counted(joints, 'joint')} of each of these frames will be as they were copied.</p>
        <div className={styles.pair}>
          <NumberField label="From frame" value={first} min={1} max={frames} onChange={take(setFirst)} />
          <NumberField label="To frame" value={last} min={1} max={frames} onChange={take(setLast)} />
        </div>
      </div>
    </Dialog>
  );
}
