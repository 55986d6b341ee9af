import type { SceneAnswer, SceneRequest } from './scene-messages.ts';
import { SceneDesk } from './scene-desk.ts';

/** What a dedicated worker's global object offers; the page's types know only the window's. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SceneRequest>) => void) | null;
  postMessage(message: SceneAnswer, transfer: ArrayBuffer[]): void;
}
const scope = globalThis as unknown as WorkerScope;

// A message to oneself comes after those that wait already.
const { port1, port2 } = new MessageChannel();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    port1.onmessage = () => {
      resolve();
    };
    port2.postMessage(null);
  });

const desk = new SceneDesk((answer, transfer) => {
  scope.postMessage(answer, transfer);
}, breathe);

scope.onmessage = ({ data }) => {
  void desk.take(data);
};
