import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { JsonRecord } from '../../../core/formats/json.ts';
import { isRecord, parseJson } from '../../../core/formats/json.ts';
import type { Precision } from '../graphs/module-builder.ts';
import type { Rates } from './measure-rates.ts';
import type { Provider } from './provider.ts';

const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('probe-child.ts', import.meta.url));

// Within the studio the program that runs is Electron, which would open a second window; Node does not know the word.
const AS_NODE = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };

/** The first use of a device compiles its kernels. */
const PATIENCE_MS = 60_000;

export type ProbeResult = { readonly rates: Rates } | { readonly reason: string };

/** Lets a process of its own load ONNX Runtime with `provider` and measure it; says why where that fails. Never throws. */
export async function probeProvider(provider: Provider, precision: Precision): Promise<ProbeResult> {
  try {
    const { stdout } = await run(process.execPath, [CHILD, provider, precision], {
      timeout: PATIENCE_MS,
      env: AS_NODE,
    });
    const answer = parseJson(stdout, 'The answer of the probe');
    if (!isRecord(answer)) return { reason: 'it gave no answer' };
    return isRates(answer.rates) ? { rates: answer.rates } : { reason: String(answer.reason) };
  } catch (error) {
    const signal = error instanceof Error && 'signal' in error ? error.signal : undefined;
    return { reason: typeof signal === 'string' ? `it ended by ${signal}` : 'it crashed' };
  }
}

function isRates(value: unknown): value is JsonRecord & Rates {
  if (!isRecord(value)) return false;
  return [value.linear, value.attention, value.convolution].every((rate) => typeof rate === 'number' && rate > 0);
}
