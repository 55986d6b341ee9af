import { createRoot } from 'react-dom/client';
import type { Bridge } from '../preload/contract/wire.ts';
import { Window } from './app/window.tsx';
import { createClient } from './bridge/client.ts';
import './ui/base.css';

declare global {
  interface Window {
    /** Given by the preload script. */
    readonly studio: Bridge;
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');
createRoot(root).render(<Window client={createClient(window.studio)} />);
