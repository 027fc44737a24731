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
    created_at: Date;
    updated_at: Date;
    created_by: string;
  };
};
