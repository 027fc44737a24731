import { z } from 'zod';

type Schema = z.core.$ZodType;
/** The parts of a schema's definition that hold others. */
interface Def {
  type: string;
  shape?: Record<string, Schema>;
  catchall?: Schema;
  innerType?: Schema;
  element?: Schema;
  options?: Schema[];
  items?: Schema[];
  rest?: Schema | null;
  valueType?: Schema;
  left?: Schema;
  right?: Schema;
  in?: Schema;
  out?: Schema;
  getter?: () => Schema;
}

const made = new WeakMap<Schema, Schema>();

/**
 * The same schema, refusing fields it does not name, however deep they lie: one that is misspelt must not be taken for
 * one that was left out. Objects that say what else they take (`looseObject`, `catchall`) and records stay as they are.
 */
export function strictThroughout<S extends Schema>(schema: S): S {
  const before = made.get(schema);
  if (before) return before as S;
  const def = schema._zod.def as unknown as Def;
  const strict = z.core.clone(schema, strictDef(def) as never);
  made.set(schema, strict);
  return strict as S;
}

function strictDef(def: Def): Def {
  if (def.getter) return { ...def, getter: once(() => strictThroughout(def.getter!())) };
  const all = (schemas: Schema[] | undefined) => schemas?.map((schema) => strictThroughout(schema));
  const one = (schema: Schema | null | undefined) => schema && strictThroughout(schema);
  const strict: Def = { ...def };
  for (const part of ['innerType', 'element', 'valueType', 'left', 'right', 'in', 'out', 'rest'] as const)
    if (def[part]) strict[part] = one(def[part])!;
  for (const part of ['options', 'items'] as const) if (def[part]) strict[part] = all(def[part])!;
  if (def.type === 'object' && def.shape) {
    strict.shape = Object.fromEntries(Object.entries(def.shape).map(([name, of]) => [name, one(of)!]));
    strict.catchall = def.catchall ?? z.never();
  }
  return strict;
}

function once<T>(make: () => T): () => T {
  let value: { of: T } | undefined;
  return () => {
    value ??= { of: make() };
    return value.of;
  };
}
