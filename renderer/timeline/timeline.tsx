import {
  ChevronFirst,
  ChevronLast,
  Clock,
  Maximize2,
  Pause,
  Play,
  Repeat,
  Rows3,
  Scissors,
  StepBack,
  StepForward,
  TriangleAlert,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { GROUP_LABELS } from '../../core/pose-edit/joint-groups.ts';
import type { Easing } from '../../core/pose-edit/interpolate-keys.ts';
import type { Command } from '../commands/command.ts';
import { useCommands } from '../commands/registry.ts';
import type { ProjectStore } from '../document/project-store.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';
import { BarSelect } from '../ui/bar-select.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import type { SelectProps } from '../ui/field.tsx';
import { useFontSize } from '../ui/use-font-size.ts';
import { type FrameFacts, worstFrame } from './frame-facts.ts';
import { FrameVoice } from './frame-voice.tsx';
import { frameText, Lanes } from './lanes.tsx';
import { LengthDialog } from './length-dialog.tsx';
import { timelineCommands } from './timeline-commands.ts';
import { followLoop, type TimelineModel, timelineModelOf } from './timeline-model.ts';
import { type Row, timelineRows } from './timeline-rows.ts';
import styles from './timeline.module.css';

export interface TimelineProps {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
}

/** Time of the open project. Its commands are in the palette while it is on the screen. */
export function Timeline({ project, playback }: TimelineProps) {
  const model = useMemo(() => timelineModelOf(project, playback), [project, playback]);
  const commands = useMemo(() => timelineCommands(model), [model]);
  useCommands(commands);
  useEffect(() => followLoop(model), [model]);
  const dialog = useStore(model.session, (state) => state.dialog);
  const motion = model.motion();
  const close = (): void => {
    model.session.setState({ dialog: null });
  };
  return (
    <div className={styles.timeline}>
      <Transport model={model} commands={commands} />
      <Rows model={model} commands={commands} />
      <Notice model={model} />
      <FrameVoice model={model} />
      {dialog === 'length' && motion && <LengthDialog model={model} motion={motion} onClose={close} />}
    </div>
  );
}

function Notice({ model }: { readonly model: TimelineModel }) {
  const notice = useStore(model.session, (state) => state.notice);
  return (
    <p className="visually-hidden" role="status">
      {notice}
    </p>
  );
}

interface PartProps {
  readonly model: TimelineModel;
  readonly commands: readonly Command[];
}

/** Buttons that depend on the document are rendered again when these do. */
const lengthOf = (facts: FrameFacts | undefined): string => (facts ? `${facts.frames} ${facts.fps}` : '');

function Transport({ model, commands }: PartProps) {
  const playing = useStore(model.playback, (state) => state.playing);
  useStore(model.playback, (state) => String(state.loop));
  useStore(model.project, () => lengthOf(model.facts()));
  const hasError = useStore(model.project, () => Boolean(model.facts()?.psnr));
  useStore(model.session, (state) => state.showsLanes);
  const button = { commands };
  return (
    <div className={styles.transport} role="toolbar" aria-label="Playing">
      <div className={styles.group}>
        <CommandButton {...button} id="play.first" icon={ChevronFirst} />
        <CommandButton {...button} id="play.previous" icon={StepBack} />
        <CommandButton {...button} id="play.toggle" icon={playing ? Pause : Play} />
        <CommandButton {...button} id="play.next" icon={StepForward} />
        <CommandButton {...button} id="play.last" icon={ChevronLast} />
      </div>
      <TimeText model={model} />
      <div className={styles.group}>
        <CommandButton {...button} id="timeline.loop-all" icon={Repeat} />
        <CommandButton {...button} id="timeline.trim" icon={Scissors} />
        <CommandButton {...button} id="timeline.length" icon={Clock} />
        {hasError && <CommandButton {...button} id="play.worst" icon={TriangleAlert} />}
      </div>
      <Refill model={model} />
      <div className={styles.group}>
        <CommandButton {...button} id="timeline.lanes" icon={Rows3} />
        <CommandButton {...button} id="timeline.zoom-out" icon={ZoomOut} />
        <CommandButton {...button} id="timeline.zoom-in" icon={ZoomIn} />
        <CommandButton {...button} id="timeline.fit" icon={Maximize2} />
      </div>
    </div>
  );
}

function TimeText({ model }: { readonly model: TimelineModel }) {
  const text = useStore(model.playback, () => {
    const facts = model.facts();
    return facts ? frameText(Math.round(model.playhead()), facts) : '';
  });
  const length = useStore(model.project, () => lengthOf(model.facts()));
  const [, fps = ''] = length.split(' ');
  if (length === '') return <p className={styles.time}>Poses come first: choose a motion.</p>;
  return (
    <p className={styles.time} aria-hidden>
      <b>{text.replace('frame ', '').replace(' of ', ' / ').replace(', ', '  ·  ')}</b>
      <span className={styles.rate}>{Number(Number(fps).toFixed(3))} frames/s</span>
    </p>
  );
}

const LEAVE = 'leave';
const REFILLS: SelectProps<Easing | typeof LEAVE>['options'] = [
  { value: LEAVE, label: 'leave frames' },
  { value: 'linear', label: 'fill linearly' },
  { value: 'ease', label: 'fill with ease' },
  { value: 'ease-in', label: 'fill, ease in' },
  { value: 'ease-out', label: 'fill, ease out' },
  { value: 'hold', label: 'hold, then jump' },
];

/** What happens between keys when they are moved. */
function Refill({ model }: { readonly model: TimelineModel }) {
  const refill = useStore(model.session, (state) => state.refill);
  const groups = useStore(model.project, () => model.facts()?.groups.length ?? 0);
  if (groups === 0) return null;
  return (
    <BarSelect
      className={styles.refill}
      label="Between moved keys"
      value={refill ?? LEAVE}
      options={REFILLS}
      onChange={(value) => {
        model.session.setState({ refill: value === LEAVE ? null : value });
      }}
    />
  );
}

function rowLabel(row: Row, facts: FrameFacts): string {
  if (row.kind === 'lane') return GROUP_LABELS[row.group];
  if (row.kind === 'ruler') return 'Frames, seconds';
  if (row.kind === 'confidence') return 'Confidence';
  const worst = worstFrame(facts);
  return worst === undefined ? 'Error' : `Error, worst ${(facts.psnr?.[worst] ?? 0).toFixed(1)} dB`;
}

/** Which rows there are, so that a drag of a joint, which changes the document, does not lay them out again. */
function rowsKey(facts: FrameFacts | undefined): string {
  if (!facts) return '';
  const worst = worstFrame(facts);
  return `${facts.groups.join()} ${facts.poses.length > 0} ${worst === undefined ? '' : facts.psnr?.[worst]}`;
}

function Rows({ model, commands }: PartProps) {
  const em = useFontSize();
  const key = useStore(model.project, () => rowsKey(model.facts()));
  const showsLanes = useStore(model.session, (state) => state.showsLanes);
  const laid = useMemo(() => {
    const facts = key === '' ? undefined : model.facts();
    return facts && { facts, rows: timelineRows(facts, showsLanes, em) };
  }, [model, key, showsLanes, em]);
  if (!laid) return null;
  return (
    <div className={styles.rows}>
      <div className={styles.labels}>
        {laid.rows.map((row) => {
          const label = rowLabel(row, laid.facts);
          return (
            <div key={label} className={styles.label} style={{ height: row.height }} title={label}>
              {label}
            </div>
          );
        })}
      </div>
      <Lanes model={model} rows={laid.rows} commands={commands} />
    </div>
  );
}
