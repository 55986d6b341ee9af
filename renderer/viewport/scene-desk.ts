import { AppError } from '../../core/errors.ts';
import { readScene } from '../../core/formats/scene.ts';
import { boundsOf } from '../../core/viewer/bounds.ts';
import { DepthOrder, type DepthRow } from '../../core/viewer/depth-order.ts';
import { paddedLength } from '../../core/viewer/packed-gaussians.ts';
import { PosedScene, type PosedFrame } from '../../core/viewer/posed-scene.ts';
import type { SceneAnswer, SceneRequest, Shot } from './scene-messages.ts';

/** Memory for frames that have been worked out. */
const BUDGET = 256 * 2 ** 20;
/** Milliseconds of work after which the worker looks for something newer. */
const PATIENCE = 12;

type Open = Extract<SceneRequest, { kind: 'open' }>;
type Show = Extract<SceneRequest, { kind: 'show' }>;
type Picture = Extract<SceneRequest, { kind: 'picture' }>;

/** The scene that is open, and what has been sent of it. */
interface OpenScene {
  readonly number: number;
  readonly posed: PosedScene;
  /** The frame that the page's textures hold. */
  sent: PosedFrame | undefined;
}

/**
 * What the scene worker does with requests. Of several unanswered `show` only the newest is worked on; while a frame
 * takes long, a turning camera still gets the frame before in its new order. When nothing is asked and frames are
 * dear, the next ones are worked out ahead.
 */
export class SceneDesk {
  readonly #answer: (answer: SceneAnswer, transfer: ArrayBuffer[]) => void;
  /** Resolves after waiting requests have been taken in. */
  readonly #breathe: () => Promise<void>;
  readonly #depthOrder = new DepthOrder();
  #open: OpenScene | undefined;
  #toOpen: Open | undefined;
  #wanted: Show | undefined;
  #pictures: Picture[] = [];
  #frame = 0;
  #isBusy = false;

  constructor(answer: (answer: SceneAnswer, transfer: ArrayBuffer[]) => void, breathe: () => Promise<void>) {
    this.#answer = answer;
    this.#breathe = breathe;
  }

  /** Takes a request; resolves when there is nothing left to do. */
  async take(request: SceneRequest): Promise<void> {
    if (request.kind === 'open') this.#toOpen = request;
    else if (request.kind === 'show') this.#wanted = request;
    else if (request.kind === 'picture') this.#pictures.push(request);
    else this.#close();
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      while (await this.#step()) await this.#breathe();
    } finally {
      this.#isBusy = false;
    }
  }

  #close(): void {
    this.#open = undefined;
    this.#toOpen = undefined;
    this.#wanted = undefined;
  }

  /** The next thing to do; false: nothing. */
  async #step(): Promise<boolean> {
    const [toOpen, wanted] = [this.#toOpen, this.#wanted];
    if (toOpen) {
      this.#toOpen = undefined;
      this.#read(toOpen);
      return true;
    }
    const picture = this.#pictures.shift();
    if (picture) {
      await this.#take(picture);
      return true;
    }
    if (!this.#open) return false;
    if (wanted) {
      await this.#show(this.#open, wanted);
      return true;
    }
    return this.#workAhead(this.#open);
  }

  #read({ scene, bytes, name }: Open): void {
    try {
      const posed = new PosedScene(readScene(bytes, name), BUDGET);
      const { gaussians, frames, fps, background } = posed.scene;
      const { count, shDegree } = gaussians;
      const facts = { count, shDegree, frames, fps, background, bounds: boundsOf(gaussians) };
      this.#open = { number: scene, posed, sent: undefined };
      this.#answer({ kind: 'opened', scene, facts }, []);
    } catch (error) {
      const message = error instanceof AppError ? error.message : `${name} cannot be shown: ${String(error)}.`;
      this.#answer({ kind: 'refused', scene, message }, []);
    }
  }

  async #show(open: OpenScene, wanted: Show): Promise<void> {
    this.#frame = wanted.frame;
    const frame = open.posed.nearest(wanted.frame);
    const done = open.sent?.frame === frame ? open.sent : await this.#work(open, frame);
    if (!done || this.#open !== open) return;
    const newest = this.#wanted ?? wanted;
    // What came in meanwhile is answered here too, unless it asks for another frame.
    if (open.posed.nearest(newest.frame) === done.frame) this.#wanted = undefined;
    this.#send(open, newest, done);
  }

  /** A frame; undefined when something else came first. */
  async #work(open: OpenScene, frame: number): Promise<PosedFrame | undefined> {
    const steps = open.posed.work(frame);
    let answered = this.#wanted?.ticket;
    let since = performance.now();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (performance.now() - since < PATIENCE) continue;
      await this.#breathe();
      since = performance.now();
      if (this.#toOpen || this.#open !== open) return undefined;
      const newest = this.#wanted;
      if (!newest || newest.ticket === answered) continue;
      const kept = open.posed.kept(newest.frame);
      const isOther = open.posed.nearest(newest.frame) !== frame;
      if (isOther && kept) return undefined;
      if (open.sent) this.#send(open, newest, open.sent);
      answered = newest.ticket;
    }
  }

  #send(open: OpenScene, { ticket, row }: Show, posed: PosedFrame): void {
    const shot = this.#shot(open, posed, row, open.sent);
    open.sent = posed;
    this.#answer({ kind: 'shown', scene: open.number, ticket, shot }, buffersOf(shot));
  }

  async #take({ ticket, frame, row }: Picture): Promise<void> {
    const open = this.#open;
    const steps = open?.posed.work(frame);
    let step = steps?.next();
    while (steps && step && !step.done) {
      await this.#breathe();
      step = steps.next();
    }
    const shot = open && step?.done ? this.#shot(open, step.value, row, undefined) : null;
    this.#answer({ kind: 'picture', ticket, shot }, shot ? buffersOf(shot) : []);
  }

  /** What the page needs to draw `posed` seen along `row`, when its textures hold `before`. */
  #shot(
    { posed: { scene, shape, harmonics } }: OpenScene,
    posed: PosedFrame,
    row: DepthRow,
    before?: PosedFrame,
  ): Shot {
    const { count } = scene.gaussians;
    const order = new Uint32Array(paddedLength(count, 1));
    const drawn = this.#depthOrder.sort(posed.pose.floats, count, row, order).length;
    const isSame = before === posed;
    return {
      frame: posed.frame,
      order,
      count: drawn,
      pose: isSame ? null : posed.pose.words.slice(),
      shape: isSame || (!posed.shape && before) ? null : (posed.shape ?? shape).slice(),
      harmonics: isSame || (!posed.harmonics && before) ? null : (posed.harmonics ?? harmonics).slice(),
    };
  }

  /** One frame ahead of the playhead, where frames are dear. */
  async #workAhead(open: OpenScene): Promise<boolean> {
    const next = open.posed.smooth ? undefined : open.posed.nextMissing(this.#frame);
    if (next === undefined) return false;
    for (const steps = open.posed.work(next); !steps.next().done;) {
      await this.#breathe();
      if (this.#wanted ?? this.#toOpen ?? this.#pictures.length > 0) break;
    }
    return true;
  }
}

const buffersOf = ({ order, pose, shape, harmonics }: Shot): ArrayBuffer[] =>
  [order, pose, shape, harmonics].flatMap((array) => (array ? [array.buffer] : []));
