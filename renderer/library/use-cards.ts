import { useEffect, useState } from 'react';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { ProjectCard } from '../../preload/contract/library.ts';
import { tellFailure } from '../app/notices.ts';

export interface CardQuery {
  readonly search: string;
  readonly tag: string | null;
  readonly trashed: boolean;
  readonly sort: 'modified' | 'name' | 'created';
}

export interface Cards {
  /** null until the first answer. */
  readonly cards: readonly ProjectCard[] | null;
  readonly tags: readonly { readonly tag: string; readonly projects: number }[];
}

/** The projects that fit, kept up to date. */
export function useCards(client: StudioClient, { search, tag, trashed, sort }: CardQuery): Cards {
  const [cards, setCards] = useState<Cards>({ cards: null, tags: [] });
  useEffect(() => {
    // Answers may overtake each other; only the last question counts.
    let asked = 0;
    const ask = (): void => {
      const mine = ++asked;
      Promise.all([client.library.list({ search, tag, trashed, sort }), client.library.tags()])
        .then(([list, tags]) => {
          if (mine === asked) setCards({ cards: list, tags });
        })
        .catch(tellFailure);
    };
    ask();
    const end = client.library.on('changed', ask);
    return () => {
      asked = -1;
      end();
    };
  }, [client, search, tag, trashed, sort]);
  return cards;
}
