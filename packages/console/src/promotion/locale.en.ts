export const en = {
  pages: { coupons: 'Coupons' },
};
