/**
 * A signal this soon after the first is the same keystroke: a terminal sends Ctrl+C to the whole process group, and npm and our
 * launcher pass on what they got themselves.
 */
const SAME_KEYSTROKE_MS = 500;

/** Exit code of an interrupted command. */
export const INTERRUPTED = 130;

/**
 * Turns Ctrl+C and requests to terminate into an abort: `onFirst` may say what happens now. A second one ends the
 * process at once. Where a launcher started this process, its death ends this process too: nothing may go on
 * computing, and writing, after a kill.
 */
export function abortOnSignal(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  let first = -Infinity;
  const interrupt = (): void => {
    const now = performance.now();
    if (!controller.signal.aborted) {
      first = now;
      onFirst();
      controller.abort();
    } else if (now - first > SAME_KEYSTROKE_MS) {
      process.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  if (process.connected) {
    process.on('disconnect', () => process.exit(INTERRUPTED));
    process.channel?.unref();
  }
  return controller.signal;
}
