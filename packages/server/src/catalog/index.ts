export { type Catalog, openCatalog } from './catalogue.ts';
export { catalogRoutes } from './routes.ts';
export { catalogMigrations } from './store.ch.ts';
