import { homedir, release, userInfo } from 'node:os';
import { examineMachine } from '../diagnostics/machine.ts';

/** Lines that are kept of what went wrong since the start. */
const MOST_FAULTS = 50;

/** What went wrong since the studio was started, and a text about this machine that can be sent along with a question. */
export class Diagnostics {
  readonly #version: string;
  readonly #faults: string[] = [];

  constructor(version: string) {
    this.#version = version;
  }

  /** Notes a failure that nobody foresaw. */
  readonly note = (where: string, error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#faults.push(`${new Date().toISOString()} ${where}: ${text.split('\n').slice(0, 6).join('\n')}`);
    if (this.#faults.length > MOST_FAULTS) this.#faults.shift();
  };

  /** `facts`: further lines. Names of the user and of their folders are left out. */
  async text(facts: readonly string[]): Promise<string> {
    const findings = await examineMachine();
    const lines = [
      `CharacterShot Studio ${this.#version}`,
      `${process.platform} ${process.arch} ${release()}`,
      ['electron', 'chrome', 'node'].map((name) => `${name} ${process.versions[name] ?? 'none'}`).join(', '),
      ...facts,
      '',
      ...findings.map(({ state, name, detail }) => `${state}  ${name}: ${detail}`),
      '',
      this.#faults.length === 0
        ? 'Nothing went wrong unexpectedly since the studio was started.'
        : 'Unexpected failures:',
      ...this.#faults,
    ];
    return withoutNames(lines.join('\n'));
  }
}

/** Without the user's name and home folder, in either kind of path. */
export function withoutNames(text: string, home = homedir(), user = userInfo().username): string {
  const secrets = [home, home.replaceAll('\\', '/'), home.replaceAll('\\', '\\\\')].filter(
    (secret) => secret.length > 1,
  );
  const anonymous = secrets.reduce((result, secret) => result.replaceAll(secret, '~'), text);
  // A very short name would tear words apart.
  return user.length < 4 ? anonymous : anonymous.replaceAll(user, 'user');
}
