import { Images, Plus, Search, SearchX, Trash2, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ProjectCard } from '../../preload/contract/library.ts';
import { useApp } from '../app/studio-context.ts';
import { findCommand, runCommand } from '../commands/registry.ts';
import { BarSelect } from '../ui/bar-select.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import type { SelectProps } from '../ui/field.tsx';
import styles from './library-page.module.css';
import { ProjectTile } from './project-tile.tsx';
import { RecentButton } from './recent-button.tsx';
import { type CardQuery, useCards } from './use-cards.ts';

const create = (): void => {
  runCommand(findCommand('file.new'));
};
const open = (): void => {
  runCommand(findCommand('file.open'));
};

const SORTS: SelectProps<CardQuery['sort']>['options'] = [
  { value: 'modified', label: 'Last changed' },
  { value: 'name', label: 'Name' },
  { value: 'created', label: 'Newest' },
];

/** All projects, to find one and to begin one. */
export function LibraryPage() {
  const { client } = useApp();
  const [query, setQuery] = useState<CardQuery>({ search: '', tag: null, trashed: false, sort: 'modified' });
  const { cards, tags } = useCards(client, query);
  const ask = (part: Partial<CardQuery>): void => {
    setQuery({ ...query, ...part });
  };
  return (
    <section className={styles.page} aria-label={query.trashed ? 'Trash' : 'Library'}>
      <header className={styles.head}>
        <h1>{query.trashed ? 'Trash' : 'Library'}</h1>
        <div className={styles.search}>
          <Search size="1em" aria-hidden />
          <input
            type="search"
            aria-label="Search projects"
            placeholder="Search"
            value={query.search}
            maxLength={200}
            onChange={(event) => {
              ask({ search: event.currentTarget.value });
            }}
          />
        </div>
        <BarSelect
          label="Order"
          isLabelHidden
          value={query.sort}
          options={SORTS}
          onChange={(sort) => {
            ask({ sort });
          }}
        />
        <span className={styles.space} />
        <Button
          kind="quiet"
          icon={query.trashed ? Undo2 : Trash2}
          onClick={() => {
            setQuery({ ...query, trashed: !query.trashed, search: '', tag: null });
          }}
        >
          {query.trashed ? 'Back to the library' : 'Trash'}
        </Button>
        <RecentButton />
        <Button onClick={open}>Open file…</Button>
        <Button kind="primary" icon={Plus} onClick={create}>
          New project
        </Button>
      </header>
      <div className={styles.body}>
        {!query.trashed && tags.length > 0 && (
          <div className={styles.tags} role="group" aria-label="Tags">
            {tags.map(({ tag, projects }) => (
              <button
                key={tag}
                type="button"
                className={styles.tag}
                aria-pressed={query.tag === tag}
                onClick={() => {
                  ask({ tag: query.tag === tag ? null : tag });
                }}
              >
                {tag} {projects}
              </button>
            ))}
          </div>
        )}
        {cards?.length === 0 && <Nothing query={query} />}
        {cards && <Tiles key={JSON.stringify(query)} cards={cards} />}
      </div>
    </section>
  );
}

/** Tiles that are made at once: some screens full. */
const BATCH = 60;

/** As many tiles as have been scrolled to: thousands at once would keep the window waiting. */
function Tiles({ cards }: { readonly cards: readonly ProjectCard[] }) {
  const [count, setCount] = useState(BATCH);
  const [end, setEnd] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (!end) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setCount((before) => before + BATCH);
      },
      { rootMargin: '600px' },
    );
    observer.observe(end);
    return () => {
      observer.disconnect();
    };
    // Watched anew after every batch: what stays in sight is not told of again.
  }, [end, count]);
  return (
    <>
      <ul className={styles.cards} aria-label="Projects">
        {cards.slice(0, count).map((card) => (
          <li key={card.id}>
            <ProjectTile card={card} />
          </li>
        ))}
      </ul>
      {count < cards.length && <div ref={setEnd} />}
    </>
  );
}

function Nothing({ query }: { readonly query: CardQuery }) {
  if (query.search !== '' || query.tag !== null) {
    return (
      <EmptyState icon={SearchX} title="Nothing found">
        No project has these words in its name, its tags or the names of its files.
      </EmptyState>
    );
  }
  if (query.trashed) {
    return (
      <EmptyState icon={Trash2} title="The trash is empty">
        Projects that you throw away lie here until you erase them.
      </EmptyState>
    );
  }
  const actions = (
    <>
      <Button kind="primary" icon={Plus} onClick={create}>
        New project
      </Button>
      <RecentButton />
      <Button onClick={open}>Open file…</Button>
    </>
  );
  return (
    <EmptyState icon={Images} title="Bring a character to life" actions={actions}>
      A project begins with one picture of a character. Choose how it moves, and watch it from every side. Everything
      stays on your machine.
    </EmptyState>
  );
}
