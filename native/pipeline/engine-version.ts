import { readFileSync } from 'node:fs';

let version: string | undefined;

/** Version of this program: what another version made may differ. */
export function engineVersion(): string {
  if (version === undefined) {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    ({ version } = JSON.parse(text) as { version: string });
  }
  return version;
}
