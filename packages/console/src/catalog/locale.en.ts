export const en = {
  pages: { products: 'Products', stores: 'Stores' },
};
