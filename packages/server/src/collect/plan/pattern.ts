import { RE2JS } from 're2js';

/** Steps that a pattern may take for each letter. */
const LARGEST = 300;

/**
 * A pattern of a plan, or null for what is none. Who writes plans is no engineer of patterns: this engine takes time in
 * proportion to the text, whatever the pattern, and knows no references back or looks around
 * (https://github.com/google/re2/wiki/Syntax).
 */
export function compilePattern(pattern: string): RE2JS | null {
  try {
    const compiled = RE2JS.compile(pattern);
    return compiled.programSize() <= LARGEST ? compiled : null;
  } catch {
    return null;
  }
}
