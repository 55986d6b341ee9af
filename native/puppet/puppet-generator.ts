import { RING_VIEWS } from '../../core/ring.ts';
import type { ClipGenerator } from '../generate/contract.ts';
import { makePuppet } from './make-puppet.ts';
import { renderRing } from './render-ring.ts';

/** The embedded generator (DESIGN 7): a rigged cloud of Gaussians, moved by the poses and seen by the ring's cameras. */
export const puppetGenerator: ClipGenerator = {
  name: 'puppet',
  check: () => Promise.resolve({ views: RING_VIEWS }),
  async generate(request, options = {}) {
    const scene = await makePuppet(request, options);
    return renderRing(scene, request.size, options);
  },
};
