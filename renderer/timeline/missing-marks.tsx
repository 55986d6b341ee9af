import { useStore } from 'zustand';
import { missingRuns, missingText } from './frame-facts.ts';
import styles from './missing-marks.module.css';
import type { TimelineModel } from './timeline-model.ts';
import type { Row } from './timeline-rows.ts';
import { xOf } from './timeline-scale.ts';

interface MissingMarksProps {
  readonly model: TimelineModel;
  readonly rows: readonly Row[];
}

/** Marks in the error strip where part of the character is missing, over the drawn bars. A pointer shows what a mark means. */
export function MissingMarks({ model, rows }: MissingMarksProps) {
  const missing = useStore(model.project, () => model.facts()?.missing?.map(Number).join('') ?? '');
  useStore(model.session, (state) => state.scale);
  useStore(model.session, (state) => state.width);
  const row = rows.find(({ kind }) => kind === 'error');
  if (!row) return null;
  const scale = model.scale();
  return missingRuns(Array.from(missing, (flag) => flag === '1')).map((run) => {
    const left = xOf(scale, run[0] - 0.5);
    const width = Math.max(xOf(scale, run[1] + 0.5) - left, 2);
    const text = missingText(run);
    return (
      <div
        key={run[0]}
        className={styles.mark}
        style={{ top: row.top, height: row.height - 1, left, width }}
        role="img"
        aria-label={text}
        title={text}
      />
    );
  });
}
