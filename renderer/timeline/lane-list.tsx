import { type KeyboardEvent, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { LimbGroup } from '../../core/document/document.ts';
import { GROUP_LABELS } from '../../core/pose-edit/joint-groups.ts';
import type { Command } from '../commands/command.ts';
import { classes } from '../ui/button.tsx';
import { framesBetween, keyAfter, keysAround, laneFrames, nearestOf } from './lane-keys.ts';
import { runOwnShortcut } from './own-shortcut.ts';
import { isSameKey, type TimelineModel } from './timeline-model.ts';
import type { Row } from './timeline-rows.ts';
import { showing, xOf } from './timeline-scale.ts';
import styles from './lane-list.module.css';

type Lane = Extract<Row, { readonly kind: 'lane' }>;

interface LaneListsProps {
  readonly model: TimelineModel;
  readonly rows: readonly Row[];
  readonly commands: readonly Command[];
}

/**
 * The lanes for who does not see the canvas or use a pointer: a list of keys a lane, over the drawn ones. Left and right go
 * from key to key, up and down from lane to lane; all lanes are one stop of the Tab key.
 */
export function LaneLists({ model, rows, commands }: LaneListsProps) {
  const lanes = useMemo(() => rows.filter((row): row is Lane => row.kind === 'lane'), [rows]);
  const focused = useStore(model.session, (state) => state.focus?.group);
  const stop = lanes.find(({ group }) => group === focused) ?? lanes[0];
  return lanes.map((lane) => (
    <LaneList key={lane.group} {...{ model, lane, lanes, commands }} isStop={lane === stop} />
  ));
}

interface LaneListProps {
  readonly model: TimelineModel;
  readonly lane: Lane;
  readonly lanes: readonly Lane[];
  readonly commands: readonly Command[];
  readonly isStop: boolean;
}

const optionId = (group: LimbGroup, frame: number): string => `lane-${group}-${frame}`;

function LaneList({ model, lane, lanes, commands, isStop }: LaneListProps) {
  const { group } = lane;
  const [hasFocus, setHasFocus] = useState(false);
  const joined = useStore(model.project, () => laneFrames(model.facts()?.poses ?? [], group).join());
  const frames = useMemo(() => (joined === '' ? [] : joined.split(',').map(Number)), [joined]);
  const selection = useStore(model.session, (state) => state.selection);
  const focus = useStore(model.session, (state) => state.focus);
  useStore(model.session, (state) => state.scale);
  useStore(model.session, (state) => state.width);
  const scale = model.scale();
  const active = nearestOf(frames, focus?.frame ?? 0);
  const label = GROUP_LABELS[group];
  return (
    <div
      className={styles.lane}
      style={{ top: lane.top, height: lane.height }}
      role="listbox"
      aria-orientation="horizontal"
      aria-multiselectable
      aria-label={`${label}, ${frames.length === 1 ? '1 key' : `${frames.length || 'no'} keys`}`}
      aria-activedescendant={hasFocus && active !== undefined ? optionId(group, active) : undefined}
      data-lane={group}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => {
        setHasFocus(true);
        model.session.setState({ focus: { group, frame: active ?? focus?.frame ?? Math.round(model.playhead()) } });
      }}
      onBlur={() => {
        setHasFocus(false);
      }}
      onKeyDown={(event) => {
        if (moveInLane(event, model, group, frames, active) || goToLane(event, lane, lanes)) {
          event.preventDefault();
          event.stopPropagation();
        } else runOwnShortcut(event, commands);
      }}
    >
      {active !== undefined &&
        keysAround(frames, active).map(({ frame, index }) => (
          <div
            key={frame}
            id={optionId(group, frame)}
            className={classes(styles.key, hasFocus && frame === active && styles.active)}
            style={{ transform: `translateX(${xOf(scale, frame)}px)` }}
            role="option"
            aria-label={`${label}, key at frame ${frame + 1}`}
            aria-selected={selection.some((key) => isSameKey(key, { frame, group }))}
            aria-posinset={index + 1}
            aria-setsize={frames.length}
          />
        ))}
    </div>
  );
}

/** Keys that stay in the lane; whether this was one. */
function moveInLane(
  event: KeyboardEvent<HTMLElement>,
  model: TimelineModel,
  group: LimbGroup,
  frames: readonly number[],
  active: number | undefined,
): boolean {
  const { key, altKey, shiftKey } = event;
  const isMod = event.ctrlKey || event.metaKey;
  if (altKey) return false;
  if (key === 'Insert') {
    model.addKey({ group, frame: Math.round(model.playhead()) });
    return true;
  }
  if (active === undefined) return false;
  const to = keyAfter(key, frames, active);
  if (to !== undefined) {
    focusKey(model, group, to);
    if (shiftKey)
      model.select(framesBetween(frames, anchorOf(model, group, active), to).map((frame) => ({ frame, group })));
    else if (!isMod) model.select([{ frame: to, group }]);
    return true;
  }
  const own = { frame: active, group };
  const selected = model.selectedKeys();
  const isSelected = selected.some((each) => isSameKey(each, own));
  if (key === 'Enter') model.seek(active);
  else if (key === ' ')
    model.select(isSelected ? selected.filter((each) => !isSameKey(each, own)) : [...selected, own]);
  else if (key === 'Delete' || key === 'Backspace') {
    if (!isSelected) model.select([own]);
    model.deleteSelected();
  } else if (isMod && key.toLowerCase() === 'a') model.select(frames.map((frame) => ({ frame, group })));
  else return false;
  return true;
}

/** The end of the selection that a longer one keeps: the one that is farther from the key with the focus. */
function anchorOf(model: TimelineModel, group: LimbGroup, active: number): number {
  const own = model.selectedKeys().flatMap((key) => (key.group === group ? [key.frame] : []));
  if (own.length === 0) return active;
  const [first, last] = [Math.min(...own), Math.max(...own)];
  return active - first >= last - active ? first : last;
}

function focusKey(model: TimelineModel, group: LimbGroup, frame: number): void {
  const { scale, width } = model.session.getState();
  const shown = scale && showing(scale, frame, model.facts()?.frames ?? 1, width);
  model.session.setState({ focus: { group, frame }, scale: shown });
}

/** Up and down; whether this was one of them. */
function goToLane(event: KeyboardEvent<HTMLElement>, lane: Lane, lanes: readonly Lane[]): boolean {
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (by === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  const next = lanes[lanes.indexOf(lane) + by];
  const element = next && event.currentTarget.parentElement?.querySelector<HTMLElement>(`[data-lane=${next.group}]`);
  element?.focus();
  return true;
}
