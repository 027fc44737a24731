export type { Category, Product } from './catalogue.ts';
export { type DayBatch, history } from './history.ts';
export type { ExternalId, Fields, Json, SimMessage } from './messages.ts';
export type { TextTruth } from './reviews.ts';
export { type StockChange, WAREHOUSE_ID } from './stock.ts';
export type { Store } from './stores.ts';
export { createWorld, type World, type WorldOptions } from './world.ts';
