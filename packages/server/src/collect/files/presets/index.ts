import { AppError } from '../../../platform/errors.ts';
import { withConsent } from '../consent-columns.ts';
import { columnsOf, mappingGaps, REQUIRED } from '../mapping.ts';
import { chineseShop } from './chinese-shop.ts';
import { completeJourney } from './complete-journey.ts';
import { onlineRetail } from './online-retail.ts';
import type { Preset, PresetFile } from './preset.ts';
import { shopifyOrders } from './shopify-orders.ts';
import { woocommerceOrders } from './woocommerce-orders.ts';

/** The exports that need no mapping, by name. */
export const PRESETS = {
  'complete-journey': completeJourney,
  'online-retail': onlineRetail,
  'shopify-orders': shopifyOrders,
  'woocommerce-orders': woocommerceOrders,
  'chinese-shop': chineseShop,
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

/** The preset of a name; the error for a wrong name lists those that exist. */
export function presetNamed(name: string): Preset {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  const known = Object.keys(PRESETS).join(', ');
  throw new AppError({
    code: 'collect.unknown_preset',
    status: 400,
    detail: `There is no preset "${name}"; use one of ${known}, or a mapping.`,
  });
}

/**
 * The file of a preset that these columns are: of those that fit, the one that asks for most. Who agreed to be written
 * to is asked by each shop in words of its own, so that such columns are found as in a guess.
 */
export function presetFile(preset: Preset, headers: readonly string[]): PresetFile | undefined {
  const fitting = preset.files.filter((file) => fits(file, headers));
  const [file] = fitting.sort((a, b) => demands(b) - demands(a));
  return file && { ...file, mapping: withConsent(file.mapping, headers) };
}

/** Whether a preset knows a file with these columns as one of no use here. */
export function isIgnored(preset: Preset, headers: readonly string[]): boolean {
  return ignoredFile(preset, headers) !== undefined;
}

function ignoredFile(preset: Preset, headers: readonly string[]) {
  return preset.ignored.find((file) => file.headers.every((header) => headers.includes(header)));
}

/** Why a preset does not use a file with these columns. */
export function whyUnused(preset: Preset, headers: readonly string[]): string {
  const ignored = ignoredFile(preset, headers);
  if (ignored) return ignored.why;
  const roles = [...new Set(preset.files.map((file) => file.role))].join(', ');
  const shown = headers.slice(0, 8).join(', ');
  return `Its columns (${shown}${headers.length > 8 ? ', …' : ''}) are none of this preset's files: ${roles}.`;
}

function fits({ headers: wanted, mapping }: PresetFile, headers: readonly string[]): boolean {
  return (
    wanted.every((header) => headers.includes(header)) &&
    Object.keys(mappingGaps(mapping, headers)).length === 0
  );
}

function demands({ headers, mapping }: PresetFile): number {
  const required = REQUIRED[mapping.kind].filter((anyOf) =>
    anyOf.some((field) => columnsOf(mapping, field).length > 0),
  );
  return headers.length * 10 + required.length;
}
