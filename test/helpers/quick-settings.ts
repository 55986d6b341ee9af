import { PRESET_SETTINGS, type PresetSettings } from '../../native/training/presets.ts';

/**
 * Settings under which a run of a few hundred iterations on a tiny clip does everything a long one does: density
 * control, an opacity reset, rising SH degree, and the neighbour constraint.
 */
export function quickSettings(deformation: PresetSettings['deformation']): PresetSettings {
  const { draft, paper } = PRESET_SETTINGS;
  const base = deformation === 'nodes' ? draft : { ...paper, nodes: draft.nodes };
  return {
    ...base,
    initialGaussians: 700,
    maxGaussians: 900,
    nodes: 40,
    shDegree: 1,
    shInterval: 20,
    densify: { ...base.densify, from: 25, interval: 25, until: 0.8, gradientThreshold: 1e-5 },
    opacityResetInterval: 50,
    neighbour: { weight: 0.5, interval: 2, gated: true, threshold: 0.001 },
  };
}
