import { ChevronDown, ChevronRight, Eye, EyeOff } from 'lucide-react';
import { type KeyboardEvent, memo, type MouseEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { LimbGroup } from '../../core/document/document.ts';
import { GROUP_LABELS, groupsOf, jointLabel, jointsOf } from '../../core/pose-edit/joint-groups.ts';
import { MIN_CONFIDENCE } from '../../core/poses/pose-sequence.ts';
import type { SkeletonId } from '../../core/poses/skeleton.ts';
import { classes, IconButton } from '../ui/button.tsx';
import styles from './joint-list.module.css';
import { nudge } from './nudge.ts';
import { restoreDeleted, setHidden } from './pose-actions.ts';
import type { PoseModel } from './pose-model.ts';
import type { PoseSessionState } from './pose-session.ts';
import type { ShownPose } from './shown-pose.ts';
import { isSameList, useShown } from './use-shown.ts';

/** Groups of many points that most edits leave alone. */
const FOLDED: readonly LimbGroup[] = ['rightHand', 'leftHand', 'face'];

const skeletonOf = (shown: ShownPose | undefined): SkeletonId | undefined => shown?.skeleton;
const confidencesOf = (shown: ShownPose | undefined): readonly number[] =>
  shown?.points.filter((_, i) => i % 3 === 2) ?? [];
const hiddenOf = (shown: ShownPose | undefined): readonly number[] => [...(shown?.hidden ?? [])];
const keysOf = (shown: ShownPose | undefined): readonly LimbGroup[] => shown?.record?.keys ?? [];
const selectionOf = (_: ShownPose | undefined, session: PoseSessionState): ReadonlySet<number> => session.selection;

interface JointListProps {
  readonly model: PoseModel;
  readonly onMenu: (at: { readonly x: number; readonly y: number }) => void;
}

/**
 * All joints by group: what can be done by dragging can be done here with the keyboard. Tab goes from joint to joint, Enter
 * selects, arrows move what is selected.
 */
export function JointList({ model, onMenu }: JointListProps) {
  const skeleton = useShown(model, skeletonOf);
  if (!skeleton) return null;
  const keyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (!nudge(model, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section
      className={styles.list}
      aria-label="Joints"
      onKeyDown={keyDown}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      {groupsOf(skeleton).map((group) => (
        <JointGroup key={`${skeleton} ${group}`} {...{ model, skeleton, group }} />
      ))}
    </section>
  );
}

interface JointGroupProps {
  readonly model: PoseModel;
  readonly skeleton: SkeletonId;
  readonly group: LimbGroup;
}

function JointGroup({ model, skeleton, group }: JointGroupProps) {
  const [isFolded, setFolded] = useState(FOLDED.includes(group));
  const confidences = useShown(model, confidencesOf, isSameList);
  const hidden = useShown(model, hiddenOf, isSameList);
  const keys = useShown(model, keysOf, isSameList);
  const selection = useShown(model, selectionOf);
  const joints = jointsOf(skeleton, group);
  const known = joints.filter((joint) => (confidences[joint] ?? 0) > 0);
  const isHidden = joints.every((joint) => hidden.includes(joint));
  const label = GROUP_LABELS[group];
  return (
    <div className={styles.group}>
      <div className={styles.head}>
        <IconButton
          icon={isFolded ? ChevronRight : ChevronDown}
          label={`${isFolded ? 'Show' : 'Fold'} the joints of ${label.toLowerCase()}`}
          aria-expanded={!isFolded}
          className={styles.small}
          onClick={() => {
            setFolded(!isFolded);
          }}
        />
        <button
          type="button"
          className={styles.name}
          title={`Select ${label.toLowerCase()}`}
          onClick={(event) => {
            const chosen = known.filter((joint) => !hidden.includes(joint));
            model.select(event.shiftKey ? [...model.session.getState().selection, ...chosen] : chosen);
          }}
        >
          {label}
          {keys.includes(group) && (
            <span className={styles.key} title="Has a key at this frame">
              ◆<span className="visually-hidden"> key</span>
            </span>
          )}
          <span className={styles.count}>
            {known.length} of {joints.length}
          </span>
        </button>
        <IconButton
          icon={isHidden ? EyeOff : Eye}
          label={`${isHidden ? 'Show' : 'Hide'} ${label.toLowerCase()}`}
          className={styles.small}
          onClick={() => {
            setHidden(model, joints, !isHidden);
          }}
        />
      </div>
      {!isFolded && (
        <ul>
          {joints.map((joint) => (
            <JointRow
              key={joint}
              {...{ model, joint }}
              label={jointLabel(skeleton, joint)}
              confidence={confidences[joint] ?? 0}
              isSelected={selection.has(joint)}
              isHidden={hidden.includes(joint)}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

interface JointRowProps {
  readonly model: PoseModel;
  readonly joint: number;
  readonly label: string;
  readonly confidence: number;
  readonly isSelected: boolean;
  readonly isHidden: boolean;
}

const JointRow = memo(function JointRow({ model, joint, label, confidence, isSelected, isHidden }: JointRowProps) {
  const isHovered = useStore(model.session, ({ hover }) => hover === joint);
  const isKnown = confidence > 0;
  const percent = Math.round(confidence * 100);
  const state = isKnown ? `${percent} %` : 'deleted';
  const click = (event: MouseEvent): void => {
    const { selection } = model.session.getState();
    if (!isKnown) restoreDeleted(model, [joint]);
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) model.select([joint]);
    else model.select(isSelected ? [...selection].filter((other) => other !== joint) : [...selection, joint]);
  };
  return (
    <li>
      <button
        type="button"
        aria-pressed={isSelected}
        title={isKnown ? undefined : `Restore ${label.toLowerCase()}`}
        className={classes(
          styles.row,
          isSelected && styles.selected,
          isHovered && styles.hovered,
          (!isKnown || isHidden) && styles.away,
        )}
        onClick={click}
        onKeyDown={moveBetweenRows}
        onPointerEnter={() => {
          model.session.setState({ hover: joint });
        }}
        onPointerLeave={() => {
          model.session.setState({ hover: null });
        }}
      >
        <span className={styles.label}>{label}</span>
        <span className={styles.bar} aria-hidden>
          <span
            className={classes(styles.part, confidence < MIN_CONFIDENCE && styles.unsure)}
            style={{ width: `${percent}%` }}
          />
        </span>
        <span className={styles.percent}>
          <span className="visually-hidden">{isKnown ? 'confidence ' : ''}</span>
          {state}
          {isHidden && <span className="visually-hidden">, hidden</span>}
        </span>
      </button>
    </li>
  );
});

/** The arrow keys move joints, so Page up and Page down go from row to row. */
function moveBetweenRows(event: KeyboardEvent<HTMLButtonElement>): void {
  const by = { PageDown: 1, PageUp: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const rows = [...(event.currentTarget.closest('section')?.querySelectorAll<HTMLElement>('li > button') ?? [])];
  rows[rows.indexOf(event.currentTarget) + by]?.focus();
}
