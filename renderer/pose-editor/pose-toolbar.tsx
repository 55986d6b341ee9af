import {
  ArrowLeftToLine,
  ArrowRightToLine,
  Bone,
  ClipboardPaste,
  Copy,
  Diamond,
  Download,
  Eye,
  FlipHorizontal2,
  FolderInput,
  Ghost,
  Maximize,
  PersonStanding,
  RotateCcw,
  Spline,
  SquareSplitHorizontal,
  Trash2,
  Undo,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { useStore } from 'zustand';
import type { Command } from '../commands/command.ts';
import { classes } from '../ui/button.tsx';
import { type Backdrop, type PoseSessionState } from './pose-session.ts';
import { backdropFor, backdropsOf } from './backdrop.ts';
import { BarSelect } from '../ui/bar-select.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import type { PoseModel } from './pose-model.ts';
import styles from './pose-toolbar.module.css';
import type { ShownPose } from './shown-pose.ts';
import { isSameList, useShown } from './use-shown.ts';

interface PoseToolbarProps {
  readonly model: PoseModel;
  readonly commands: readonly Command[];
}

/** What the buttons depend on. */
function digest(shown: ShownPose | undefined, session: PoseSessionState): readonly unknown[] {
  const { keepsLengths, isSymmetric, onion, target, copied, selection, showsPreview } = session;
  const { record } = shown ?? {};
  return [
    ...[keepsLengths, isSymmetric, onion, target, copied !== null, selection.size > 0, showsPreview],
    ...[shown !== undefined, record?.original === null, record?.keys.length],
  ];
}

const ICONS = [
  [
    ['pose.keep-lengths', Bone],
    ['pose.symmetric', SquareSplitHorizontal],
    ['pose.onion', Ghost],
    ['pose.preview', Eye],
  ],
  [
    ['pose.mirror', FlipHorizontal2],
    ['pose.right-to-left', ArrowRightToLine],
    ['pose.left-to-right', ArrowLeftToLine],
    ['pose.copy', Copy],
    ['pose.paste', ClipboardPaste],
  ],
  [
    ['pose.delete', Trash2],
    ['pose.restore', Undo],
    ['pose.reset', RotateCcw],
    ['pose.figure', PersonStanding],
  ],
  [
    ['pose.set-keys', Diamond],
    ['pose.interpolate', Spline],
  ],
  [
    ['pose.zoom-out', ZoomOut],
    ['pose.zoom-in', ZoomIn],
    ['pose.fit', Maximize],
  ],
  [
    ['pose.import-frame', FolderInput],
    ['pose.export', Download],
  ],
] as const;

export function PoseToolbar({ model, commands }: PoseToolbarProps) {
  useShown(model, digest, isSameList);
  return (
    <div className={styles.bar} role="toolbar" aria-label="Pose">
      <TargetSwitch model={model} />
      {ICONS.map((group, index) => (
        <div key={index} className={styles.group}>
          {group.map(([id, icon]) => (
            <CommandButton key={id} commands={commands} id={id} icon={icon} />
          ))}
        </div>
      ))}
      <BackdropChoice model={model} />
    </div>
  );
}

function TargetSwitch({ model }: { readonly model: PoseModel }) {
  const target = useStore(model.session, (state) => state.target);
  return (
    <div className={styles.switch} role="group" aria-label="What to edit">
      {(
        [
          ['motion', 'Motion'],
          ['rest', 'Rest pose'],
        ] as const
      ).map(([value, label]) => (
        <button
          key={value}
          type="button"
          aria-pressed={target === value}
          className={classes(styles.choice, target === value && styles.chosen)}
          onClick={() => {
            model.setTarget(value);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

const BACKDROP_LABELS: Readonly<Record<Backdrop, string>> = {
  video: 'Driving video',
  picture: 'Character',
  clip: 'Generated clip',
  none: 'Nothing',
};

function BackdropChoice({ model }: { readonly model: PoseModel }) {
  const target = useStore(model.session, (state) => state.target);
  const chosen = useStore(model.session, (state) => state.backdrop);
  const opacity = useStore(model.session, (state) => state.opacity);
  const there = useStore(model.project, ({ document }) => backdropsOf(document, target).join(' '));
  const options = there.split(' ') as Backdrop[];
  const value = backdropFor(model.project.getState().document, target, chosen);
  return (
    <div className={classes(styles.group, styles.backdrop)}>
      <BarSelect
        label="Backdrop"
        value={value}
        options={options.map((option) => ({ value: option, label: BACKDROP_LABELS[option] }))}
        onChange={(backdrop) => {
          model.session.setState({ backdrop });
        }}
      />
      <input
        className={styles.opacity}
        type="range"
        aria-label="Opacity of the backdrop"
        title="Opacity of the backdrop"
        aria-valuetext={`${Math.round(opacity * 100)} %`}
        {...{ min: 0, max: 1, step: 0.05, value: opacity, disabled: value === 'none' }}
        onChange={(event) => {
          model.session.setState({ opacity: event.currentTarget.valueAsNumber });
        }}
      />
    </div>
  );
}
