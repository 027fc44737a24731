export type QualityTables = {
  collect_quality_count: { workspace: string; source: string; day: string; reason: string; n: number };
  collect_quality_hour: { workspace: string; source: string; hour: Date; n: number };
  collect_quality_position: { journal: string; counted_to: number };
  collect_quality_alert: {
    id: string;
    workspace: string;
    source: string;
    kind: 'score_fell' | 'silent';
    day: string;
    score: number | null;
    usual: number;
    since: Date | null;
    opened_at: Date;
    ended_at: Date | null;
    acknowledged_by: string | null;
    acknowledged_at: Date | null;
  };
};
