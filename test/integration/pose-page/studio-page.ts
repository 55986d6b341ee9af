import type { Page } from 'playwright-core';
import type { PoseRecord } from '../../../core/document/document.ts';
import type { TimelineModel } from '../../../renderer/timeline/timeline-model.ts';
import type { Command } from '../../../renderer/commands/command.ts';
import type { ProjectStore } from '../../../renderer/document/project-store.ts';
import type { PlaybackStore } from '../../../renderer/playback/playback-store.ts';
import type { PoseModel } from '../../../renderer/pose-editor/pose-model.ts';

/** What the page gives to tests. */
export interface StudioOnPage {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
  readonly model: PoseModel;
  readonly timeline: TimelineModel;
  /** Calls of the main process, [name, ...input]. */
  readonly asked: readonly (readonly unknown[])[];
  /** Changes that were handed on to be kept. */
  readonly kept: readonly unknown[];
  readonly registry: { readonly getState: () => readonly Command[] };
}

declare global {
  interface Window {
    readonly studio: StudioOnPage;
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The page as a user and a test see it. */
export class StudioPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The points of the shown pose. */
  points(): Promise<readonly number[]> {
    return this.page.evaluate(() => window.studio.model.shown()?.points ?? []);
  }

  pose(frame: number): Promise<PoseRecord> {
    return this.page.evaluate((id) => window.studio.project.getState().document.get(id) as PoseRecord, `pose:${frame}`);
  }

  /** Label of the step that undo would take back. */
  undoLabel(): Promise<string | null> {
    return this.page.evaluate(() => window.studio.project.getState().undo);
  }

  async undo(): Promise<void> {
    await this.page.evaluate(() => window.studio.project.undo());
  }

  selection(): Promise<readonly number[]> {
    return this.page.evaluate(() => [...window.studio.model.session.getState().selection]);
  }

  async run(id: string): Promise<void> {
    await this.page.evaluate(async (command) => {
      await window.studio.registry
        .getState()
        .find((each) => each.id === command)
        ?.run();
    }, id);
  }

  /** Where a joint is in the window. */
  placeOf(joint: number): Promise<Place> {
    return this.page.evaluate((k) => {
      const { model } = window.studio;
      const shown = model.shown();
      const box = document.querySelector('[role=application]')?.getBoundingClientRect();
      if (!shown || !box) throw new Error('There is no pose on the page.');
      const { scale, x, y } = model.view(shown);
      return {
        x: box.left + (shown.points[k * 3] ?? 0) * scale + x,
        y: box.top + (shown.points[k * 3 + 1] ?? 0) * scale + y,
      };
    }, joint);
  }

  /** Pulls a joint by so many pixels of the window. */
  async drag(joint: number, dx: number, dy: number, { letGo = true } = {}): Promise<void> {
    const { x, y } = await this.placeOf(joint);
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + dx, y + dy, { steps: 5 });
    if (letGo) await this.page.mouse.up();
  }
}
