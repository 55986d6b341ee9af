import { useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { tellFailure } from '../app/notices.ts';
import { useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import { recordOf } from '../../core/document/document.ts';
import { activeJob } from '../jobs/jobs-store.ts';

export interface ShownScene {
  /** A .4dgs file; null: there is none yet. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  /** The asset that it is; null for a snapshot of a running fit. */
  readonly asset: string | null;
  /** Of the fit that is being watched. */
  readonly iteration: number | null;
}

const NOTHING: ShownScene = { bytes: null, asset: null, iteration: null };

/**
 * The scene to show: of a running fit the newest snapshot, else the project's.
 * @param earlier An asset to show in place of the project's; null: none.
 */
export function useScene(earlier: string | null): ShownScene {
  const { client, jobs } = useApp();
  const { project } = useOpenedProject();
  const asset = useDocument((document) => recordOf(document, 'scene')?.asset ?? null);
  const running = useStore(jobs, (state) => activeJob(state.jobs, project.id, 'optimise')?.id ?? null);
  const [kept, setKept] = useState<ShownScene>(NOTHING);
  const [before, setBefore] = useState<ShownScene>(NOTHING);
  const [live, setLive] = useState<ShownScene>(NOTHING);
  const load = useCallback(
    (wanted: string, take: (scene: ShownScene) => void) => {
      let isWanted = true;
      client.project
        .asset({ project: project.id, asset: wanted })
        .then((bytes) => {
          if (isWanted) take({ bytes, asset: wanted, iteration: null });
        })
        .catch(tellFailure);
      return () => {
        isWanted = false;
      };
    },
    [client, project],
  );
  useEffect(() => (asset === null ? undefined : load(asset, setKept)), [load, asset]);
  useEffect(() => (earlier === null ? undefined : load(earlier, setBefore)), [load, earlier]);

  useEffect(() => {
    if (running === null) return;
    let after = -1;
    let newest = 0;
    let asking = false;
    let isWanted = true;
    // Snapshots that come while one is on its way are passed over, but the newest: the next event may be half a second off.
    const ask = async (): Promise<void> => {
      if (asking) return;
      asking = true;
      try {
        while (newest > after) {
          const snapshot = await client.jobs.snapshot({ job: running, after });
          if (!snapshot || !isWanted) break;
          after = snapshot.iteration;
          setLive({ bytes: snapshot.scene, asset: null, iteration: snapshot.iteration });
        }
      } finally {
        asking = false;
      }
    };
    const follow = (): void => {
      ask().catch(tellFailure);
    };
    follow();
    const end = client.jobs.on('snapshot', ({ job, iteration }) => {
      if (job !== running) return;
      newest = iteration;
      follow();
    });
    return () => {
      isWanted = false;
      end();
      setLive(NOTHING);
    };
  }, [client, running]);

  if (running !== null && live.bytes) return live;
  if (earlier !== null && before.asset === earlier) return before;
  return asset === null ? NOTHING : kept;
}
