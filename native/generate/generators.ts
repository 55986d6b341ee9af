import { AppError } from '../../core/errors.ts';
import { puppetGenerator } from '../puppet/puppet-generator.ts';
import type { ClipGenerator, GeneratorName } from './contract.ts';

/** The generator of that name. Throws an `AppError` for one that this version does not have. */
export function generatorNamed(name: GeneratorName): ClipGenerator {
  if (name === 'puppet') return puppetGenerator;
  throw new AppError('failed', `The generator ${name} is not part of this version yet; use --generator puppet.`);
}
