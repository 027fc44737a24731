import { randomBytes } from 'node:crypto';
import type { Permission } from '@qianmian/contract';

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

/** Whoever holds a code has its discount: it is shown whole to who may use or make codes, to others by its end. */
export function codeShown(may: (permission: Permission) => boolean): (code: string) => string {
  return may('promotion.redeem') || may('promotion.write') ? (code) => code : maskCode;
}

/** XXMJFV6TX2FK → ****2FK: seven signs of ten are not told. */
function maskCode(code: string): string {
  if (code === '') return '';
  return code.length < LENGTH ? '****' : `****${code.slice(-3)}`;
}

/** A code as people type it, in the form it is kept. */
export function tidyCode(typed: string): string {
  return typed.trim().toUpperCase();
}
