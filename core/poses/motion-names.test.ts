import { describe, expect, it } from 'vitest';
import { partsOfName, plainName } from './motion-names.ts';

describe('plainName', () => {
  it.each([
    ['mixamorig:LeftUpLeg', 'leftupleg'],
    ['mixamorigLeftUpLeg', 'leftupleg'],
    ['Armature|mixamorig9:Head', 'head'],
    ['Bip001 L UpperArm', 'lupperarm'],
    ['J_Bip_L_UpperArm', 'lupperarm'],
    ['J_Bip_C_Head', 'head'],
    ['DEF-thigh.L', 'thighl'],
    ['CC_Base_R_Hand', 'rhand'],
    ['Bip01', 'bip01'],
  ])('of %s is %s', (name, plain) => {
    expect(plainName(name)).toBe(plain);
  });
});

describe('partsOfName', () => {
  it.each([
    ['LeftArm', 'left_shoulder'],
    ['upperarm_l', 'left_shoulder'],
    ['lShldr', 'left_shoulder'],
    ['RightForeArm', 'right_elbow'],
    ['rradius', 'right_elbow'],
    ['hand_r', 'right_wrist'],
    ['Right wrist', 'right_wrist'],
    ['LeftUpLeg', 'left_hip'],
    ['thigh.R', 'right_hip'],
    ['calf_l', 'left_knee'],
    ['lFoot', 'left_ankle'],
    ['LeftToeBase', 'left_toe'],
    ['ball_r', 'right_toe'],
    ['Head', 'head'],
    ['HeadTop_End', 'head_top'],
    ['Neck', 'neck'],
    ['LeftEye', 'left_eye'],
    ['middle_03_l', 'left_middle_finger'],
  ])('knows %s', (name, part) => {
    expect(partsOfName(name).map((found) => found.part)).toContain(part);
  });

  it.each(['LHipJoint', 'LowerBack', 'lowerneck', 'Spine', 'Hips', 'root', 'rollbone', 'hair_l_01', '', '__proto__'])(
    'makes nothing of %s',
    (name) => {
      expect(partsOfName(name)).toEqual([]);
    },
  );

  it('prefers the arm to the shoulder, which is a collar bone in many rigs', () => {
    const rank = (name: string) => partsOfName(name).find(({ part }) => part === 'left_shoulder')?.rank ?? Infinity;
    expect(rank('LeftArm')).toBeLessThan(rank('LeftShoulder'));
  });
});
