/** Reasons of rows that were turned away or changed, for which we have words. */
export const REASONS = [
  'amount_too_large',
  'amounts_disagree',
  'bad_currency',
  'bad_date',
  'bad_email',
  'bad_json',
  'bad_number',
  'bad_phone',
  'broken_quote',
  'cell_error',
  'code_standardised',
  'date_in_future',
  'discount_beyond_line',
  'discount_sign',
  'discount_spread',
  'duplicate_line',
  'duplicate_row',
  'email_normalised',
  'excel_number',
  'excel_text_unwrapped',
  'formula_value',
  'formula_without_value',
  'line_too_long',
  'mapping_misfit',
  'masked_value',
  'negative_amount',
  'negative_quantity',
  'no_amount',
  'no_customer',
  'no_date',
  'no_event_name',
  'no_key',
  'no_order',
  'no_product',
  'no_quantity',
  'no_store',
  'not_merchandise',
  'not_paid',
  'nul_bytes',
  'order_from_above',
  'order_too_long',
  'other_currency',
  'phone_normalised',
  'placeholder_value',
  'price_not_positive',
  'product_id_from_name',
  'quantity_zero',
  'refund_beyond_goods',
  'refund_time_unknown',
  'rounded',
  'status_unknown',
  'trimmed',
  'unreadable_character',
  'unreadable_file',
  'value_left_out',
  'wrong_columns',
] as const;
export type Reason = (typeof REASONS)[number];

/** Our words for a code; `bad_price`, `bad_quantity` and their like all mean that a number is none. */
export function knownReason(code: string): Reason | null {
  return REASONS.find((reason) => reason === code) ?? (code.startsWith('bad_') ? 'bad_number' : null);
}

/** Reasons of messages in quarantine, for which we have words. */
export const QUARANTINE_REASONS = [
  'malformed_json',
  'no_batch',
  'no_events',
  'not_an_object',
  'unknown_type',
  'no_event_name',
  'bad_timestamp',
  'no_identity',
  'no_order_id',
  'bad_currency',
  'other_currency',
  'bad_line',
  'too_many_lines',
  'no_amount',
  'too_late',
  'bad_property',
  'no_item',
  'malformed_form',
  'malformed_base64',
  'malformed_gzip',
  'too_many_traits',
  'too_many_returns',
  'too_many_goods',
  'too_many_properties',
  'too_many_identifiers',
  'bad_mapping',
  'no_workspace',
  'unknown_event',
  'unknown_property',
  'missing_property',
  'wrong_type',
  'value_not_allowed',
  'beyond_key',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export function knownQuarantine(code: string): QuarantineReason | null {
  return QUARANTINE_REASONS.find((reason) => reason === code) ?? null;
}

/** Reasons, those of most rows first. */
export function byRows<R extends { rows: number }>(reasons: readonly R[]): R[] {
  return [...reasons].sort((a, b) => b.rows - a.rows);
}
