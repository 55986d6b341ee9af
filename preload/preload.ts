import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type Bridge, BRIDGE, CALL_CHANNEL, EVENT_CHANNEL, type Reply } from './contract/wire.ts';

const listeners = new Map<string, Set<(payload: unknown) => void>>();

ipcRenderer.on(EVENT_CHANNEL, (_event, name: string, payload: unknown) => {
  for (const listener of listeners.get(name) ?? []) listener(payload);
});

const bridge: Bridge = {
  // A page knows files by content only; where they lie is asked here, so that no page can name a path by itself.
  call: (name, input, files = []) =>
    ipcRenderer.invoke(
      CALL_CHANNEL,
      name,
      input,
      files.map((file) => webUtils.getPathForFile(file)),
    ) as Promise<Reply>,
  subscribe(name, listener) {
    const known = listeners.get(name) ?? new Set();
    known.add(listener);
    listeners.set(name, known);
    return () => {
      known.delete(listener);
    };
  },
};

contextBridge.exposeInMainWorld(BRIDGE, bridge);
