// An inference process whose tasks are made for its test.
import { serveTasks } from '../../native/inference/process/serve-tasks.ts';
import { WorkFolder } from '../../native/inference/process/work-folder.ts';
import { AppError } from '../../core/errors.ts';

const STEPS = 6;

serveTasks({
  /** Multiplies step by step, each result kept in the work folder, and says which steps it did itself. */
  async steps(job, { onProgress }) {
    const { folder } = job as { folder: string };
    const work = WorkFolder.of(folder);
    let value = 1;
    const done: number[] = [];
    onProgress({ type: 'begin', task: 'Steps', total: STEPS, unit: 'steps' });
    for (let step = 1; step <= STEPS; step++) {
      const known = await work.load(`step-${step}`);
      if (known) {
        value = Number(Buffer.from(known).toString());
        continue;
      }
      value *= step + 0.1;
      await work.save(`step-${step}`, Buffer.from(`${value}`));
      done.push(step);
      onProgress({ type: 'tick', done: step });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return { value, done };
  },
  refuse() {
    throw new AppError('bad-input', 'The file a.png is no picture; choose another.');
  },
  /** Holds its thread, as ONNX Runtime does. */
  block(_, { onWarning }) {
    onWarning(`${process.pid}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return Promise.resolve();
  },
  /** What C++ does that gets no memory. */
  exhaust() {
    process.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\n");
    process.abort();
  },
  die() {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
});
