/** The command line itself is wrong (exit code 2). The message is one sentence that names the argument. */
export class ArgumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArgumentError';
  }
}
