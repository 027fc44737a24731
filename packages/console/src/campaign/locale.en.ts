export const en = {
  pages: { campaigns: 'Campaigns' },
};
