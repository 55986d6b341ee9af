// A thread beside the one that ONNX Runtime holds for minutes: it alone can notice that the parent is gone.
import { workerData } from 'node:worker_threads';

const INTERVAL_MS = 500;
const parent = workerData as number;

setInterval(() => {
  if (process.ppid !== parent || !isRunning(parent)) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);

/** Asked as well because on Windows a process keeps the number of a parent that is no more. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
