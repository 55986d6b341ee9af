import { decode, encode } from './wire-codec.ts';

/**
 * What the preload script finds as `electron` in the page of the stand-in. It is turned into text and runs before the
 * page's own scripts, so everything it uses is inside it.
 */
export function pageElectron(window: number) {
  const address = (name: string): string => `/__host/${name}?window=${window}`;
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>();
  const listen = async (): Promise<void> => {
    const response = await fetch(address('events'));
    const reader = response.body?.getReader();
    let rest = new Uint8Array();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) return;
      const bytes = new Uint8Array(rest.length + part.value.length);
      bytes.set(rest);
      bytes.set(part.value, rest.length);
      rest = bytes;
      while (rest.length >= 4) {
        const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
        if (rest.length < 4 + length) break;
        const [channel, ...args] = decode(rest.slice(4, 4 + length)) as [string, ...unknown[]];
        rest = rest.slice(4 + length);
        for (const listener of listeners.get(channel) ?? []) listener({}, ...args);
      }
    }
  };
  // Where the studio has ended, there is nothing more to hear.
  listen().catch(() => undefined);
  return {
    contextBridge: {
      exposeInMainWorld: (name: string, value: unknown): void => {
        Object.defineProperty(globalThis, name, { value });
      },
    },
    ipcRenderer: {
      on: (channel: string, listener: (event: unknown, ...args: unknown[]) => void): void => {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      },
      invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
        const response = await fetch(address('invoke'), { method: 'POST', body: encode([channel, ...args]) });
        return decode(new Uint8Array(await response.arrayBuffer()));
      },
    },
    webUtils: {
      // A file made by a script has no path; the test names it by its path.
      getPathForFile: (file: File): string => file.name,
    },
  };
}
