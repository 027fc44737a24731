export const en = {
  pages: { imports: 'Imports', sources: 'Sources', events: 'Live events', quarantine: 'Quarantine' },
};
