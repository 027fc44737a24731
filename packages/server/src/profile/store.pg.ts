/** What profile keeps in the ledger. */
export type ProfileTables = {
  profile_tag: {
    workspace: string;
    name: string;
    label: string;
    description: string;
    created_at: Date;
  };
  profile_refresh: {
    workspace: string;
    computed_at: Date;
    people: number;
    milliseconds: number;
    active_days: number;
    cooling_days: number;
    sleeping_days: number;
    data_as_of: Date | null;
  };
};
