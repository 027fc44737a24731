import { randomBytes } from 'node:crypto';

/** 32 signs that are not taken for one another, said or written by hand: no I, O, 0, 1. */
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 50 bits: with a million codes given out, a guess is right once in a thousand million. */
const LENGTH = 10;

/** So many random codes with the prefix. They are not checked against each other: the ledger's unique index is. */
export function makeCodes(prefix: string, count: number): string[] {
  const bytes = randomBytes(count * LENGTH);
  return Array.from({ length: count }, (_, i) => {
    let code = prefix;
    for (let k = 0; k < LENGTH; k++) code += SIGNS[bytes[i * LENGTH + k]! & 31];
    return code;
  });
}

/** A code as people type it, in the form it is kept. */
export function tidyCode(typed: string): string {
  return typed.trim().toUpperCase();
}
