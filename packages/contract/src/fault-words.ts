import { z } from 'zod';

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const FORMATS: Record<string, string> = {
  email: 'an e-mail address',
  url: 'an address such as https://shop.example',
  datetime: 'a time such as 2026-11-22T08:00:00Z',
  date: 'a day such as 2026-11-22',
};

/** The fault of a value in our words, for whoever sent it; undefined where the schema's own do. */
export function faultWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return bound('at least', issue.origin, Number(issue.minimum), issue.inclusive ?? true);
    case 'too_big':
      return bound('at most', issue.origin, Number(issue.maximum), issue.inclusive ?? true);
    case 'invalid_format':
      return FORMATS[issue.format]
        ? `must be ${FORMATS[issue.format]}`
        : 'has another form than is asked for';
    case 'unrecognized_keys':
      return `has no ${issue.keys.length > 1 ? 'fields' : 'field'} ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `must be one of ${issue.options.join(', ')}`
        : 'is of none of the forms that it may have';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return undefined;
  }
}

function bound(how: 'at least' | 'at most', origin: string, limit: number, isWithin: boolean): string {
  const units: Record<string, [string, string]> = {
    string: ['character', 'characters'],
    array: ['entry', 'entries'],
  };
  const [unit, plural] = units[origin] ?? [];
  if (unit && how === 'at least' && limit === 1) return 'must not be empty';
  if (unit) return `must have ${how} ${limit} ${limit === 1 ? unit : plural}`;
  if (isWithin) return `must be ${how} ${limit}`;
  return `must be ${how === 'at least' ? 'above' : 'below'} ${limit}`;
}

// Asked where a schema has no words of its own, in place of the library's.
z.config({ customError: faultWords });
