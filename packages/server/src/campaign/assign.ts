import { createHash } from 'node:crypto';

export type Arm = 'treated' | 'control';

/**
 * The side of a campaign's test a person is on. It depends on nothing but campaign and person: the same however often
 * it is asked, and independent between campaigns. About `controlShare` of any audience is left untouched.
 */
export function armOf(campaignId: string, personId: number, controlShare: number): Arm {
  const digest = createHash('sha256').update(`${campaignId}:${personId}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48 < controlShare ? 'control' : 'treated';
}
