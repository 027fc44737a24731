export const en = {
  pages: { customers: 'Customers', rfm: 'RFM & life cycle', tags: 'Tags' },
};
