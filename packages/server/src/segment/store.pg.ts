/** What segment keeps in the ledger. */
export type SegmentTables = {
  segment_segment: {
    workspace: string;
    id: string;
    name: string;
    description: string;
    condition: unknown;
    size: number | null;
    computed_at: Date | null;
    revision: number;
    created_at: Date;
    updated_at: Date;
    updated_by: string;
    created_by: string;
  };
};
