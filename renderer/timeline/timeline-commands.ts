import type { LimbGroup } from '../../core/document/document.ts';
import type { Command } from '../commands/command.ts';
import { worstFrame } from './frame-facts.ts';
import type { TimelineModel } from './timeline-model.ts';
import { zoomScale } from './timeline-scale.ts';

type Entry = Omit<Command, 'group'>;

const LONG_STEP = 10;
const ZOOM_STEP = 1.5;
/** J and L pressed again play faster, up to this. */
const FASTEST = 8;

/** The commands of the timeline: playing, going to frames, the loop, keys. */
export function timelineCommands(model: TimelineModel): readonly Command[] {
  return [
    ...playCommands(model).map((entry): Command => ({ ...entry, group: 'Play' })),
    ...[...loopCommands(model), ...keyCommands(model), ...viewCommands(model)].map((entry): Command => ({
      ...entry,
      group: 'Timeline',
    })),
  ];
}

const hasFrames = (model: TimelineModel) => (): boolean => (model.facts()?.frames ?? 0) > 1;
const frameOf = (model: TimelineModel): number => Math.round(model.playhead());

function playCommands(model: TimelineModel): Entry[] {
  const { playback } = model;
  const when = hasFrames(model);
  const go = (id: string, label: string, keys: readonly string[], to: () => number): Entry => ({
    ...{ id: `play.${id}`, label, keys, when },
    run: () => {
      model.seek(to());
    },
  });
  const step = (by: number) => (): number => {
    const frames = model.facts()?.frames ?? 1;
    return (((frameOf(model) + by) % frames) + frames) % frames;
  };
  const shuttle = (direction: 1 | -1) => (): void => {
    const { playing, speed } = playback.getState();
    const goesOn = playing && Math.sign(speed) === direction;
    playback.play(goesOn ? direction * Math.min(Math.abs(speed) * 2, FASTEST) : direction);
  };
  return [
    {
      id: 'play.toggle',
      label: 'Play or pause',
      keys: ['Space'],
      when,
      isOn: () => playback.getState().playing,
      run: playback.toggle,
    },
    { id: 'play.forward', label: 'Play, then faster', keys: ['L'], when, run: shuttle(1) },
    { id: 'play.backward', label: 'Play backwards, then faster', keys: ['J'], when, run: shuttle(-1) },
    { id: 'play.pause', label: 'Pause', keys: ['K'], when, run: playback.pause },
    go('next', 'Next frame', ['ArrowRight', '.'], step(1)),
    go('previous', 'Previous frame', ['ArrowLeft', ','], step(-1)),
    go('next-ten', 'Ten frames on', ['Shift+ArrowRight'], () => frameOf(model) + LONG_STEP),
    go('previous-ten', 'Ten frames back', ['Shift+ArrowLeft'], () => frameOf(model) - LONG_STEP),
    go('first', 'First frame', ['Home'], () => 0),
    go('last', 'Last frame', ['End'], () => (model.facts()?.frames ?? 1) - 1),
    {
      id: 'play.worst',
      label: 'Worst frame of the scene',
      keys: ['W'],
      when: () => Boolean(model.facts()?.psnr),
      run: () => {
        const facts = model.facts();
        const worst = facts && worstFrame(facts);
        if (worst !== undefined) model.seek(worst);
      },
    },
  ];
}

function loopCommands(model: TimelineModel): Entry[] {
  const when = hasFrames(model);
  const last = (): number => (model.facts()?.frames ?? 1) - 1;
  return [
    {
      ...{ id: 'timeline.loop-from', label: 'Loop from here', keys: ['I'], when },
      run: () => {
        const at = frameOf(model);
        model.setLoop([at, Math.max(at, model.loop()?.[1] ?? last())]);
      },
    },
    {
      ...{ id: 'timeline.loop-to', label: 'Loop to here', keys: ['O'], when },
      run: () => {
        const at = frameOf(model);
        model.setLoop([Math.min(at, model.loop()?.[0] ?? 0), at]);
      },
    },
    {
      ...{ id: 'timeline.loop-all', label: 'Loop over all', keys: ['Shift+O'], when: () => model.loop() !== null },
      run: () => {
        model.setLoop(null);
      },
    },
    {
      ...{ id: 'timeline.trim', label: 'Trim the motion to the loop', when: () => Boolean(model.motion()?.loop) },
      run: () => {
        model.trimToLoop();
      },
    },
    {
      ...{ id: 'timeline.length', label: 'Length and rate…', when: () => model.motion() !== undefined },
      run: () => {
        model.session.setState({ dialog: 'length' });
      },
    },
  ];
}

function keyCommands(model: TimelineModel): Entry[] {
  const hasSelection = (): boolean => model.selectedKeys().length > 0;
  const move = (by: number, copy: boolean) => (): void => {
    model.moveSelected(by, copy);
  };
  return [
    {
      ...{ id: 'timeline.next-key', label: 'Next key', keys: ['ArrowDown'], when: () => keyFrames(model).length > 0 },
      run: () => {
        const at = keyFrames(model).find((frame) => frame > frameOf(model));
        if (at !== undefined) model.seek(at);
      },
    },
    {
      ...{ id: 'timeline.previous-key', label: 'Previous key', keys: ['ArrowUp'] },
      when: () => keyFrames(model).length > 0,
      run: () => {
        const at = keyFrames(model).findLast((frame) => frame < frameOf(model));
        if (at !== undefined) model.seek(at);
      },
    },
    {
      ...{ id: 'timeline.select-keys', label: 'Select all keys', when: () => keyFrames(model).length > 0 },
      run: () => {
        model.selectKeys();
      },
    },
    {
      ...{ id: 'timeline.delete-keys', label: 'Delete selected keys', keys: ['Alt+Delete', 'Alt+Backspace'] },
      when: hasSelection,
      run: () => {
        model.deleteSelected();
      },
    },
    {
      id: 'timeline.keys-later',
      label: 'Move keys later',
      keys: ['Alt+ArrowRight'],
      when: hasSelection,
      run: move(1, false),
    },
    {
      ...{ id: 'timeline.keys-earlier', label: 'Move keys earlier', keys: ['Alt+ArrowLeft'], when: hasSelection },
      run: move(-1, false),
    },
    {
      ...{ id: 'timeline.copy-keys', label: 'Copy keys to the playhead', when: hasSelection },
      run: () => {
        const first = Math.min(...model.selectedKeys().map(({ frame }) => frame));
        model.moveSelected(frameOf(model) - first, true);
      },
    },
  ];
}

/** Frames with a key of any group. */
const keyFrames = (model: TimelineModel): number[] =>
  (model.facts()?.poses ?? []).flatMap(({ frame, keys }: { frame: number; keys: readonly LimbGroup[] }) =>
    keys.length > 0 ? [frame] : [],
  );

function viewCommands(model: TimelineModel): Entry[] {
  const zoom = (factor: number) => (): void => {
    const frames = model.facts()?.frames ?? 1;
    const { width } = model.session.getState();
    const scale = model.scale();
    model.session.setState({ scale: zoomScale(scale, factor, width / 2, frames, width) });
  };
  const when = hasFrames(model);
  return [
    { id: 'timeline.zoom-in', label: 'Zoom into the timeline', keys: ['Alt+ArrowUp'], when, run: zoom(ZOOM_STEP) },
    {
      id: 'timeline.zoom-out',
      label: 'Zoom out of the timeline',
      keys: ['Alt+ArrowDown'],
      when,
      run: zoom(1 / ZOOM_STEP),
    },
    {
      ...{ id: 'timeline.fit', label: 'Show the whole timeline', when },
      run: () => {
        model.session.setState({ scale: null });
      },
    },
    {
      ...{ id: 'timeline.lanes', label: 'Show keys', when: () => model.motion() !== undefined },
      isOn: () => model.session.getState().showsLanes,
      run: () => {
        model.session.setState(({ showsLanes }) => ({ showsLanes: !showsLanes }));
      },
    },
  ];
}
