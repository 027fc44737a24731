export const en = {
  pages: { segments: 'Segments' },
};
