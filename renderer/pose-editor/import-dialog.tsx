import { useState } from 'react';
import { AppError } from '../../core/errors.ts';
import { pastePose } from '../../core/pose-edit/copied-pose.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './pose-editor.module.css';
import type { PoseModel } from './pose-model.ts';
import { readPoseFile } from './read-pose-file.ts';

interface ImportDialogProps {
  readonly model: PoseModel;
  readonly onClose: () => void;
}

/** Takes one pose from a file into the shown frame. */
export function ImportDialog({ model, onClose }: ImportDialogProps) {
  const [error, setError] = useState<string>();
  const take = async (file: File | undefined): Promise<void> => {
    const shown = model.shown();
    if (!file || !shown) return;
    try {
      const copied = await readPoseFile(file, shown);
      model.edit('Import pose', (points, { skeleton }) => pastePose(points, skeleton, copied));
      onClose();
    } catch (failure) {
      setError(failure instanceof AppError ? failure.message : `${file.name} cannot be read.`);
    }
  };
  return (
    <Dialog title="Import a pose into this frame" onClose={onClose} actions={<Button onClick={onClose}>Cancel</Button>}>
      <div className={styles.fields}>
        <p>The first pose of a poses.json or an OpenPose file takes the place of the joints that it has.</p>
        <label className={styles.fields}>
          File
          <input
            type="file"
            accept=".json,application/json"
            onChange={(event) => {
              void take(event.currentTarget.files?.[0]);
            }}
          />
        </label>
        {error !== undefined && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}
