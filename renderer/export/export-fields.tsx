import { Check, NumberField, Select } from '../ui/field.tsx';
import styles from './export-dialog.module.css';
import { colourOf, colourText, type ExportDraft, PLY_TARGETS } from './export-draft.ts';

export interface ExportFieldsProps {
  readonly draft: ExportDraft;
  /** Of the scene. */
  readonly frames: number;
  readonly onChange: (part: Partial<ExportDraft>) => void;
}

/** The fields of the chosen kind of export. Frames are counted from 1 here, as on the timeline. */
export function ExportFields(props: ExportFieldsProps) {
  switch (props.draft.kind) {
    case 'ply-sequence':
      return (
        <div className={styles.fields}>
          <PlyPresets {...props} />
          <FrameRange {...props} />
        </div>
      );
    case 'turntable':
      return (
        <div className={styles.fields}>
          <PictureSize {...props} />
          <Turn {...props} />
          <Background {...props} />
          <p className={styles.hint}>
            {props.draft.isTransparent ? 'WebM with transparency (VP9).' : 'MP4 (H.264), which plays everywhere.'} The
            motion plays at its own pace and starts over as often as it ends.
          </p>
        </div>
      );
    case 'pictures':
      return (
        <div className={styles.fields}>
          <PictureSize {...props} />
          <FrameRange {...props} />
          <Camera {...props} turns />
          <Background {...props} />
        </div>
      );
    case 'frame':
      return (
        <div className={styles.fields}>
          <OneFrame {...props} />
          {props.draft.format === 'png' && (
            <>
              <Camera {...props} />
              <PictureSize {...props} />
              <Background {...props} />
            </>
          )}
        </div>
      );
  }
}

function PlyPresets({ draft, onChange }: ExportFieldsProps) {
  return (
    <Select
      label="For"
      value={draft.preset}
      options={PLY_TARGETS}
      hint={PLY_TARGETS.find(({ value }) => value === draft.preset)?.bakes}
      onChange={(preset) => {
        onChange({ preset });
      }}
    />
  );
}

function FrameRange({ draft, frames, onChange }: ExportFieldsProps) {
  const shown = (frame: number | null): number | null => (frame === null ? null : frame + 1);
  const meant = (frame: number | null): number | null => (frame === null ? null : frame - 1);
  return (
    <>
      <NumberField
        label="From frame"
        value={shown(draft.from)}
        min={1}
        max={frames}
        placeholder="1"
        onChange={(from) => {
          onChange({ from: meant(from) });
        }}
      />
      <NumberField
        label="To frame"
        value={shown(draft.to)}
        min={1}
        max={frames}
        placeholder={String(frames)}
        onChange={(to) => {
          onChange({ to: meant(to) });
        }}
      />
    </>
  );
}

const SIZES = [
  { value: '512x512', label: '512 × 512' },
  { value: '1080x1080', label: '1080 × 1080, square' },
  { value: '1920x1080', label: '1920 × 1080, wide' },
  { value: '1080x1920', label: '1080 × 1920, tall' },
  { value: '3840x2160', label: '3840 × 2160, 4K' },
] as const;
const OWN = 'own';

function PictureSize({ draft, onChange }: ExportFieldsProps) {
  const { width, height } = draft;
  const known = SIZES.find(({ value }) => value === `${width}x${height}`);
  return (
    <>
      <Select
        label="Size"
        value={known?.value ?? OWN}
        options={[...SIZES, { value: OWN, label: 'Other' }]}
        onChange={(value) => {
          // "Other" begins with numbers that no format has, so that the fields for them appear.
          if (value === OWN) onChange({ width: 720, height: 720 });
          else {
            const [chosenWidth = width, chosenHeight = height] = value.split('x').map(Number);
            onChange({ width: chosenWidth, height: chosenHeight });
          }
        }}
      />
      {!known && (
        <>
          <NumberField
            label="Width"
            value={width}
            min={16}
            max={4096}
            step={2}
            onChange={(value) => {
              if (value !== null) onChange({ width: value });
            }}
          />
          <NumberField
            label="Height"
            value={height}
            min={16}
            max={4096}
            step={2}
            onChange={(value) => {
              if (value !== null) onChange({ height: value });
            }}
          />
        </>
      )}
    </>
  );
}

function Turn({ draft, onChange }: ExportFieldsProps) {
  return (
    <>
      <NumberField
        label="Pictures a second"
        value={draft.fps}
        min={1}
        max={120}
        step={0.01}
        onChange={(fps) => {
          if (fps !== null) onChange({ fps });
        }}
      />
      <NumberField
        label="Seconds of one turn"
        value={draft.seconds}
        min={0.2}
        max={600}
        step={0.1}
        onChange={(seconds) => {
          if (seconds !== null) onChange({ seconds });
        }}
      />
      <NumberField
        label="Turns"
        value={draft.turns}
        min={1}
        max={20}
        onChange={(turns) => {
          if (turns !== null) onChange({ turns });
        }}
      />
    </>
  );
}

const VIEWS = 21;
const TURNTABLE = 'turntable';

function Camera({ draft, onChange, turns = false }: ExportFieldsProps & { readonly turns?: boolean }) {
  const views = Array.from({ length: VIEWS }, (_, view) => ({
    value: String(view),
    label: view === 0 ? 'View 0, front' : `View ${view}`,
  }));
  return (
    <Select
      label="Seen from"
      value={draft.camera === TURNTABLE && !turns ? '0' : String(draft.camera)}
      options={turns ? [{ value: TURNTABLE, label: 'Once around' }, ...views] : views}
      onChange={(camera) => {
        onChange({ camera: camera === TURNTABLE ? TURNTABLE : Number(camera) });
      }}
    />
  );
}

function Background({ draft, onChange }: ExportFieldsProps) {
  return (
    <>
      <Check
        label="Transparent background"
        checked={draft.isTransparent}
        onChange={(isTransparent) => {
          onChange({ isTransparent });
        }}
      />
      {!draft.isTransparent && (
        <label className={styles.colour}>
          <span className={styles.label}>Background</span>
          <input
            type="color"
            value={colourText(draft.background)}
            onChange={(event) => {
              onChange({ background: colourOf(event.currentTarget.value) });
            }}
          />
        </label>
      )}
    </>
  );
}

function OneFrame({ draft, frames, onChange }: ExportFieldsProps) {
  return (
    <>
      <NumberField
        label="Frame"
        value={Math.min(draft.frame, frames - 1) + 1}
        min={1}
        max={frames}
        onChange={(frame) => {
          if (frame !== null) onChange({ frame: frame - 1 });
        }}
      />
      <Select
        label="As"
        value={draft.format}
        options={[
          { value: 'png', label: 'PNG picture' },
          { value: 'ply', label: 'PLY file (SuperSplat)' },
        ]}
        onChange={(format) => {
          onChange({ format });
        }}
      />
    </>
  );
}
