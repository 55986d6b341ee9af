import { Copy, Ellipsis, FolderSearch, PencilLine, Tags, Trash2, Undo2, UserRound, X } from 'lucide-react';
import { useState } from 'react';
import type { StudioClient } from '../../preload/contract/contract.ts';
import type { ProjectCard } from '../../preload/contract/library.ts';
import { attempt, notify } from '../app/notices.ts';
import { openProject } from '../app/open-project.ts';
import { useApp } from '../app/studio-context.ts';
import { classes, IconButton } from '../ui/button.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { byteText } from '../ui/words.ts';
import { MovingThumbnail } from './moving-thumbnail.tsx';
import styles from './project-tile.module.css';
import { TextDialog } from './text-dialog.tsx';
import { timeAgo } from './time-ago.ts';

const STAGES: Readonly<Record<ProjectCard['stage'], string>> = {
  empty: 'New',
  character: 'Character',
  clip: 'Views made',
  scene: '4D',
};

export function ProjectTile({ card }: { readonly card: ProjectCard }) {
  const { client } = useApp();
  const [menu, setMenu] = useState<{ x: number; y: number }>();
  const [asking, setAsking] = useState<'name' | 'tags'>();
  const { id, name, tags, missing, trashed } = card;
  return (
    <article
      className={styles.tile}
      aria-label={name}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <button
        type="button"
        className={styles.open}
        disabled={trashed}
        onClick={() => {
          attempt(() => (missing ? client.library.locate({ project: id }) : openProject(client, id)));
        }}
      >
        <span className={styles.picture}>
          {card.thumbnails > 0 ? (
            <MovingThumbnail card={card} />
          ) : (
            <UserRound size="3rem" strokeWidth={1} aria-hidden />
          )}
        </span>
        <span className={styles.facts}>
          <span className={styles.name}>{name}</span>
          <span className={classes(styles.line, missing && styles.missing)}>
            {missing
              ? 'The file is not where it was'
              : `${STAGES[card.stage]} · ${timeAgo(card.modified)} · ${byteText(card.size)}`}
          </span>
          {tags.length > 0 && <span className={styles.line}>{tags.join(', ')}</span>}
        </span>
      </button>
      <IconButton
        className={styles.more}
        icon={Ellipsis}
        label={`More about ${name}`}
        aria-haspopup="menu"
        onClick={(event) => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setMenu({ x: left, y: bottom });
        }}
      />
      {menu && (
        <Menu
          label={name}
          at={menu}
          items={menuItems(client, card, setAsking)}
          onClose={() => {
            setMenu(undefined);
          }}
        />
      )}
      {asking === 'name' && (
        <TextDialog
          title="Rename the project"
          label="Name"
          value={name}
          onTake={(text) => {
            if (text.trim() !== '') attempt(() => client.library.rename({ project: id, name: text }));
          }}
          onClose={() => {
            setAsking(undefined);
          }}
        />
      )}
      {asking === 'tags' && (
        <TextDialog
          title={`Tags of ${name}`}
          label="Tags, with commas between them"
          value={tags.join(', ')}
          onTake={(text) => {
            const words = [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '');
            attempt(() => client.library.setTags({ project: id, tags: words }));
          }}
          onClose={() => {
            setAsking(undefined);
          }}
        />
      )}
    </article>
  );
}

function menuItems(
  client: StudioClient,
  { id, name, trashed, missing }: ProjectCard,
  ask: (what: 'name' | 'tags') => void,
): readonly MenuItem[] {
  const project = { project: id };
  const restore = (): void => {
    attempt(() => client.library.restore(project));
  };
  const rename = {
    label: 'Rename…',
    icon: PencilLine,
    run: () => {
      ask('name');
    },
  };
  const tag = {
    label: 'Tags…',
    icon: Tags,
    run: () => {
      ask('tags');
    },
  };
  if (trashed) {
    return [
      { label: 'Restore', icon: Undo2, run: restore },
      {
        label: 'Erase for good',
        icon: X,
        danger: true,
        run: () => {
          attempt(() => client.library.erase(project));
        },
      },
    ];
  }
  return [
    ...(missing
      ? [
          {
            label: 'Find its file…',
            icon: FolderSearch,
            run: () => {
              attempt(() => client.library.locate(project));
            },
          },
        ]
      : [
          rename,
          tag,
          {
            label: 'Duplicate',
            icon: Copy,
            run: () => {
              attempt(() => client.library.duplicate(project));
            },
          },
        ]),
    'line',
    {
      label: 'Move to the trash',
      icon: Trash2,
      danger: true,
      run: () => {
        attempt(async () => {
          await client.library.trash(project);
          notify({ kind: 'info', text: `${name} is in the trash.`, action: { label: 'Restore', run: restore } });
        });
      },
    },
  ];
}
