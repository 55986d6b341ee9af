import type { Camera } from '../../core/camera.ts';
import { depthRow } from '../../core/viewer/projection.ts';
import type { SceneAnswer, SceneFacts, SceneRequest, Shot } from './scene-messages.ts';

export interface PlayerEvents {
  /** A scene is open; its first shot follows. */
  readonly onOpen: (facts: SceneFacts) => void;
  /** One sentence: why the scene cannot be shown. What was shown before stays. */
  readonly onRefuse: (message: string) => void;
  /** Gaussians at a time, sorted for `camera`: to be drawn with it. */
  readonly onShot: (shot: Shot, camera: Camera) => void;
}

/** The page's side of the scene worker. */
export class ScenePlayer {
  readonly #worker: Worker;
  readonly #events: PlayerEvents;
  readonly #cameras = new Map<number, Camera>();
  readonly #pictures = new Map<number, (shot: Shot | null) => void>();
  #scene = 0;
  /** The scene whose shots are taken: the last one that could be opened. */
  #opened = 0;
  #ticket = 0;

  constructor(events: PlayerEvents) {
    this.#events = events;
    this.#worker = new Worker(new URL('./scene-worker.ts', import.meta.url), { type: 'module', name: 'scene' });
    this.#worker.onmessage = ({ data }: MessageEvent<SceneAnswer>) => {
      this.#take(data);
    };
    this.#worker.onerror = (event) => {
      events.onRefuse(`The scene's worker failed: ${event.message || 'it could not be loaded'}.`);
    };
  }

  /** Opens a .4dgs file in the place of the scene before; the bytes are copied. `name` stands for it in errors. */
  open(bytes: Uint8Array<ArrayBuffer>, name: string): void {
    const copy = bytes.slice();
    this.#post({ kind: 'open', scene: ++this.#scene, bytes: copy, name }, [copy.buffer]);
  }

  close(): void {
    this.#opened = ++this.#scene;
    this.#post({ kind: 'close' }, []);
  }

  /** Asks for what the screen shows next. Takes the place of an earlier wish that is not fulfilled yet. */
  want(frame: number, camera: Camera): void {
    const ticket = ++this.#ticket;
    this.#cameras.set(ticket, camera);
    this.#post({ kind: 'show', ticket, frame, row: depthRow(camera) }, []);
  }

  /** Everything about one frame for a picture aside from the screen; null when no scene is open. */
  picture(frame: number, camera: Camera): Promise<Shot | null> {
    const ticket = ++this.#ticket;
    return new Promise((resolve) => {
      this.#pictures.set(ticket, resolve);
      this.#post({ kind: 'picture', ticket, frame, row: depthRow(camera) }, []);
    });
  }

  dispose(): void {
    this.#worker.terminate();
    for (const resolve of this.#pictures.values()) resolve(null);
  }

  #post(request: SceneRequest, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer);
  }

  #take(answer: SceneAnswer): void {
    if (answer.kind === 'picture') {
      this.#pictures.get(answer.ticket)?.(answer.shot);
      this.#pictures.delete(answer.ticket);
      return;
    }
    // After a close; what is said of an earlier scene is of no interest then.
    if (answer.scene < this.#opened) return;
    if (answer.kind === 'opened') {
      this.#opened = answer.scene;
      this.#events.onOpen(answer.facts);
    } else if (answer.kind === 'refused') this.#events.onRefuse(answer.message);
    else this.#show(answer.ticket, answer.shot);
  }

  #show(ticket: number, shot: Shot): void {
    const camera = this.#cameras.get(ticket);
    for (const old of this.#cameras.keys()) if (old < ticket) this.#cameras.delete(old);
    if (camera) this.#events.onShot(shot, camera);
  }
}
