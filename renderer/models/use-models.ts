import { useEffect, useState } from 'react';
import type { Model } from '../../preload/contract/models.ts';
import { tellFailure } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';

/** The checkpoints that the studio knows; undefined until they are. */
export function useModels(): readonly Model[] | undefined {
  const { client } = useApp();
  const [models, setModels] = useState<readonly Model[]>();
  useEffect(() => {
    let isWanted = true;
    const ask = (): void => {
      client.models
        .list()
        .then((list) => {
          if (isWanted) setModels(list);
        })
        .catch(tellFailure);
    };
    const end = client.models.on('changed', ask);
    ask();
    return () => {
      isWanted = false;
      end();
    };
  }, [client]);
  return models;
}
