import { isObject } from '../storable.ts';
import { brief, type Json, objectOf, textOf } from './json.ts';

/** A fault as GA4's validation server tells it. */
export interface ValidationMessage {
  fieldPath: string;
  description: string;
  validationCode: string;
}

/** Names that GA4 keeps for itself (https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference). */
const RESERVED_EVENTS = new Set([
  'ad_activeview',
  'ad_click',
  'ad_exposure',
  'ad_query',
  'ad_reward',
  'adunit_exposure',
  'app_clear_data',
  'app_exception',
  'app_install',
  'app_remove',
  'app_store_refund',
  'app_update',
  'app_upgrade',
  'dynamic_link_app_open',
  'dynamic_link_app_update',
  'dynamic_link_first_open',
  'error',
  'firebase_campaign',
  'firebase_in_app_message_action',
  'first_open',
  'first_visit',
  'in_app_purchase',
  'notification_dismiss',
  'notification_foreground',
  'notification_open',
  'notification_receive',
  'os_update',
  'session_start',
  'user_engagement',
]);
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
const WITH_CURRENCY = new Set([
  'purchase',
  'refund',
  'add_to_cart',
  'remove_from_cart',
  'view_item',
  'begin_checkout',
  'view_cart',
]);

/** What GA4's validation server would say of a body; nothing where it is well. */
export function validateGa4(body: Json | null): ValidationMessage[] {
  const found: ValidationMessage[] = [];
  const say = (fieldPath: string, validationCode: string, description: string) => {
    if (found.length < 100) found.push({ fieldPath, description, validationCode });
  };
  if (body === null) {
    say('', 'VALUE_INVALID', 'The body must be a JSON object.');
    return found;
  }
  if (textOf(body.client_id) === undefined && textOf(body.app_instance_id) === undefined)
    say('client_id', 'VALUE_REQUIRED', 'Measurement requires a client_id.');
  if (body.timestamp_micros !== undefined && !Number.isFinite(Number(body.timestamp_micros)))
    say(
      'timestamp_micros',
      'VALUE_INVALID',
      `timestamp_micros must be a number; it is ${brief(body.timestamp_micros)}.`,
    );
  if (!Array.isArray(body.events) || body.events.length === 0)
    say('events', 'VALUE_REQUIRED', 'Measurement requires a list of events.');
  else if (body.events.length > 25)
    say('events', 'EXCEEDED_MAX_ENTITIES', `GA4 takes 25 events a request; this has ${body.events.length}.`);
  for (const [i, event] of (Array.isArray(body.events) ? body.events.slice(0, 100) : []).entries())
    validateEvent(event, `events[${i}]`, say);
  for (const name of Object.keys(objectOf(body.user_properties)))
    if (!NAME.test(name) || name.length > 24)
      say(
        `user_properties.${name}`,
        'NAME_INVALID',
        `A user property is named by at most 24 letters, digits and "_"; it is ${brief(name)}.`,
      );
  return found;
}

function validateEvent(
  event: unknown,
  path: string,
  say: (fieldPath: string, code: string, description: string) => void,
): void {
  if (!isObject(event)) {
    say(path, 'VALUE_INVALID', 'An event must be an object.');
    return;
  }
  const name = textOf(event.name);
  if (name === undefined) {
    say(`${path}.name`, 'VALUE_REQUIRED', 'An event must have a name.');
    return;
  }
  if (!NAME.test(name) || name.length > 40)
    say(
      `${path}.name`,
      'NAME_INVALID',
      `An event is named by at most 40 letters, digits and "_", a letter first; it is ${brief(name)}.`,
    );
  else if (RESERVED_EVENTS.has(name))
    say(`${path}.name`, 'NAME_RESERVED', `${name} is a name that GA4 keeps for itself.`);
  if (event.params !== undefined && !isObject(event.params)) {
    say(`${path}.params`, 'VALUE_INVALID', 'params must be an object.');
    return;
  }
  const params = objectOf(event.params);
  for (const key of Object.keys(params))
    if (!NAME.test(key) || key.length > 40)
      say(
        `${path}.params.${key}`,
        'NAME_INVALID',
        `A parameter is named by at most 40 letters, digits and "_"; it is ${brief(key)}.`,
      );
  if ((name === 'purchase' || name === 'refund') && textOf(params.transaction_id) === undefined)
    say(
      `${path}.params.transaction_id`,
      'VALUE_REQUIRED',
      `${name} must have a transaction_id: it tells the order.`,
    );
  if (WITH_CURRENCY.has(name) && params.value !== undefined && textOf(params.currency) === undefined)
    say(`${path}.params.currency`, 'VALUE_REQUIRED', 'A value must have a currency.');
  if (params.items !== undefined && !Array.isArray(params.items))
    say(`${path}.params.items`, 'VALUE_INVALID', 'items must be a list.');
  for (const [i, item] of (Array.isArray(params.items) ? params.items.slice(0, 200) : []).entries())
    if (textOf(objectOf(item).item_id) === undefined && textOf(objectOf(item).item_name) === undefined)
      say(`${path}.params.items[${i}]`, 'VALUE_REQUIRED', 'An item must have an item_id or an item_name.');
}
