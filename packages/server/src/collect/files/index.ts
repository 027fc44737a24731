export { consentSeen } from './consent-columns.ts';
export { createRowMapper, type MapperOptions } from './create-row-mapper.ts';
export { storedName } from './file-name.ts';
export { guessMapping } from './guess-mapping.ts';
export { knownPreset } from './known-preset.ts';
export {
  type Mapping,
  MappingSchema,
  mappingGaps,
  parseMapping,
  type RecordKind,
  requireFit,
} from './mapping.ts';
export { statusesSeen } from './order-status.ts';
export { type ImportPlan, type PlannedFile, planImport } from './plan-import.ts';
export { PRESETS, type PresetName, presetFile, presetNamed } from './presets/index.ts';
export type { Preset, PresetFile } from './presets/preset.ts';
export { readRows } from './read-rows.ts';
export type { RowMapper, RowOutcome } from './row-mapper.ts';
export { sniffFile } from './sniff.ts';
export type { SniffedFile } from './sniffed-file.ts';
export {
  isFault,
  noteText,
  type ReadRow,
  type RowFault,
  type RowNote,
  type RowValues,
  type SourceRow,
} from './source-row.ts';
