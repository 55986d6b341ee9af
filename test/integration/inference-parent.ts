// Starts an inference process that never ends, and tells its own parent the number of it.
import { runInProcess } from '../../native/inference/process/run-in-process.ts';

const entry = new URL('inference-child.ts', import.meta.url);
await runInProcess(entry, 'block', {}, { onWarning: (pid) => process.send?.(Number(pid)) });
