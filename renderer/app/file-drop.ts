import { useEffect } from 'react';
import type { StudioClient } from '../../preload/contract/contract.ts';
import { appStore } from './app-store.ts';
import { attempt } from './notices.ts';
import { openProject } from './open-project.ts';

/** Project files that are dropped anywhere are opened; a drop that nobody takes must not replace the page by the file. */
export function useFileDrop(client: StudioClient): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => name.endsWith('.cshot'));
      if (files.length === 0) return;
      attempt(async () => {
        const [first] = await client.library.add(undefined, files);
        if (files.length === 1 && first) await openProject(client, first.id);
        else appStore.setState({ page: 'library' });
      });
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [client]);
}
