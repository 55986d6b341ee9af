// Measures one provider in a process of its own: drivers may crash, and then only this process is gone.
import type { Precision } from '../graphs/module-builder.ts';
import { measureRates } from './measure-rates.ts';
import type { Provider } from './provider.ts';
import { runtimeFor } from './runtime-for.ts';

/** Square matrices of this size keep a graphics card busy. */
const DEVICE_SIZE = 4096;

const [provider, precision] = process.argv.slice(2) as [Provider, Precision];
const size = provider === 'cpu' ? {} : { size: DEVICE_SIZE };
try {
  const rates = await measureRates(runtimeFor({ provider, strict: true }), { precision, ...size });
  process.stdout.write(JSON.stringify({ rates }));
} catch (error) {
  process.stdout.write(JSON.stringify({ reason: reasonOf(error) }));
}

/** What ONNX Runtime itself said, in one line. */
function reasonOf(error: unknown): string {
  const deepest = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = deepest instanceof Error ? deepest.message : String(deepest);
  return (text.split('\n', 1)[0] ?? '').slice(-200);
}
