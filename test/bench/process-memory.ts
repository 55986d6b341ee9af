import { readFileSync, writeFileSync } from 'node:fs';

/** A line of /proc/self/status in bytes: VmRSS is what the process holds, VmHWM the most that it held. Linux alone has it. */
export function memoryOf(name: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(String.raw`^${name}:\s+(\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}

/** From here on VmHWM counts anew. */
export const forgetPeak = (): void => {
  writeFileSync('/proc/self/clear_refs', '5');
};
