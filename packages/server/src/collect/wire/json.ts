import { clip } from '../../platform/text.ts';
import { isObject } from '../storable.ts';

/** A JSON object from outside, of which nothing is known yet. */
export type Json = Record<string, unknown>;

/** The value as an object; an empty one where it is none. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** Text of a string or number that is not empty. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > 1000 ? undefined : text;
}

/** Levels of a category that is written as a path: `Tea > Green`. */
export function levelsOf(category: string | undefined): string[] | undefined {
  return category?.split(/[>/]/).map((level) => level.trim());
}

/** The first of some fields that says something. */
export function firstText(from: Json, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(from[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A value as it is shown within a sentence. */
export function brief(value: unknown): string {
  return clip(JSON.stringify(value) ?? 'missing', 80);
}

/** An object without some of its fields. */
export function without(from: Json, names: readonly string[]): Json {
  const rest: Json = {};
  for (const name of Object.keys(from)) if (!names.includes(name)) rest[name] = from[name];
  return rest;
}
