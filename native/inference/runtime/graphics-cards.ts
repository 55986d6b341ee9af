import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs that answer later than this count as not there. */
const PATIENCE_MS = 10_000;

/** A graphics card, as far as its driver tells. Sizes in bytes; missing where they cannot be known. */
export interface GraphicsCard {
  readonly name: string;
  readonly totalBytes?: number;
  readonly freeBytes?: number;
  /** NVIDIA's number for what the card can do: 8.6. */
  readonly computeCapability?: number;
  readonly driver?: string;
}

const FIELDS = ['name', 'memory.total', 'memory.free', 'compute_cap', 'driver_version'];

/** NVIDIA's cards in the order of CUDA's device numbers; throws where no driver answers. */
export async function nvidiaCards(): Promise<readonly GraphicsCard[]> {
  const { stdout } = await run('nvidia-smi', [`--query-gpu=${FIELDS.join()}`, '--format=csv,noheader,nounits'], {
    timeout: PATIENCE_MS,
  });
  return parseNvidiaSmi(stdout);
}

/** Lines of nvidia-smi: name, MiB in all, MiB free, compute capability, driver; "[N/A]" where a card does not say. */
export function parseNvidiaSmi(text: string): readonly GraphicsCard[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim());
    const [name = '', total, free, capability, driver = ''] = fields;
    if (name === '' || fields.length < FIELDS.length) return [];
    return [
      {
        name,
        ...known('totalBytes', Number(total) * 2 ** 20),
        ...known('freeBytes', Number(free) * 2 ** 20),
        ...known('computeCapability', Number(capability)),
        driver,
      },
    ];
  });
}

const known = (key: string, value: number): Record<string, number> => (Number.isFinite(value) ? { [key]: value } : {});

const DRM = '/sys/class/drm';

/** The cards that Linux itself lists. Only AMD's driver says how much memory they have. */
export async function linuxCards(root = DRM): Promise<readonly GraphicsCard[]> {
  const names = await readdir(root).catch(() => []);
  return Promise.all(
    names.filter((name) => /^card\d+$/.test(name)).map((name) => linuxCard(join(root, name, 'device'))),
  );
}

async function linuxCard(folder: string): Promise<GraphicsCard> {
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  const [uevent, total, used] = await Promise.all([
    text('uevent'),
    text('mem_info_vram_total'),
    text('mem_info_vram_used'),
  ]);
  const field = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(uevent)?.[1] ?? 'unknown';
  const name = `${field('DRIVER')} ${field('PCI_ID')}`;
  return total === '' ? { name } : { name, totalBytes: Number(total), freeBytes: Number(total) - Number(used) };
}
