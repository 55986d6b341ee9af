// Entry of the engine process: one process does one job. Started by Electron as a utility process, or forked by plain Node.
import { AppError } from '../../core/errors.ts';
import { packDiff } from '../../core/document/packed-pose.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { endWithParent, parentPort } from './port.ts';
import { Reporter } from './reporter.ts';
import { runOrder } from './run-order.ts';

const port = parentPort();
endWithParent();

const stop = new AbortController();
let begun = false;

port.onMessage((value) => {
  const message = value as ToEngine; // the parent is trusted, the engine is not
  if (message.type === 'stop') stop.abort(new AppError('cancelled', 'The job was stopped.'));
  else if (!begun) {
    begun = true;
    void work(message.order);
  }
});

async function work(order: Parameters<typeof runOrder>[0]): Promise<void> {
  const reporter = new Reporter(port.send);
  let last: FromEngine;
  try {
    const { diff, ...said } = await runOrder(order, reporter, stop.signal);
    last = { type: 'done', diff: diff && packDiff(diff), ...said };
  } catch (error) {
    last = failure(stop.signal.aborted ? stop.signal.reason : error);
  }
  reporter.flush();
  await port.send(last);
  process.exit(0);
}

function failure(error: unknown): FromEngine {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const cause = error instanceof Error && error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? ''}` : '';
  const text = `${stack}${cause}`.slice(0, 20_000);
  if (error instanceof AppError) return { type: 'failed', error: { code: error.code, message }, stack: text };
  const sentence = 'The engine met something that it does not know; copy the diagnostics (Help menu) to report it.';
  return { type: 'failed', error: { code: 'failed', message: sentence }, stack: text };
}
