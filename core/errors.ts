/**
 * What kind of failure it is, for callers that act on it:
 * - `bad-input`: a file or argument is wrong; the message says what to change
 * - `not-found`: a file, view, frame or program is missing
 * - `unwritable`: the output cannot be written (disk full, no permission, in the way)
 * - `newer-version`: the file was written by a newer version of the studio
 * - `cancelled`: the user stopped it; an outcome, never shown as a failure
 * - `failed`: something else went wrong while doing what was asked
 */
export type ErrorCode = 'bad-input' | 'not-found' | 'unwritable' | 'newer-version' | 'cancelled' | 'failed';

/** The one error class that reaches users: its message is one sentence that names the thing and the remedy. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
  }
}
