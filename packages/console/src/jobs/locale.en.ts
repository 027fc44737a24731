export const en = {
  pages: { jobs: 'Jobs' },
};
