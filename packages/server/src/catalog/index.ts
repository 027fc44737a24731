export { type Catalog, openCatalog } from './catalogue.ts';
export { catalogRoutes } from './routes.ts';
export { catalogMigrations, NAMES, PRODUCTS, STORES } from './store.ch.ts';
