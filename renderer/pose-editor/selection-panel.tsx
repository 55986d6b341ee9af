import { useRef } from 'react';
import { jointLabel } from '../../core/pose-edit/joint-groups.ts';
import { placeAt, setPlace } from '../../core/pose-edit/points.ts';
import { NumberField, Slider } from '../ui/field.tsx';
import { counted } from '../ui/words.ts';
import { withConfidence } from './pose-actions.ts';
import styles from './pose-editor.module.css';
import type { PointsGesture, PoseModel } from './pose-model.ts';
import type { PoseSessionState } from './pose-session.ts';
import type { ShownPose } from './shown-pose.ts';
import { useShown } from './use-shown.ts';

interface Chosen {
  readonly title: string;
  /** Of the one joint that is selected. */
  readonly joint: number | null;
  readonly x: number;
  readonly y: number;
  /** Mean of the known ones; null: none is known. */
  readonly confidence: number | null;
}

function chosenOf(shown: ShownPose | undefined, { selection }: PoseSessionState): Chosen | null {
  if (!shown || selection.size === 0) return null;
  const known = [...selection].filter((joint) => placeAt(shown.points, joint));
  const sum = known.reduce((total, joint) => total + (shown.points[joint * 3 + 2] ?? 0), 0);
  const [first = 0] = selection;
  const place = placeAt(shown.points, first);
  const isOne = selection.size === 1;
  return {
    title: isOne ? jointLabel(shown.skeleton, first) : counted(selection.size, 'joint'),
    joint: isOne && place ? first : null,
    x: place?.x ?? 0,
    y: place?.y ?? 0,
    confidence: known.length > 0 ? Math.round((sum / known.length) * 100) / 100 : null,
  };
}

const isSameChoice = (a: Chosen | null, b: Chosen | null): boolean =>
  a === b || (a !== null && b !== null && (Object.keys(a) as (keyof Chosen)[]).every((part) => a[part] === b[part]));

const percent = (value: number): string => `${Math.round(value * 100)} %`;

/** Place and confidence of what is selected. */
export function SelectionPanel({ model }: { readonly model: PoseModel }) {
  const chosen = useShown(model, chosenOf, isSameChoice);
  const gesture = useRef<PointsGesture>(undefined);
  if (!chosen) {
    return <p className={styles.hint}>Click a joint, or draw a box around some. Double-click selects a whole group.</p>;
  }
  const { joint, confidence } = chosen;
  const put = (axis: 'x' | 'y') => (value: number | null) => {
    if (value === null || joint === null) return;
    model.edit('Move joint', (points) => {
      const result = [...points];
      const place = placeAt(points, joint) ?? { x: 0, y: 0 };
      setPlace(result, joint, { ...place, [axis]: value });
      return result;
    });
  };
  const setConfidence = (value: number): void => {
    gesture.current ??= model.begin('Set confidence');
    const { current } = gesture;
    const { selection } = model.session.getState();
    if (current) current.update(withConfidence(current.start.points, selection, value));
  };
  const commit = (): void => {
    gesture.current?.commit();
    gesture.current = undefined;
  };
  return (
    <div className={styles.fields}>
      <h3>{chosen.title}</h3>
      {joint !== null && (
        <div className={styles.pair}>
          <NumberField label="x, pixels" value={chosen.x} min={-1e5} max={1e5} step={0.01} onChange={put('x')} />
          <NumberField label="y, pixels" value={chosen.y} min={-1e5} max={1e5} step={0.01} onChange={put('y')} />
        </div>
      )}
      {confidence !== null && (
        <Slider
          label="Confidence"
          value={confidence}
          min={0.01}
          max={1}
          step={0.01}
          text={percent}
          onChange={setConfidence}
          onCommit={commit}
        />
      )}
    </div>
  );
}
