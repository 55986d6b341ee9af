import { AppError } from '../../../core/errors.ts';
import { measureRates } from './measure-rates.ts';
import type { Device } from './plan.ts';
import { PROVIDER_NAMES, type Provider } from './provider.ts';
import { examineProviders, type Candidate } from './providers.ts';
import { runtimeFor } from './runtime-for.ts';

/**
 * The device that the networks run on: the first provider that is ready, or the one that is wanted, with what it has room for and how
 * fast it is. Throws an `AppError` with the reason where the wanted one is out.
 */
export async function chooseDevice(wanted?: Provider): Promise<Device> {
  if (wanted === 'cpu') return processor();
  const candidates = await examineProviders();
  const chosen = candidates.find(({ provider, state }) => (wanted ? provider === wanted : state === 'ready'));
  if (!chosen || chosen.state === 'out') throw notReady(wanted, chosen);
  return chosen.provider === 'cpu' ? processor() : deviceOf(chosen);
}

function deviceOf({ provider, card, rates }: Candidate): Device {
  return {
    ...{ provider, name: card?.name ?? PROVIDER_NAMES[provider] },
    ...(card?.freeBytes === undefined ? {} : { freeBytes: card.freeBytes }),
    ...(card?.computeCapability === undefined ? {} : { computeCapability: card.computeCapability }),
    ...(rates ? { rates } : {}),
  };
}

async function processor(): Promise<Device> {
  const rates = await measureRates(runtimeFor({ provider: 'cpu' }));
  return { provider: 'cpu', name: 'the processor', freeBytes: process.availableMemory(), rates };
}

function notReady(wanted: Provider | undefined, chosen: Candidate | undefined): AppError {
  const name = wanted ? PROVIDER_NAMES[wanted] : 'ONNX Runtime';
  const reason = chosen?.reason ?? 'nothing is ready on this machine';
  return new AppError(
    'failed',
    `${name} cannot be used: ${reason}; see charactershot doctor, or choose --provider cpu.`,
  );
}
