import { charactershotGenerator } from '../inference/generator/charactershot-generator.ts';
import { puppetGenerator } from '../puppet/puppet-generator.ts';
import type { ClipGenerator, GeneratorName } from './contract.ts';

/** The generator of that name. */
export const generatorNamed = (name: GeneratorName): ClipGenerator =>
  name === 'puppet' ? puppetGenerator : charactershotGenerator;
