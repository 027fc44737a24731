export { type Catalog, openCatalog, type ProductNews, type ToldProduct } from './catalogue.ts';
export { MOST_HEARD } from './heard.ts';
export { catalogRoutes } from './routes.ts';
export { catalogMigrations, NAMES, PRODUCTS, STOCK_LEVELS, STORES } from './store.ch.ts';
