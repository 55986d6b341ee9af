import { Grid3x3, PanelBottom, PanelLeft, PanelRight, PersonStanding, Rotate3d } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { DEFAULT_WORKSPACE, recordOf, type WorkspaceRecord } from '../../core/document/document.ts';
import { assetUrl } from '../../preload/contract/contract.ts';
import { appStore } from '../app/app-store.ts';
import { attempt } from '../app/notices.ts';
import { Boundary } from '../app/boundary.tsx';
import { ProjectContext, useApp, useDocument, useOpenedProject } from '../app/studio-context.ts';
import type { Command } from '../commands/command.ts';
import { useCommands } from '../commands/registry.ts';
import { shortcutText } from '../commands/shortcut.ts';
import type { ProjectStore } from '../document/project-store.ts';
import { Inspector } from '../inspector/inspector.tsx';
import { PoseEditor } from '../pose-editor/pose-editor.tsx';
import { Sources } from '../sources/sources.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { Button } from '../ui/button.tsx';
import { CommandButton } from '../ui/command-button.tsx';
import { Views } from '../views/views.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { createPanelsStore, panelCommands, type PanelsStore } from './panels-store.ts';
import { SceneView } from './scene-view.tsx';
import styles from './studio-page.module.css';
import { START_VIEW, viewStore } from './view-store.ts';
import { arrange } from './workspace.ts';

/** One project: sources at the left, the character in the middle, stages at the right, time below. */
export function StudioPage() {
  const opened = useStore(appStore, (state) => state.opened);
  if (!opened) return null;
  return (
    <ProjectContext value={opened}>
      <Studio key={opened.project.id} />
    </ProjectContext>
  );
}

function Studio() {
  const { client, settings } = useApp();
  const { project, playback } = useOpenedProject();
  const centre = useDocument((document) => recordOf(document, 'workspace')?.centre ?? DEFAULT_WORKSPACE.centre);
  const [panels] = useState(() =>
    createPanelsStore(settings.panels, (now) => {
      attempt(() => client.studio.changeSettings({ panels: { ...now, hidden: [...now.hidden] } }));
    }),
  );
  const commands = useMemo(() => panelCommands(panels), [panels]);
  useCommands(commands);
  useCommands(useMemo(() => centreCommands(project), [project]));
  useEffect(
    () => () => {
      viewStore.setState(START_VIEW);
    },
    [],
  );
  const url = useMemo(() => (asset: string) => assetUrl(project.id, asset), [project]);
  return (
    <PanelFrame
      panels={panels}
      left={
        <Boundary name="The sources">
          <Sources />
        </Boundary>
      }
      centre={
        <>
          <CentreModes centre={centre} panels={panels} commands={commands} />
          <div className={styles.view}>
            <Boundary name="The view" key={centre}>
              {centre === 'viewport' && <SceneView />}
              {centre === 'poses' && (
                <PoseEditor project={project} playback={playback} client={client} assetUrl={url} />
              )}
              {centre === 'views' && <Views />}
            </Boundary>
          </div>
        </>
      }
      right={
        <Boundary name="The inspector">
          <Inspector />
        </Boundary>
      }
      bottom={
        <Boundary name="The timeline">
          <Timeline project={project} playback={playback} />
        </Boundary>
      }
    />
  );
}

const CENTRES = [
  { centre: 'viewport', label: '4D view', icon: Rotate3d, keys: '1' },
  { centre: 'poses', label: 'Poses', icon: PersonStanding, keys: '2' },
  { centre: 'views', label: 'Views', icon: Grid3x3, keys: '3' },
] as const satisfies readonly { readonly centre: WorkspaceRecord['centre']; readonly [fact: string]: unknown }[];

const centreCommands = (project: ProjectStore): readonly Command[] =>
  CENTRES.map(({ centre, label, keys }) => ({
    id: `go.${centre}`,
    label,
    group: 'Go to',
    keys: [keys],
    run: () => {
      arrange(project, { centre });
    },
  }));

interface CentreModesProps {
  readonly centre: WorkspaceRecord['centre'];
  readonly panels: PanelsStore;
  readonly commands: readonly Command[];
}

function CentreModes({ centre, panels, commands }: CentreModesProps) {
  const { state } = useApp();
  const { project } = useOpenedProject();
  useStore(panels, ({ hidden }) => hidden);
  return (
    <div className={styles.bar}>
      <CommandButton commands={commands} id="view.panel-left" icon={PanelLeft} />
      <div className={styles.modes} role="group" aria-label="What the middle shows">
        {CENTRES.map((mode) => (
          <Button
            key={mode.centre}
            kind="quiet"
            icon={mode.icon}
            aria-pressed={centre === mode.centre}
            title={`${mode.label} (${shortcutText(mode.keys, state.platform === 'darwin')})`}
            onClick={() => {
              arrange(project, { centre: mode.centre });
            }}
          >
            <span className={styles.label}>{mode.label}</span>
          </Button>
        ))}
      </div>
      <CommandButton commands={commands} id="view.panel-bottom" icon={PanelBottom} />
      <CommandButton commands={commands} id="view.panel-right" icon={PanelRight} />
    </div>
  );
}
