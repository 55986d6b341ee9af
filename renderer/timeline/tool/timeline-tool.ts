import type { LimbGroup } from '../../../core/document/document.ts';
import { allowedShift, type Key } from '../../../core/pose-edit/move-keys.ts';
import { isSameKey, type TimelineModel } from '../timeline-model.ts';
import { type Row, rowAt } from '../timeline-rows.ts';
import { frameAtX, nearestFrame, xOf } from '../timeline-scale.ts';

/** What a pointer does over the lanes, in pixels of the canvas as the page counts them. */
export interface TimelineInput {
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
}

/** One state of the tool; handlers give the state that follows, or nothing to stay. */
interface TimelineState {
  readonly name: 'idle' | 'scrub' | 'loop' | 'keys' | 'box';
  readonly exit?: () => void;
  readonly pointerDown?: (input: TimelineInput) => TimelineState | undefined;
  readonly pointerMove?: (input: TimelineInput) => void;
  readonly pointerUp?: (input: TimelineInput) => void;
  readonly cancel?: () => void;
}

/** How far a pointer may be beside a key or an end of the loop. */
const REACH = 8;

/** The tool of the timeline: scrubs, sets the loop, selects keys and drags them. */
export class TimelineTool {
  #state: TimelineState;
  readonly #model: TimelineModel;
  readonly #rows: readonly Row[];

  constructor(model: TimelineModel, rows: readonly Row[]) {
    this.#model = model;
    this.#rows = rows;
    this.#state = idle(model, rows);
  }

  get state(): TimelineState['name'] {
    return this.#state.name;
  }

  pointerDown(input: TimelineInput): void {
    const next = this.#state.pointerDown?.(input);
    if (next) this.#state = next;
  }

  pointerMove(input: TimelineInput): void {
    this.#state.pointerMove?.(input);
  }

  pointerUp(input: TimelineInput): void {
    this.#state.pointerUp?.(input);
    this.#end();
  }

  /** Takes back what is under way; whether there was something. */
  cancel(): boolean {
    const wasBusy = this.#state.name !== 'idle';
    this.#state.cancel?.();
    this.#end();
    return wasBusy;
  }

  #end(): void {
    this.#state.exit?.();
    this.#state = idle(this.#model, this.#rows);
  }
}

function idle(model: TimelineModel, rows: readonly Row[]): TimelineState {
  return {
    name: 'idle',
    pointerDown: (input) => {
      const row = rowAt(rows, input.y);
      if (!row) return undefined;
      if (row.kind === 'lane') {
        const key = keyAt(model, row.group, input.x);
        return key ? draggingKeys(model, input, key) : boxing(model, rows, input);
      }
      const end = row.kind === 'ruler' ? loopEndAt(model, input.x) : undefined;
      if (end !== undefined) return draggingLoop(model, end);
      return input.shift ? draggingLoop(model, frameUnder(model, input.x)) : scrubbing(model, input);
    },
  };
}

const frameUnder = (model: TimelineModel, x: number): number =>
  nearestFrame(model.scale(), x, model.facts()?.frames ?? 1);

function scrubbing(model: TimelineModel, down: TimelineInput): TimelineState {
  const before = model.playhead();
  const to = ({ x }: TimelineInput): void => {
    model.seek(frameUnder(model, x));
  };
  to(down);
  return {
    name: 'scrub',
    pointerMove: to,
    cancel: () => {
      model.seek(before);
    },
  };
}

/** The other end of the loop where one end is under the pointer. */
function loopEndAt(model: TimelineModel, x: number): number | undefined {
  const loop = model.loop();
  if (!loop) return undefined;
  const scale = model.scale();
  const [first, last] = loop.map((frame) => Math.abs(xOf(scale, frame) - x));
  if ((last ?? Infinity) <= REACH / 2) return loop[0];
  return (first ?? Infinity) <= REACH / 2 ? loop[1] : undefined;
}

/** The loop runs from the frame that is held to the one under the pointer; it is set when the pointer is let go. */
function draggingLoop(model: TimelineModel, anchor: number): TimelineState {
  const before = model.loop();
  const loopTo = (x: number): readonly [number, number] => {
    const frame = frameUnder(model, x);
    return [Math.min(anchor, frame), Math.max(anchor, frame)];
  };
  return {
    name: 'loop',
    pointerMove: ({ x }) => {
      model.tryLoop(loopTo(x));
    },
    pointerUp: ({ x }) => {
      const loop = loopTo(x);
      model.setLoop(loop[0] === loop[1] ? null : loop);
    },
    cancel: () => {
      model.tryLoop(before);
    },
  };
}

/** The key of a lane under the pointer. */
export function keyAt(model: TimelineModel, group: LimbGroup, x: number): Key | undefined {
  const poses = model.facts()?.poses ?? [];
  const scale = model.scale();
  const reach = Math.max(1, Math.ceil(REACH / scale.step));
  const middle = Math.round(frameAtX(scale, x));
  let best: Key | undefined;
  for (let frame = middle - reach; frame <= middle + reach; frame++) {
    if (!poses[frame]?.keys.includes(group)) continue;
    const away = Math.abs(xOf(scale, frame) - x);
    if (away <= REACH && (!best || away < Math.abs(xOf(scale, best.frame) - x))) best = { frame, group };
  }
  return best;
}

/** Selected keys go along with the pointer; nothing changes before it is let go. Alt copies them. */
function draggingKeys(model: TimelineModel, down: TimelineInput, key: Key): TimelineState {
  const selected = model.selectedKeys();
  const isSelected = selected.some((other) => isSameKey(other, key));
  if (!isSelected) model.select(down.shift ? [...selected, key] : [key]);
  const shift = ({ x }: TimelineInput): number => {
    const by = Math.round((x - down.x) / model.scale().step);
    return allowedShift(model.facts()?.frames ?? 1, model.selectedKeys(), by);
  };
  return {
    name: 'keys',
    pointerMove: (input) => {
      model.session.setState({ drag: { by: shift(input), copy: input.alt } });
    },
    pointerUp: (input) => {
      const by = shift(input);
      if (by !== 0) model.moveSelected(by, input.alt);
      else if (isSelected && down.shift) model.select(selected.filter((other) => !isSameKey(other, key)));
      else if (!down.shift && Math.abs(input.x - down.x) < REACH / 2) {
        model.select([key]);
        model.seek(key.frame);
      }
    },
    exit: () => {
      model.session.setState({ drag: null });
    },
  };
}

function boxing(model: TimelineModel, rows: readonly Row[], down: TimelineInput): TimelineState {
  const before = model.selectedKeys();
  const kept = down.shift ? before : [];
  return {
    name: 'box',
    pointerMove: ({ x, y }) => {
      const groups = rows.flatMap((row) =>
        row.kind === 'lane' && row.top < Math.max(y, down.y) && row.top + row.height > Math.min(y, down.y)
          ? [row.group]
          : [],
      );
      const [fromFrame, toFrame] = [frameAtX(model.scale(), down.x), frameAtX(model.scale(), x)];
      model.session.setState({ box: { fromFrame, toFrame, groups } });
      model.select([...kept, ...keysInside(model, Math.min(fromFrame, toFrame), Math.max(fromFrame, toFrame), groups)]);
    },
    pointerUp: () => {
      if (!model.session.getState().box) model.select(kept);
    },
    cancel: () => {
      model.select(before);
    },
    exit: () => {
      model.session.setState({ box: null });
    },
  };
}

function keysInside(model: TimelineModel, from: number, to: number, groups: readonly LimbGroup[]): Key[] {
  return (model.facts()?.poses ?? []).flatMap(({ frame, keys }) =>
    frame >= from && frame <= to
      ? keys.filter((group) => groups.includes(group)).map((group): Key => ({ frame, group }))
      : [],
  );
}
