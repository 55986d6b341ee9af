import { attempt } from '../app/notices.ts';
import { useApp } from '../app/studio-context.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Check, NumberField, Select } from '../ui/field.tsx';

const TEXT_SIZES = { '100': 100, '125': 125, '150': 150, '200': 200 } as const;

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { client, settings } = useApp();
  const change = (patch: Parameters<typeof client.studio.changeSettings>[0]): void => {
    attempt(() => client.studio.changeSettings(patch));
  };
  return (
    <Dialog title="Settings" onClose={onClose}>
      <Select
        label="Appearance"
        value={settings.theme}
        options={[
          { value: 'dark', label: 'Dark' },
          { value: 'light', label: 'Light' },
          { value: 'system', label: 'As the system' },
        ]}
        onChange={(theme) => {
          change({ theme });
        }}
      />
      <Select
        label="Text size"
        value={String(settings.textSize) as keyof typeof TEXT_SIZES}
        options={(['100', '125', '150', '200'] as const).map((value) => ({ value, label: `${value} %` }))}
        onChange={(size) => {
          change({ textSize: TEXT_SIZES[size] });
        }}
      />
      <Select
        label="Background of the viewport"
        value={settings.background}
        options={[
          { value: 'studio', label: 'Studio' },
          { value: 'grey', label: 'Grey' },
          { value: 'white', label: 'White' },
          { value: 'black', label: 'Black' },
        ]}
        onChange={(background) => {
          change({ background });
        }}
      />
      <Check
        label="Show the floor's grid"
        checked={settings.showGrid}
        onChange={(showGrid) => {
          change({ showGrid });
        }}
      />
      <NumberField
        label="Threads of the engine"
        hint="Fewer leave more of the machine to other programs. It holds from the next job on."
        value={settings.threads}
        min={1}
        max={1024}
        placeholder="all cores"
        onChange={(threads) => {
          change({ threads });
        }}
      />
    </Dialog>
  );
}
