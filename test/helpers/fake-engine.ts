import type { EngineOrder, FromEngine, ToEngine } from '../../main/engine/messages.ts';
import type { EngineHandle, EngineLauncher } from '../../main/studio/jobs/engine-launcher.ts';

/** An engine process that does what a test says. */
export class FakeEngine {
  order: EngineOrder | undefined;
  stops = 0;
  killed = false;
  /** Whether `stop` is heard; an engine inside a native function hears nothing. */
  isDeaf = false;
  #onMessage: (message: unknown) => void = () => undefined;
  #onExit: (how: string) => void = () => undefined;

  /** Says anything, also what is no message. */
  say(message: unknown): void {
    this.#onMessage(message);
  }

  tell(message: FromEngine): void {
    this.say(message);
  }

  exit(how = 'with code 0'): void {
    this.#onExit(how);
  }

  /** The last word and the end. */
  finish(result = 'Done.'): void {
    this.tell({ type: 'done', diff: null, label: '', result, seconds: 1 });
    this.exit();
  }

  failWith(message: string): void {
    this.tell({ type: 'failed', error: { code: 'bad-input', message }, stack: '' });
    this.exit();
  }

  readonly handle: EngineHandle = {
    post: (message: ToEngine) => {
      if (message.type === 'run') this.order = message.order;
      else {
        this.stops++;
        if (!this.isDeaf) {
          setTimeout(() => {
            this.tell({ type: 'failed', error: { code: 'cancelled', message: 'Stopped.' }, stack: '' });
            this.exit();
          }, 1);
        }
      }
    },
    onMessage: (listener) => {
      this.#onMessage = listener;
    },
    onExit: (listener) => {
      this.#onExit = listener;
    },
    kill: () => {
      this.killed = true;
      this.exit('by SIGKILL');
    },
  };
}

/** Keeps all engines that were launched, in order. */
export class FakeLauncher implements EngineLauncher {
  readonly engines: FakeEngine[] = [];
  /** The next launch throws. */
  isBroken = false;

  launch(): EngineHandle {
    if (this.isBroken) throw new Error('no more processes');
    const engine = new FakeEngine();
    this.engines.push(engine);
    return engine.handle;
  }

  /** The newest engine. */
  get engine(): FakeEngine {
    const engine = this.engines.at(-1);
    if (!engine) throw new Error('No engine was launched.');
    return engine;
  }
}
