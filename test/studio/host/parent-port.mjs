// Loaded before a utility process of the stand-in: gives it Electron's `process.parentPort`.
import { EventEmitter } from 'node:events';

const port = new EventEmitter();
port.postMessage = (message) => {
  if (process.connected) process.send(message);
};
port.start = () => undefined;
process.on('message', (data) => port.emit('message', { data }));
Object.defineProperty(process, 'parentPort', { value: port });
