import { AppError } from '../../core/errors.ts';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { Bridge } from '../../preload/contract/wire.ts';

/** The typed face of the two functions of the preload script: `client.library.list({ search })`, `client.jobs.on('log', ...)`. */
export function createClient(bridge: Bridge): StudioClient {
  const feature = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_, member) => {
          if (typeof member !== 'string') return undefined;
          if (member === 'on') {
            return (event: string, listener: (payload: unknown) => void) =>
              bridge.subscribe(`${name}.${event}`, listener);
          }
          return (input: unknown, files?: readonly File[]) => callOver(bridge, `${name}.${member}`, input, files);
        },
      },
    );
  return new Proxy({}, { get: (_, name) => (typeof name === 'string' ? feature(name) : undefined) }) as StudioClient;
}

async function callOver(bridge: Bridge, name: string, input: unknown, files?: readonly File[]): Promise<unknown> {
  const reply = await bridge.call(name, input, files);
  if (reply.ok) return reply.value;
  throw new AppError(reply.error.code, reply.error.message);
}
