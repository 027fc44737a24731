export { type Demo, openDemo } from './demo.ts';
export { DEMO_WORKSPACE } from './retailer.ts';
